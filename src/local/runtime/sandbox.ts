/** One execution environment: a child process that has loaded a handler and runs one invocation at a time. */
import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { watchMemory } from './memory.ts';
import type { ChildError, FromChild, InitMessage, InvokeMessage, ToChild } from './messages.ts';

export interface SandboxOptions {
  /** Path of the built child script. */
  script: string;
  /** The whole environment of the child. */
  env: Record<string, string>;
  init: InitMessage;
  /** Bytes of resident memory over which the child is killed. */
  memoryBytes: number;
}

export type Ending =
  | { kind: 'result'; json: string; peakBytes: number }
  | { kind: 'error'; error: ChildError; peakBytes: number }
  | { kind: 'timeout'; peakBytes: number }
  | { kind: 'memory'; peakBytes: number }
  | { kind: 'exit'; code: number | null; peakBytes: number };

export interface Sandbox {
  /** Milliseconds from the start of the process until the handler was loaded. */
  initMs: number;
  /** Why the handler could not be loaded; no invocation is possible then. */
  failure: Ending | undefined;
  /** False once the process ended. */
  alive(): boolean;
  /** Log lines since the last call, each with the time it came (milliseconds since 1970). */
  takeLines(): { timestamp: number; message: string }[];
  invoke(message: InvokeMessage, timeoutMs: number): Promise<Ending>;
  end(): void;
}

/** Lambda gives initialisation 10 seconds (LDG lambda-runtime-environment). */
const INIT_LIMIT_MS = 10_000;

export async function startSandbox(options: SandboxOptions, now: () => number): Promise<Sandbox> {
  const began = performance.now();
  const { script, env, init } = options;
  const child = fork(script, [], {
    cwd: init.taskRoot,
    env,
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const lines: { timestamp: number; message: string }[] = [];
  const addLine = (line: string) => lines.push({ timestamp: now(), message: `${line}\n` });
  for (const stream of [child.stdout, child.stderr]) if (stream) createInterface(stream).on('line', addLine);
  child.on('message', (message: FromChild) => message.type === 'log' && addLine(message.line));
  const ready = await exchange(child, init, { timeoutMs: INIT_LIMIT_MS, memoryBytes: options.memoryBytes });
  const failure = ready === 'ready' ? undefined : ready;
  if (failure) child.kill('SIGKILL');
  return {
    initMs: performance.now() - began,
    failure,
    alive: () => child.exitCode === null && child.signalCode === null && child.connected,
    takeLines: () => lines.splice(0),
    async invoke(message, timeoutMs) {
      const ending = await exchange(child, message, { timeoutMs, memoryBytes: options.memoryBytes });
      if (ending === 'ready') throw new Error('the child answered an invocation with ready');
      return ending;
    },
    end: () => void child.kill('SIGKILL'),
  };
}

interface Limits {
  timeoutMs: number;
  memoryBytes: number;
}

/** Sends one message and waits for its answer, the end of the process, or a limit: then the process is killed. */
function exchange(child: ChildProcess, message: ToChild, limits: Limits): Promise<Ending | 'ready'> {
  return new Promise((resolve) => {
    const watch = watchMemory(child.pid ?? 0, limits.memoryBytes, () => stop('memory'));
    const timer = setTimeout(() => stop('timeout'), limits.timeoutMs);
    let reason: 'timeout' | 'memory' | undefined;
    const settle = (ending: Ending | 'ready') => {
      clearTimeout(timer);
      watch.stop();
      child.off('message', onMessage).off('exit', onExit).off('error', onError);
      resolve(ending);
    };
    const stop = (why: 'timeout' | 'memory') => {
      reason ??= why;
      if (!child.kill('SIGKILL')) onExit(child.exitCode);
    };
    const onExit = (code: number | null) => settle(exitEnding(reason, code, watch.peak()));
    const onError = () => settle({ kind: 'exit', code: child.exitCode, peakBytes: watch.peak() });
    const onMessage = (answer: FromChild) => {
      const ending = answerEnding(answer, watch.peak());
      if (ending) settle(ending);
    };
    child.on('message', onMessage).on('exit', onExit).on('error', onError);
    if (child.exitCode !== null || !child.connected) onExit(child.exitCode);
    else child.send(message, (error) => error && onError());
  });
}

function exitEnding(reason: 'timeout' | 'memory' | undefined, code: number | null, peakBytes: number): Ending {
  return reason ? { kind: reason, peakBytes } : { kind: 'exit', code, peakBytes };
}

function answerEnding(answer: FromChild, seenBytes: number): Ending | 'ready' | undefined {
  switch (answer.type) {
    case 'ready':
      return 'ready';
    case 'initError':
      return { kind: 'error', error: answer.error, peakBytes: seenBytes };
    case 'result':
      return { kind: 'result', json: answer.json, peakBytes: Math.max(seenBytes, answer.peakBytes) };
    case 'error':
      return { kind: 'error', error: answer.error, peakBytes: Math.max(seenBytes, answer.peakBytes) };
    case 'log':
      return undefined;
  }
}
