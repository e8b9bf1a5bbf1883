/** Runs deployed versions as Lambda@Edge would: the very zip, in a child process, within its memory and time. */
import type { FunctionVersion, LogEvent, World } from '../world.ts';
import { logGroupOf, replicaName } from './environment.ts';
import { endLine, exitLine, killedLine, reportLine, startLine, timeoutLine } from './lines.ts';
import { mayLog } from './may-log.ts';
import type { InvocationContext } from './messages.ts';
import type { Outcome, Runtime } from './outcome.ts';
import { Crowded, createPool, type Pool } from './pool.ts';
import type { Ending } from './sandbox.ts';
import { type RunningEnvironment, type StartParts, startEnvironment } from './start.ts';

export interface RuntimeParts extends StartParts {
  /** A UUID. */
  newRequestId(): string;
  /** Children of one version at a time, over all regions; 4 when not given. */
  concurrency?: number | undefined;
  /** Milliseconds that an invocation waits for a free child, beside the time that the one before it may take. */
  queueMs?: number;
}

const CONCURRENCY = 4;
/** AWS would not wait but throttle: this is long enough for a burst on a small machine. */
const QUEUE_MS = 60_000;
/** A child ends when it was idle for this many milliseconds. */
const IDLE_MS = 60_000;
/** The longest that a timer can wait. */
const NO_LIMIT_MS = 2 ** 31 - 1;

export function createRuntime(parts: RuntimeParts): Runtime {
  const pools = new Map<string, Pool<RunningEnvironment>>();
  const poolOf = (version: FunctionVersion) => {
    const start = (region: string) => startEnvironment(parts, version, region);
    const known = pools.get(version.arn);
    if (known) return known;
    const waitMs = version.timeout * 1000 + (parts.queueMs ?? QUEUE_MS);
    const pool = createPool({ most: parts.concurrency ?? CONCURRENCY, idleMs: IDLE_MS, waitMs, start });
    pools.set(version.arn, pool);
    return pool;
  };
  return {
    async invoke(versionArn, region, event) {
      const requestId = parts.newRequestId();
      const version = parts.world.lambda.version(versionArn);
      if (!version) return { kind: 'error', message: `no function ${versionArn}`, requestId };
      try {
        const lease = await poolOf(version).acquire(region);
        try {
          return await run(parts.world, version, lease.item, { event, requestId, cold: lease.cold });
        } finally {
          lease.release();
        }
      } catch (error) {
        if (error instanceof Crowded) return { kind: 'limit', message: error.message, requestId };
        // The role cannot be assumed, or the zip cannot be unpacked: nothing ran, so nothing is logged.
        return { kind: 'error', message: String(error), requestId };
      }
    },
    async close() {
      for (const pool of pools.values()) pool.close();
      pools.clear();
    },
  };
}

interface Invocation {
  event: unknown;
  requestId: string;
  cold: boolean;
}

async function run(
  world: World,
  version: FunctionVersion,
  environment: RunningEnvironment,
  { event, requestId, cold }: Invocation,
): Promise<Outcome> {
  const { sandbox, region, logStream } = environment;
  const began = performance.now();
  const started: LogEvent = { timestamp: world.now(), message: startLine(requestId, version.version) };
  const timeoutMs = version.timeout * 1000;
  const context = contextOf(version, environment, requestId);
  const message = { type: 'invoke', event, context, deadline: Date.now() + timeoutMs } as const;
  const ending =
    sandbox.failure ?? (await sandbox.invoke(message, world.enforces('runtime.timeout') ? timeoutMs : NO_LIMIT_MS));
  const durationMs = ending.kind === 'timeout' ? timeoutMs : performance.now() - began;
  const report = reportLine({
    requestId,
    durationMs,
    initMs: cold ? sandbox.initMs : undefined,
    memoryMB: version.memorySize,
    peakBytes: ending.peakBytes,
    status: reportStatus(ending),
  });
  const last = [...limitLines(ending, world.now(), requestId, version), endLine(requestId), report];
  const timestamp = world.now();
  const events = [started, ...sandbox.takeLines(), ...last.map((text) => ({ timestamp, message: text }))];
  const group = logGroupOf(version);
  if (mayLog(world, environment.principal, { region, group, stream: logStream })) {
    world.logs.put(region, group, logStream, events);
  }
  return outcomeOf(ending, requestId);
}

function contextOf(version: FunctionVersion, { region, logStream }: RunningEnvironment, id: string): InvocationContext {
  const functionName = replicaName(version.functionName);
  const account = version.arn.split(':')[4];
  return {
    awsRequestId: id,
    functionName,
    functionVersion: version.version,
    invokedFunctionArn: `arn:aws:lambda:${region}:${account}:function:${functionName}:${version.version}`,
    memoryLimitInMB: String(version.memorySize),
    logGroupName: logGroupOf(version),
    logStreamName: logStream,
  };
}

function reportStatus({ kind }: Ending): 'success' | 'timeout' | 'error' {
  if (kind === 'result' || kind === 'error') return 'success';
  return kind === 'timeout' ? 'timeout' : 'error';
}

function limitLines(ending: Ending, now: number, requestId: string, version: FunctionVersion): string[] {
  if (ending.kind === 'timeout') return [timeoutLine(now, requestId, version.timeout)];
  if (ending.kind === 'memory') return [killedLine(requestId)];
  return ending.kind === 'exit' ? [exitLine(requestId, ending.code)] : [];
}

function outcomeOf(ending: Ending, requestId: string): Outcome {
  switch (ending.kind) {
    case 'result':
      return { kind: 'answer', value: JSON.parse(ending.json) as unknown, requestId };
    case 'error':
      return { kind: 'error', message: ending.error.errorMessage, requestId };
    case 'exit':
      return { kind: 'error', message: 'Runtime.ExitError', requestId };
    case 'timeout':
    case 'memory':
      return { kind: 'limit', message: ending.kind, requestId };
  }
}
