/** Streams that keep what is written to them, so that `run` can be driven in the test's own process. */
import { PassThrough, Readable, Writable } from 'node:stream';
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

/**
 * A person at a terminal: types `y` or `n` when a question is asked.
 * @param answers to the questions that hold these words; a question that none fits is never answered
 */
export function personIo(options: FakeIoOptions, answers: Record<string, boolean>): FakeIo & { asked: string[] } {
  const io = fakeIo({ ...options, tty: true, columns: 100 });
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => stdin });
  const asked: string[] = [];
  const write = io.stderr.write.bind(io.stderr) as (chunk: unknown, ...rest: unknown[]) => boolean;
  io.stderr.write = ((chunk: unknown, ...rest: unknown[]) => {
    // A question is shown with both of its answers, which the plan above it never is.
    const words = /Yes.*No/s.test(String(chunk))
      ? Object.keys(answers).find((one) => String(chunk).includes(one) && !asked.includes(one))
      : undefined;
    if (words !== undefined) {
      asked.push(words);
      setTimeout(() => stdin.write(answers[words] ? 'y' : 'n'), 20);
    }
    return write(chunk, ...rest);
  }) as typeof io.stderr.write;
  return Object.assign(io, { stdin: stdin as unknown as NodeJS.ReadStream, asked });
}

/** One run of the program in this process. */
export async function runInProcess(argv: string[], options: FakeIoOptions = {}, deps: Deps = {}) {
  const io = fakeIo(options);
  const status = await run(argv, io, deps);
  return { status, stdout: io.out(), stderr: io.err() };
}
