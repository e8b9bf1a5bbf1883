/** The lines of one request -> one entry. */
import type { LogLine } from './event.ts';
import { type Message, parseMessage, type Report, type ResizeRecord } from './message.ts';

export interface RequestEntry {
  kind: 'request';
  /** Of the first line, milliseconds since 1970. */
  timestamp: number;
  region: string;
  requestId: string;
  record?: ResizeRecord;
  report?: Report;
  /** What else the request wrote, in order. */
  texts: { text: string; error: boolean }[];
  /** Every line as it was stored. */
  lines: LogLine[];
}

/** A line that belongs to no request: CloudFront's own, or the runtime's. */
export interface LooseEntry {
  kind: 'loose';
  timestamp: number;
  region: string;
  text: string;
  /** CloudFront wrote it, to say why it refused an answer. */
  fromCloudFront: boolean;
  lines: LogLine[];
}

export type Entry = RequestEntry | LooseEntry;

export interface Folder {
  /** Entries that are complete with this line. */
  push(line: LogLine): Entry[];
  /** Requests whose REPORT has not come; those older than `before` (all when left out). */
  flush(before?: number): Entry[];
}

/** Lines must come in time order. Invocations of one environment never overlap, so a line without an id is the open request's. */
export function createFolder(): Folder {
  const open = new Map<string, RequestEntry>();
  /** Request id that a stream is in, by region and stream. */
  const current = new Map<string, string>();
  return {
    push(line) {
      if (line.group.startsWith('/aws/cloudfront/')) return [loose(line, line.message.trimEnd(), true)];
      const message = parseMessage(line.message);
      const place = `${line.region} ${line.stream}`;
      const requestId = ('requestId' in message ? message.requestId : undefined) ?? current.get(place);
      if (requestId === undefined) return [loose(line, line.message.trimEnd(), false)];
      const entry = open.get(requestId) ?? begin(line, requestId);
      open.set(requestId, entry);
      current.set(place, requestId);
      add(entry, line, message);
      if (message.kind !== 'report') return [];
      open.delete(requestId);
      current.delete(place);
      return [entry];
    },
    flush(before = Number.POSITIVE_INFINITY) {
      const late = [...open.values()].filter((entry) => entry.timestamp < before);
      for (const entry of late) open.delete(entry.requestId);
      return late;
    },
  };
}

/** All entries of lines in time order, in the order in which their requests began. */
export function fold(lines: Iterable<LogLine>): Entry[] {
  const folder = createFolder();
  const entries: Entry[] = [];
  for (const line of lines) entries.push(...folder.push(line));
  return [...entries, ...folder.flush()].sort((a, b) => a.timestamp - b.timestamp);
}

function begin({ timestamp, region }: LogLine, requestId: string): RequestEntry {
  return { kind: 'request', timestamp, region, requestId, texts: [], lines: [] };
}

function add(entry: RequestEntry, line: LogLine, message: Message): void {
  entry.lines.push(line);
  if (message.kind === 'report') entry.report = message.report;
  // One request makes one picture; should a handler of another kind print more, they are shown as text.
  if (message.kind === 'resize' && !entry.record) entry.record = message.record;
  else if (message.kind === 'resize') entry.texts.push({ text: JSON.stringify(message.record), error: false });
  if (message.kind === 'text') entry.texts.push({ text: message.text, error: message.level === 'ERROR' });
}

function loose(line: LogLine, text: string, fromCloudFront: boolean): LooseEntry {
  return { kind: 'loose', timestamp: line.timestamp, region: line.region, text, fromCloudFront, lines: [line] };
}
