/**
 * How talk reaches stderr: on a terminal (one live spinner line), in a pipe or CI (a line a change, and a heartbeat),
 * or not at all (`--json`, `--quiet`).
 */
import type { Ora } from 'ora';
import type { Clock, Io, Tone, Waiting } from '../context.ts';

export interface Reporter {
  line(text: string): void;
  waiting(text: string): Waiting;
  /** Runs `write` with the live line out of the way. */
  around(write: () => void): void;
}

export interface ReporterParts {
  stderr: Io['stderr'];
  style: (tone: Tone, text: string) => string;
  clock: Clock;
}

/** Milliseconds until the first sign of life where no spinner turns: what is done sooner is one line, not two. */
const FIRST_SIGN = 5_000;
/** Milliseconds between two signs of life after that (CLI-UX 1b). */
const HEARTBEAT = 30_000;

/** Says nothing; waits are silent too. */
export function silentReporter(): Reporter {
  const nothing = (): void => undefined;
  return {
    line: nothing,
    waiting: () => ({ update: nothing, done: nothing, fail: nothing }),
    around: (write) => write(),
  };
}

/** A line a change and one at the end, each with the UTC time of day, and a heartbeat while nothing changes. */
export function plainReporter({ stderr, style, clock }: ReporterParts): Reporter {
  const print = (text: string): void => void stderr.write(`${text}\n`);
  const stamped = (text: string): void => print(`${new Date(clock.now()).toISOString().slice(11, 19)} ${text}`);
  return {
    line: print,
    around: (write) => write(),
    waiting(text) {
      const begun = clock.now();
      const over = new AbortController();
      let current = text;
      void heartbeat(clock, over.signal, () => stamped(`${current} (${elapsed(clock.now() - begun)})`));
      const end = (mark: string, last: string): void => {
        over.abort();
        stamped(`${mark} ${last}`);
      };
      return {
        update(next) {
          if (next !== current) stamped(next);
          current = next;
        },
        done: (last) => end(style('good', '✔'), last),
        fail: (last) => end(style('bad', '✖'), last),
      };
    },
  };
}

async function heartbeat(clock: Clock, over: AbortSignal, beat: () => void): Promise<void> {
  for (let pause = FIRST_SIGN; !over.aborted; pause = HEARTBEAT) {
    await clock.sleep(pause, over).catch(() => undefined);
    if (!over.aborted) beat();
  }
}

/** One live line with a spinner and the time gone by; what is printed meanwhile goes above it. */
export function ttyReporter({ stderr, style, clock }: ReporterParts): Reporter {
  let live: Ora | undefined;
  const around = (write: () => void): void => {
    live?.clear();
    write();
    live?.render();
  };
  const print = (text: string): void => around(() => void stderr.write(`${text}\n`));
  return {
    line: print,
    around,
    waiting(text) {
      const begun = clock.now();
      const spinner = startSpinner(stderr, text, () => style('dim', `· ${elapsed(clock.now() - begun)}`));
      void spinner.ready.then((ora) => {
        live = ora;
      });
      const end = (mark: string, last: string): void => {
        spinner.stop();
        live = undefined;
        print(`${mark} ${last}`);
      };
      return {
        update: spinner.update,
        done: (last) => end(style('good', '✔'), last),
        fail: (last) => end(style('bad', '✖'), last),
      };
    },
  };
}

/** ora takes 50 ms to load, so it comes in beside the first request; a wait that ends sooner never shows it. */
function startSpinner(stream: Io['stderr'], text: string, suffix: () => string) {
  let current = text;
  let over = false;
  let spinner: Ora | undefined;
  const ready = import('ora').then(({ default: ora }) => {
    if (over) return undefined;
    // stdin stays as it is: Ctrl-C must reach the program as a signal.
    spinner = ora({ text: current, stream, discardStdin: false, color: 'cyan', suffixText: suffix }).start();
    return spinner;
  });
  return {
    ready,
    update(next: string) {
      current = next;
      if (spinner) spinner.text = next;
    },
    stop() {
      over = true;
      spinner?.stop();
    },
  };
}

/** `42 s`, `3 min 51 s`. */
export function elapsed(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
