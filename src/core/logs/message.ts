/** What a line that Lambda or the handler wrote says. Formats: AWS-FACTS 5. */

/** The handler's own line, one a response under a variant's key. */
export interface ResizeRecord {
  key: string;
  /** As asked. */
  d?: string;
  /** Pixels. */
  w?: number;
  h?: number;
  /** Absent when the original went out in the variant's place; `why` says why. */
  fmt?: string;
  bytes?: number;
  ms?: number;
  why?: string;
  error?: string;
}

export interface Report {
  /** Milliseconds. */
  duration: number;
  billed: number;
  /** MB. */
  memory: number;
  used: number;
  /** Milliseconds of a cold start. */
  init?: number;
  /** Only when the invocation did not end well: `timeout`, `error`. */
  status?: string;
}

export type Message =
  | { kind: 'start'; requestId: string }
  | { kind: 'end'; requestId: string }
  | { kind: 'report'; requestId: string; report: Report }
  | { kind: 'resize'; requestId?: string; record: ResizeRecord }
  /** `level` is ERROR for console.error and for what ends an invocation. */
  | { kind: 'text'; requestId?: string; level?: string; text: string };

const ID = '([0-9a-f]{8}-[0-9a-f-]{27})';
const MARK = new RegExp(`^(START|END) RequestId: ${ID}`);
const REPORT = new RegExp(`^REPORT RequestId: ${ID}\\t`);
/** console.log at Lambda: time, request id, level, text. */
const CONSOLE = new RegExp(`^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\\t(?:${ID}|undefined)\\t([A-Z]+)\\t([\\s\\S]*)$`);
/** `TIME REQUEST Task timed out after 3.00 seconds`, `RequestId: REQUEST Error: Runtime exited …`. */
const FATAL = new RegExp(`^(?:\\S+ ${ID} (Task timed out[\\s\\S]*)|RequestId: ${ID} (Error: [\\s\\S]*))$`);

/** Never throws: what is not known is text. */
export function parseMessage(message: string): Message {
  const line = message.trimEnd();
  const mark = MARK.exec(line);
  if (mark) return { kind: mark[1] === 'START' ? 'start' : 'end', requestId: mark[2] ?? '' };
  const report = REPORT.exec(line);
  if (report) return { kind: 'report', requestId: report[1] ?? '', report: parseReport(line) };
  const printed = CONSOLE.exec(line);
  if (printed) return fromConsole(printed[1], printed[2] ?? '', printed[3] ?? '');
  const fatal = FATAL.exec(line);
  if (fatal) {
    return { kind: 'text', requestId: fatal[1] ?? fatal[3] ?? '', level: 'ERROR', text: fatal[2] ?? fatal[4] ?? '' };
  }
  const record = parseRecord(line);
  return record ? { kind: 'resize', record } : { kind: 'text', text: line };
}

function fromConsole(requestId: string | undefined, level: string, text: string): Message {
  const known = requestId === undefined ? {} : { requestId };
  const record = parseRecord(text);
  return record ? { kind: 'resize', ...known, record } : { kind: 'text', ...known, level, text: thrown(text) ?? text };
}

/** What Lambda's runtime prints of an error that nobody caught, as Node would print it. */
function thrown(text: string): string | undefined {
  const json = /^(?:Invoke Error|Uncaught Exception|Unhandled Promise Rejection)\s+(\{[\s\S]*\})$/.exec(
    text.trim(),
  )?.[1];
  if (json === undefined) return undefined;
  try {
    const { errorType, errorMessage, stack } = JSON.parse(json) as Record<string, unknown>;
    const lines = Array.isArray(stack) && stack.length > 0 ? stack : [`${errorType}: ${errorMessage}`];
    return lines.join('\n');
  } catch {
    return undefined;
  }
}

function parseReport(line: string): Report {
  const number = (name: string): number | undefined => {
    const value = new RegExp(`\\t${name}: ([\\d.]+) `).exec(line)?.[1];
    return value === undefined ? undefined : Number(value);
  };
  const init = number('Init Duration');
  const status = /\tStatus: (\w+)/.exec(line)?.[1];
  return {
    duration: number('Duration') ?? 0,
    billed: number('Billed Duration') ?? 0,
    memory: number('Memory Size') ?? 0,
    used: number('Max Memory Used') ?? 0,
    ...(init !== undefined && { init }),
    ...(status !== undefined && { status }),
  };
}

function parseRecord(text: string): ResizeRecord | undefined {
  if (!text.startsWith('{"edgeResize":')) return undefined;
  try {
    const value = JSON.parse(text) as ResizeRecord;
    return typeof value.key === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
