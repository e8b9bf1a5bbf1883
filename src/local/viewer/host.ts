/** A viewer function kept warm: one worker a code, compiled once, one run after the other. */
import { Worker } from 'node:worker_threads';
import type { KeyValues, ViewerFunction } from '../world.ts';
import { PRELUDE } from './context.ts';
import { ALWAYS, GLOBALS, METHODS } from './globals.ts';
import { requirable, wrapped } from './language.ts';
import type { FromWorker, RunDone, RunMessage, StoreRead, WorkerSetup } from './messages.ts';
import { WORKER_SOURCE } from './worker.ts';

/**
 * A function has 2 MB (AWS-FACTS 3.5). V8 needs more than that for an empty context, so this is the least that runs
 * small functions well (inferred): it ends what grows without bound, not what takes 3 MB.
 */
const RESOURCE_LIMITS = { maxOldGenerationSizeMb: 24, maxYoungGenerationSizeMb: 4, stackSizeMb: 1 };

export type Run = Omit<RunMessage, 'type'> & { keyValues: KeyValues | undefined };

export type Ended = Omit<RunDone, 'type' | 'error'> & {
  error: { kind: 'execution' | 'time' | 'memory'; message: string } | undefined;
};

export interface ViewerHost {
  /** False once the worker ended: by its memory, or by `end`. */
  alive(): boolean;
  busy(): boolean;
  run(run: Run): Promise<Ended>;
  end(): void;
}

/** `fn.code` must have passed `languageProblem`. */
export function startHost(fn: ViewerFunction): ViewerHost {
  const signal = new SharedArrayBuffer(4);
  const worker = new Worker(WORKER_SOURCE, {
    eval: true,
    env: {},
    workerData: setupOf(fn, signal),
    resourceLimits: RESOURCE_LIMITS,
    stdin: false,
  });
  worker.unref();
  let alive = true;
  const pending: { run: Run; resolve(ended: Ended): void }[] = [];

  const next = () => {
    const [first] = pending;
    if (!first) return worker.unref();
    worker.ref();
    const { keyValues: _, ...message } = first.run;
    worker.postMessage({ type: 'run', ...message } satisfies RunMessage);
  };
  const settle = (ended: Ended) => {
    pending.shift()?.resolve(ended);
    next();
  };
  const fail = (kind: 'execution' | 'memory', message: string) => {
    alive = false;
    const ended: Ended = { output: undefined, error: { kind, message }, logs: [], ms: 0 };
    for (const { resolve } of pending.splice(0)) resolve(ended);
  };
  worker.on('message', (message: FromWorker) => {
    if (message.type === 'read') answer(worker, signal, pending[0]?.run.keyValues, message);
    else settle(message);
  });
  worker.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') fail('memory', 'The function exceeded its memory limit.');
    else fail('execution', String(error));
  });
  worker.on('exit', () => fail('execution', 'The worker of the function ended.'));
  return {
    alive: () => alive,
    busy: () => pending.length > 0,
    run: (run) =>
      new Promise((resolve) => {
        pending.push({ run, resolve });
        if (pending.length === 1) next();
      }),
    end() {
      alive = false;
      void worker.terminate();
    },
  };
}

function setupOf(fn: ViewerFunction, signal: SharedArrayBuffer): WorkerSetup {
  return {
    prelude: PRELUDE,
    source: wrapped(fn.code),
    name: fn.name,
    modules: requirable(fn.runtime),
    globals: GLOBALS,
    methods: METHODS,
    always: ALWAYS,
    storeId: fn.keyValueStore?.split('/').at(-1),
    signal,
  };
}

function answer(worker: Worker, signal: SharedArrayBuffer, values: KeyValues | undefined, { what, key }: StoreRead) {
  worker.postMessage({ type: 'answer', value: what === 'get' ? values?.get(key) : (values?.count() ?? 0) });
  const word = new Int32Array(signal);
  Atomics.store(word, 0, 1);
  Atomics.notify(word, 0);
}
