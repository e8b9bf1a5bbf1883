/** What the edge and the worker of a viewer function say to each other. */

export interface WorkerSetup {
  /** The source as `wrapped` gives it. */
  source: string;
  /** What makes the context (context.ts). */
  prelude: string;
  /** Name for stack traces. */
  name: string;
  /** Modules that `require` and `import` give. */
  modules: string[];
  /** Globals and methods that stay (globals.ts). */
  globals: string[];
  methods: Record<string, string[]>;
  always: string[];
  /** Is there a store, and which id has it? */
  storeId: string | undefined;
  /** One 32-bit word: 1 when an answer to a read of the store lies in the port. */
  signal: SharedArrayBuffer;
}

export interface RunMessage {
  type: 'run';
  /** JSON of the event. */
  event: string;
  /** What `request.rawQueryString()` gives. */
  rawQuery: string;
  /** Milliseconds since 1970: what `Date` says throughout the run. */
  now: number;
  /** Milliseconds after which the run is ended. */
  limitMs: number;
}

/** A read of the key value store: the worker waits for its answer. */
export interface StoreRead {
  type: 'read';
  what: 'get' | 'count';
  key: string;
}

export interface StoreAnswer {
  type: 'answer';
  value: string | number | undefined;
}

export interface RunDone {
  type: 'done';
  /** JSON of what the handler returned; undefined when it returned nothing or failed. */
  output: string | undefined;
  error: { kind: 'execution' | 'time'; message: string } | undefined;
  logs: string[];
  /** Milliseconds of the run itself, waits for the store not counted. */
  ms: number;
}

export type FromWorker = StoreRead | RunDone;
