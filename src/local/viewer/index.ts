/** Runs CloudFront Functions as an edge location does: the published source, in a worker, within CloudFront's limits. */
import type { KeyValues, ViewerFunction } from '../world.ts';
import { type Ended, startHost, type ViewerHost } from './host.ts';
import { CODE_LIMIT, languageProblem } from './language.ts';
import { type Fields, writeQuery } from './query.ts';

export { CODE_LIMIT } from './language.ts';

export interface ViewerRun {
  fn: ViewerFunction;
  /** Items of the store that the function is associated with. */
  keyValues?: KeyValues | undefined;
  /** version, context, viewer, request and, at viewer-response, response. Must be JSON. */
  event: unknown;
  /** Query string as the viewer sent it, for `request.rawQueryString()`; by default the event's, written out. */
  rawQuery?: string | undefined;
  /** Milliseconds since 1970 that `Date` gives. */
  now?: number;
  limits?: ViewerLimits | undefined;
}

export interface ViewerLimits {
  /**
   * Milliseconds of wall time after which a run is ended. AWS allows about one of its own CPUs and does not publish
   * the figure; this engine is another, and a busy machine may pause it, so the default is generous (inferred).
   */
  timeMs: number;
}

export interface ViewerResult {
  /** What the handler returned, as JSON gives it; not validated. */
  output?: unknown;
  /** Why there is none: the exception as text, or a limit. */
  error?: string;
  /** What CloudFront calls it: x-cache says `FunctionExecutionError`, for a limit `FunctionThrottledError` (inferred). */
  errorKind?: 'FunctionExecutionError' | 'FunctionThrottledError';
  /** Lines of console.log, cut at 10 KB together (CFDG cloudfront-function-restrictions). */
  logs: string[];
  /** 0 to 100: milliseconds of the run as a part of UTILIZATION_MS. Of this machine. */
  computeUtilization: number;
}

export interface ViewerRuntime {
  run(run: ViewerRun): Promise<ViewerResult>;
  /** Ends every worker. */
  close(): void;
}

const DEFAULT_LIMITS: ViewerLimits = { timeMs: 500 };
/**
 * Milliseconds that count as 100. AWS allows about 1 ms of its engine (bug reports); this engine's first run of a code
 * takes several, a later one a fraction, so the figure tells functions apart and no more (inferred).
 */
const UTILIZATION_MS = 20;
/** Workers kept warm at a time; of those that have nothing to do, the one that was asked longest ago goes. */
const MOST_WORKERS = 8;
const LOG_BYTES = 10_240;

/**
 * What is wrong with the source of a function, in words, or undefined: over 10,240 bytes, or not the language of the
 * runtime. AWS itself takes code of the second kind and fails when it runs (bug reports).
 */
export function checkViewerCode(code: string, runtime: string): string | undefined {
  const bytes = Buffer.byteLength(code);
  if (bytes > CODE_LIMIT) return `The function code is ${bytes} bytes, the limit is ${CODE_LIMIT} bytes`;
  return languageProblem(code, runtime);
}

/** A function as it is kept: running, or why it cannot. */
type Kept = { host: ViewerHost } | { problem: string };

/** Keeps one warm worker a code: whoever serves many requests makes one of these. */
export function createViewerRuntime(): ViewerRuntime {
  const all = new Map<string, Kept>();
  const keptOf = (fn: ViewerFunction): Kept => {
    const name = `${fn.arn} ${fn.etag} ${fn.keyValueStore ?? ''}`;
    const known = all.get(name);
    const kept = known && usable(known) ? known : start(fn);
    // A Map keeps insertion order: putting it back makes it the youngest.
    all.delete(name);
    all.set(name, kept);
    for (const [oldest, other] of all) {
      if (all.size <= MOST_WORKERS) break;
      if (other === kept || isBusy(other)) continue;
      end(other);
      all.delete(oldest);
    }
    return kept;
  };
  return {
    async run({ fn, keyValues, event, rawQuery = rawQueryOf(event), now = Date.now(), limits = DEFAULT_LIMITS }) {
      const kept = keptOf(fn);
      if ('problem' in kept) return failed(kept.problem);
      const message = { event: JSON.stringify(event), rawQuery, now, limitMs: limits.timeMs };
      return resultOf(await kept.host.run({ ...message, keyValues }));
    },
    close() {
      for (const kept of all.values()) end(kept);
      all.clear();
    },
  };
}

function start(fn: ViewerFunction): Kept {
  const problem = languageProblem(fn.code, fn.runtime);
  return problem === undefined ? { host: startHost(fn) } : { problem };
}

const usable = (kept: Kept) => 'problem' in kept || kept.host.alive();

const isBusy = (kept: Kept) => 'host' in kept && kept.host.busy();

const end = (kept: Kept) => 'host' in kept && kept.host.end();

function rawQueryOf(event: unknown): string {
  const { querystring = {} } = (event as { request?: { querystring?: Fields } }).request ?? {};
  return writeQuery(querystring);
}

/** One run, in a worker of its own that ends with it. */
export async function runViewerFunction(run: ViewerRun): Promise<ViewerResult> {
  const runtime = createViewerRuntime();
  try {
    return await runtime.run(run);
  } finally {
    runtime.close();
  }
}

const failed = (error: string): ViewerResult => ({
  error,
  errorKind: 'FunctionExecutionError',
  logs: [],
  computeUtilization: 0,
});

function resultOf({ output, error, logs, ms }: Ended): ViewerResult {
  const computeUtilization = Math.min(100, Math.ceil((ms / UTILIZATION_MS) * 100));
  const kept = cut(logs, LOG_BYTES);
  if (!error) {
    return { output: output === undefined ? undefined : JSON.parse(output), logs: kept, computeUtilization };
  }
  const errorKind = error.kind === 'execution' ? 'FunctionExecutionError' : 'FunctionThrottledError';
  return { error: error.message, errorKind, logs: kept, computeUtilization };
}

/** The first lines, `bytes` of them together; the line that goes over is cut. */
function cut(lines: string[], bytes: number): string[] {
  let left = bytes;
  const kept: string[] = [];
  for (const line of lines) {
    if (left <= 0) break;
    kept.push(Buffer.from(line).subarray(0, left).toString());
    left -= Buffer.byteLength(line);
  }
  return kept;
}
