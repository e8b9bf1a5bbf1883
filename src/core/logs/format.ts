/** An entry as a person reads it: columns that stay in line, whatever the region and the size. */
import type { Entry, LooseEntry, RequestEntry } from './fold.ts';
import type { ResizeRecord } from './message.ts';

export interface Look {
  /** Colours a part. */
  paint(tone: 'good' | 'bad' | 'warn' | 'dim' | 'bold' | 'accent', text: string): string;
  /** Makes text that came from outside (keys, log lines) harmless to a terminal. */
  clean(text: string): string;
  /** Only the time of day: the reader knows the day. */
  short?: boolean;
}

/** Widest of the 13 regions: ap-northeast-1. */
const REGION_WIDTH = 14;
/** For `original`, `4096x4096`, `99.9 kB` and `9999 ms`. */
const WIDTHS = { what: 8, size: 9, bytes: 7, ms: 7 } as const;
/** CloudFront's line names both requests and the function before it says why (layout inferred). */
const REFUSAL = /^\([^)]*\) RequestId: \S+ Function: \S+ /;

/** One line, and an indented one for each further text. Times are UTC, and end in Z. */
export function formatEntry(entry: Entry, look: Look): string[] {
  const { paint } = look;
  const time = new Date(entry.timestamp).toISOString();
  const head = [
    paint('dim', look.short ? `${time.slice(11, 19)}Z` : time),
    paint('accent', entry.region.padEnd(REGION_WIDTH)),
  ];
  const [first = '', ...rest] = entry.kind === 'loose' ? loose(entry, look) : request(entry, look);
  return [[...head, first].join(' ').trimEnd(), ...rest.map((line) => `    ${line}`)];
}

/** The day of an entry, as heading of the short times under it. */
export function dayOf({ timestamp }: Entry): string {
  return new Date(timestamp).toISOString().slice(0, 10);
}

/** `4.1 kB`, `812 B`: decimal, as download sizes are, in 7 columns. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  const [amount, unit] = bytes < 999_950 ? [bytes / 1_000, 'kB'] : [bytes / 1_000_000, 'MB'];
  return `${amount.toFixed(amount < 99.95 ? 1 : 0)} ${unit}`;
}

function loose({ text, fromCloudFront }: LooseEntry, { paint, clean }: Look): string[] {
  const [first = '', ...rest] = clean(text).split('\n');
  if (!fromCloudFront) return [first, ...rest];
  return [`${paint('bad', 'refused '.padEnd(WIDTHS.what))} ${paint('bad', first.replace(REFUSAL, ''))}`, ...rest];
}

function request(entry: RequestEntry, look: Look): string[] {
  const { record, report, requestId } = entry;
  const { paint, clean } = look;
  const texts = textLines(entry, look);
  const failed = entry.texts.some(({ error }) => error);
  if (record) return [`${columns(record.fmt ?? 'original', entry, look)} ${subject(entry, look)}`, ...texts];
  const what = failed ? fault(entry) : report ? 'passed' : 'no end';
  const [first, ...rest] = failed ? texts : [paint('dim', report ? 'no size to make' : clean(requestId)), ...texts];
  return [`${columns(what, entry, look)} ${first ?? ''}`, ...rest];
}

/** Why an invocation has no result. The report says so too; it is asked second, since it may be late. */
function fault({ texts, report }: RequestEntry): string {
  const timedOut = report?.status === 'timeout' || texts.some(({ text }) => text.startsWith('Task timed out'));
  return timedOut ? 'timeout' : 'failed';
}

function columns(what: string, { record, report }: RequestEntry, { paint, clean }: Look): string {
  const made = record?.fmt !== undefined;
  const duration = report?.duration ?? record?.ms;
  const tone = made ? 'good' : record ? 'warn' : what === 'passed' || what === 'no end' ? 'dim' : 'bad';
  const size = made ? `${record.w}x${record.h}` : record && fits(record) ? clean(record.d ?? '') : '';
  return [
    paint(tone, clean(what).padEnd(WIDTHS.what)),
    size.padEnd(WIDTHS.size),
    (made ? formatBytes(record.bytes ?? 0) : '').padStart(WIDTHS.bytes),
    (duration === undefined ? '' : `${Math.round(duration)} ms`).padStart(WIDTHS.ms),
    paint('warn', report?.init === undefined ? '    ' : 'cold'),
  ].join(' ');
}

/** May what was asked stand in the column of the size? */
function fits({ d = '' }: ResizeRecord): boolean {
  return /^[\x21-\x7e]+$/.test(d) && d.length <= WIDTHS.size;
}

/** The key, with what was asked if that is nowhere else, and why it is not what was asked. */
function subject({ record }: RequestEntry, { paint, clean }: Look): string {
  if (!record) return '';
  const query = record.d === undefined ? '?d' : `?d=${record.d}`;
  const asked = record.fmt !== undefined || fits(record) ? '' : query;
  const parts = [clean(oneLine(`/${record.key}${asked}`))];
  if (record.why) parts.push(paint('warn', clean(oneLine(`(${record.why})`))));
  if (record.error) parts.push(paint('bad', clean(oneLine(record.error))));
  return parts.join(' ');
}

/** Line breaks and tabs, which `clean` leaves as they are, by their escapes: a key or its error must not begin a line. */
function oneLine(text: string): string {
  return text.replace(/[\t\n\r]/g, (character) => JSON.stringify(character).slice(1, -1));
}

/** What else was printed, errors in red. A thrown error is its message, then its stack. */
function textLines({ texts }: RequestEntry, { paint, clean }: Look): string[] {
  return texts.flatMap(({ text, error }) => {
    const lines = clean(text).trimEnd().split('\n');
    return error ? lines.map((line) => paint('bad', line)) : lines;
  });
}
