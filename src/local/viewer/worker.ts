/**
 * What runs in the worker of a viewer function. A worker cannot load a TypeScript file, and the built program is one
 * file, so these functions go there as text (`WORKER_SOURCE`): they lean on each other and on types, on nothing else.
 */
import type { Context } from 'node:vm';
import type { MessagePort } from 'node:worker_threads';
import type { prepareContext } from './context.ts';
import type { RunDone, RunMessage, StoreAnswer, WorkerSetup } from './messages.ts';

type Load = (name: string) => unknown;
type Failure = NonNullable<RunDone['error']>;
type Prepared = ReturnType<typeof prepareContext>;

/** What a context gets from this side. */
export interface HostParts {
  globals: string[];
  methods: Record<string, string[]>;
  always: string[];
  storeId: string | undefined;
  /** Globals that V8 itself does not have. */
  added: Record<string, unknown>;
  module(name: string): unknown;
  get(key: string): string | undefined;
  count(): number;
  log(line: string): void;
  bytes(text: string): Uint8Array;
}

interface State {
  logs: string[];
  /** Milliseconds that the run waited for the store. */
  waitedMs: number;
}

function workerMain(load: Load): void {
  const { workerData, parentPort } = load('node:worker_threads') as typeof import('node:worker_threads');
  const setup = workerData as WorkerSetup;
  const port = parentPort as MessagePort;
  const state: State = { logs: [], waitedMs: 0 };
  const clock = performance;
  const runOnce = compile(load, setup, hostParts(load, setup, reader(load, setup, port, state), state));
  dropProcess();
  port.on('message', (message: RunMessage) => {
    Object.assign(state, { logs: [], waitedMs: 0 });
    const began = clock.now();
    const ended = runOnce(message);
    const ms = clock.now() - began - state.waitedMs;
    const result =
      typeof ended === 'object' ? { output: undefined, error: ended } : { output: ended, error: undefined };
    port.postMessage({ type: 'done', ...result, logs: state.logs, ms } satisfies RunDone);
  });
}

/** Asks the edge for something of the store and waits: a function runs to its end without a break. */
function reader(load: Load, setup: WorkerSetup, port: MessagePort, state: State) {
  const { receiveMessageOnPort } = load('node:worker_threads') as typeof import('node:worker_threads');
  const signal = new Int32Array(setup.signal);
  const clock = performance;
  return (what: 'get' | 'count', key: string) => {
    const began = clock.now();
    port.postMessage({ type: 'read', what, key });
    Atomics.wait(signal, 0, 0);
    Atomics.store(signal, 0, 0);
    state.waitedMs += clock.now() - began;
    const answer = receiveMessageOnPort(port)?.message as StoreAnswer | undefined;
    return answer?.value;
  };
}

function hostParts(load: Load, setup: WorkerSetup, read: ReturnType<typeof reader>, state: State): HostParts {
  const modules: Record<string, unknown> = {
    crypto: cryptoModule(load),
    querystring: querystringModule(load),
    buffer: { Buffer },
  };
  const { globals, methods, always, storeId } = setup;
  return {
    globals,
    methods,
    always,
    storeId,
    added: setup.modules.includes('buffer') ? { Buffer, TextDecoder, TextEncoder, atob, btoa } : {},
    module: (name) => (setup.modules.includes(name) ? modules[name] : undefined),
    get: (key) => read('get', key) as string | undefined,
    count: () => read('count', '') as number,
    log: (line) => void state.logs.push(line),
    bytes: (text) => Buffer.from(text),
  };
}

/** createHash and createHmac of md5, sha1 and sha256, and nothing else (CFDG functions-javascript-runtime-20). */
function cryptoModule(load: Load) {
  const { createHash, createHmac } = load('node:crypto') as typeof import('node:crypto');
  const check = (algorithm: string) => {
    if (!['md5', 'sha1', 'sha256'].includes(algorithm)) throw new TypeError(`not supported algorithm: "${algorithm}"`);
  };
  const digester = (digest: Pick<import('node:crypto').Hash, 'update' | 'digest'>) => {
    const wrapper = {
      update(data: string) {
        digest.update(data);
        return wrapper;
      },
      digest: (encoding?: 'hex') => (encoding === undefined ? digest.digest() : digest.digest(encoding)),
    };
    return wrapper;
  };
  return {
    createHash(algorithm: string) {
      check(algorithm);
      return digester(createHash(algorithm));
    },
    createHmac(algorithm: string, key: string) {
      check(algorithm);
      return digester(createHmac(algorithm, key) as unknown as Pick<import('node:crypto').Hash, 'update' | 'digest'>);
    },
  };
}

function querystringModule(load: Load) {
  const given = load('node:querystring') as typeof import('node:querystring');
  const { parse, stringify } = given;
  return { escape: given.escape, unescape: given.unescape, parse, stringify, decode: parse, encode: stringify };
}

/** A function that runs one message: JSON of the answer, or what went wrong. */
function compile(load: Load, setup: WorkerSetup, host: HostParts) {
  const vm = load('node:vm') as typeof import('node:vm');
  const context: Context = vm.createContext(Object.create(null), {
    codeGeneration: { strings: false, wasm: false },
    // Promises of a run are settled within it, and within its time.
    microtaskMode: 'afterEvaluate',
  });
  const prepared = (vm.runInContext(setup.prelude, context) as typeof prepareContext)(host);
  Object.defineProperty(context, '$run', { value: undefined, writable: true, configurable: true, enumerable: false });
  const script = new vm.Script('$run()');
  let main: unknown;
  try {
    main = new vm.Script(setup.source, { filename: setup.name }).runInContext(context);
  } catch (error) {
    const failure: Failure = { kind: 'execution', message: String(error) };
    return () => failure;
  }
  return (message: RunMessage) => {
    let outcome: ReturnType<Prepared> = { done: false };
    context.$run = () => {
      outcome = prepared(main, message.event, message.rawQuery, message.now);
    };
    try {
      script.runInContext(context, { timeout: message.limitMs });
    } catch (error) {
      return thrown(error);
    }
    return settled(outcome);
  };
}

function thrown(error: unknown): Failure {
  const late = (error as { code?: string } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
  if (late) return { kind: 'time', message: 'The function exceeded its time limit.' };
  return { kind: 'execution', message: String(error) };
}

function settled({ done, output, error }: ReturnType<Prepared>): Failure | string | undefined {
  if (!done) return { kind: 'execution', message: 'Error: the promise of the handler was never settled' };
  return error === undefined ? output : { kind: 'execution', message: error };
}

/** What Buffer and the modules reach by their constructors has nothing of this process left. */
function dropProcess(): void {
  for (const name of ['process', 'fetch', 'WebSocket', 'navigator', 'setTimeout', 'setInterval', 'setImmediate']) {
    delete (globalThis as Record<string, unknown>)[name];
  }
}

export const WORKER_SOURCE = [
  reader,
  hostParts,
  cryptoModule,
  querystringModule,
  compile,
  thrown,
  settled,
  dropProcess,
  workerMain,
]
  .map(String)
  .concat(`${workerMain.name}(require);`)
  .join('\n');
