/** Streams that keep what is written to them, so that `run` can be driven in the test's own process. */
import { Readable, Writable } from 'node:stream';
import type { Io } from '../../src/context.ts';
import { type Deps, run } from '../../src/main.ts';

export interface FakeIoOptions {
  cwd?: string;
  env?: Record<string, string | undefined>;
  tty?: boolean;
  columns?: number;
  signal?: AbortSignal;
}

export interface FakeIo extends Io {
  out(): string;
  err(): string;
}

export function fakeIo({ cwd = '/', env = {}, tty = false, columns, signal }: FakeIoOptions = {}): FakeIo {
  const written = { stdout: '', stderr: '' };
  const stream = (name: keyof typeof written) => {
    const writable = new Writable({
      write(chunk, _encoding, done) {
        written[name] += String(chunk);
        done();
      },
    });
    return Object.assign(writable, { isTTY: tty, columns }) as unknown as NodeJS.WriteStream;
  };
  return {
    stdin: Object.assign(Readable.from([]), { isTTY: tty }) as unknown as NodeJS.ReadStream,
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env,
    cwd,
    signal: signal ?? new AbortController().signal,
    out: () => written.stdout,
    err: () => written.stderr,
  };
}

/** One run of the program in this process. */
export async function runInProcess(argv: string[], options: FakeIoOptions = {}, deps: Deps = {}) {
  const io = fakeIo(options);
  const status = await run(argv, io, deps);
  return { status, stdout: io.out(), stderr: io.err() };
}
