/** An entry as a person reads it. */
import type { Entry, RequestEntry } from './fold.ts';

export interface Look {
  /** Colours a part. */
  paint(tone: 'good' | 'bad' | 'warn' | 'dim' | 'bold' | 'accent', text: string): string;
  /** Makes text that came from outside (keys, log lines) harmless to a terminal. */
  clean(text: string): string;
}

/** Widest of the 13 regions: ap-northeast-1. */
const REGION_WIDTH = 14;

/** One line, and an indented one for each further text. Times are UTC. */
export function formatEntry(entry: Entry, look: Look): string[] {
  const { paint, clean } = look;
  const time = new Date(entry.timestamp).toISOString();
  const head = `${paint('dim', time)} ${paint('accent', entry.region.padEnd(REGION_WIDTH))}`;
  if (entry.kind === 'loose') {
    const [first = '', ...rest] = clean(entry.text).split('\n');
    return [`${head} ${entry.fromCloudFront ? paint('bad', `CloudFront: ${first}`) : first}`, ...rest.map(indent)];
  }
  const texts = entry.texts.flatMap(({ text, error }) =>
    clean(text)
      .split('\n')
      .map((line) => indent(error ? paint('bad', line) : line)),
  );
  return [`${head} ${[subject(entry, look), ...facts(entry, look)].join('  ')}`, ...texts];
}

/** `4.1 kB`, `812 B`: decimal, as download sizes are. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function subject({ record, report, requestId, texts }: RequestEntry, { paint, clean }: Look): string {
  if (!record) {
    if (texts.some(({ error }) => error)) return paint('bad', `failed, request ${requestId}`);
    return report ? paint('dim', 'passed through') : `request ${requestId}`;
  }
  const key = clean(`/${record.key}`);
  if (record.fmt === undefined) {
    return `${key}?d=${clean(record.d ?? '')}  ${paint('warn', clean(`original: ${record.why ?? 'unknown'}`))}`;
  }
  const size = paint('good', `${record.w}x${record.h}`);
  const limited = record.why === undefined ? '' : ` ${paint('warn', clean(`(${record.why})`))}`;
  return `${key}  ${size} ${clean(record.fmt)} ${formatBytes(record.bytes ?? 0)}${limited}`;
}

function facts({ record, report }: RequestEntry, { paint, clean }: Look): string[] {
  const duration = report?.duration ?? record?.ms;
  const parts = duration === undefined ? [] : [`${Math.round(duration)} ms`];
  if (report?.init !== undefined) parts.push(paint('warn', `cold ${Math.round(report.init)} ms`));
  if (report) parts.push(paint('dim', `${report.used}/${report.memory} MB`));
  if (record?.error) parts.push(paint('bad', clean(record.error)));
  return parts;
}

function indent(line: string): string {
  return `    ${line}`;
}
