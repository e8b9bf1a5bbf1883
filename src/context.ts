/** What a command is given: everything it may touch of the world comes in here, so that tests can hand in their own. */
import type { AwsPorts } from './aws/ports/index.ts';
import type { Config } from './config/schema.ts';

/** The process's streams and surroundings. Only `bin` reads `process`; the rest is handed this. */
export interface Io {
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  env: Record<string, string | undefined>;
  cwd: string;
  /** Aborted by the first Ctrl-C (SIGINT) or SIGTERM. */
  signal: AbortSignal;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A line that lives while something is awaited. On a terminal one spinner line, else a line a change and a heartbeat every 30 s. */
export interface Waiting {
  update(text: string): void;
  done(text: string): void;
  fail(text: string): void;
}

export type Tone = 'good' | 'bad' | 'warn' | 'dim' | 'bold' | 'accent';

/** The only way to the screen. stdout is the result, stderr is talk. */
export interface Ui {
  /** A person is there: stdin and stderr are terminals, not CI, no --json, no --no-input. */
  readonly interactive: boolean;
  /** `--json`: stdout carries one document (or NDJSON for streams) and nothing else. */
  readonly json: boolean;
  /** Columns of stdout, 80 when it is no terminal. */
  readonly width: number;
  /** Result text, a line, to stdout. Nothing is printed under --json. */
  out(line?: string): void;
  /** Talk, a line, to stderr. Nothing is printed under --json or --quiet. */
  info(line?: string): void;
  warn(line: string): void;
  success(line: string): void;
  waiting(text: string): Waiting;
  /** Asks a person; never call it when `interactive` is false. Default is no. */
  confirm(question: string): Promise<boolean>;
  /** The --json document, once: `{ formatVersion: 1, command, ...fields }`. Nothing is printed without --json. */
  document(command: string, fields: Record<string, unknown>): void;
  /** One NDJSON line under --json for streams (logs). */
  event(value: Record<string, unknown>): void;
  /** Colours `text` when the stream (default stdout) wants colour. */
  style(tone: Tone, text: string, stream?: 'stdout' | 'stderr'): string;
}

/** Files that the build made, found beside the running program. */
export interface Assets {
  /** Folder with the built handler (`index.js`), to be zipped. */
  handlerDir: string;
  /** Folder with both kinds of the built viewer function, `index.js` and `signed.js`. */
  viewerDir: string;
  /** Script that runs a deployed zip in a child process of the local AWS. */
  runtimeChild: string;
  /** Folder from which `sharp` and its platform packages resolve. */
  packageRoot: string;
  /** package.json version. */
  version: string;
}

/** Flags that every command knows. */
export interface GlobalOptions {
  json?: boolean;
  yes?: boolean;
  dryRun?: boolean;
  config?: string;
  profile?: string;
  endpointUrl?: string;
  input?: boolean;
  color?: boolean;
  quiet?: boolean;
  verbose?: boolean;
}

export interface Context {
  io: Io;
  ui: Ui;
  clock: Clock;
  assets: Assets;
  options: GlobalOptions;
  /** Lazily made ports: nothing of the SDK loads before the first call. */
  aws: AwsPorts;
}

/** A loaded config, and the file it came from (undefined when there is none). */
export interface LoadedConfig {
  config: Config;
  path: string | undefined;
}
