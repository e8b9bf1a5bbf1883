/** One run of the program: argv in, exit status out. The only place that catches everything. */
import type { AwsPorts } from './aws/ports/index.ts';
import { findAssets } from './cli/assets.ts';
import { readArgv } from './cli.ts';
import type { Assets, Clock, Context, GlobalOptions, Io } from './context.ts';
import { AppError } from './errors.ts';

/** What a test may put in place of the real thing. */
export interface Deps {
  assets?: Assets;
  clock?: Clock;
  aws?: (options: GlobalOptions) => AwsPorts;
}

/**
 * Runs `edge-resize` with the words after its name. Never rejects.
 * Anything thrown is shown: on stderr for people, as a document on stdout under `--json`.
 */
export async function run(argv: string[], io: Io, deps: Deps = {}): Promise<number> {
  const assets = deps.assets ?? findAssets(import.meta.url);
  // Until the flags are parsed these words decide how a usage error is shown.
  let options: GlobalOptions = { json: argv.includes('--json'), verbose: argv.includes('--verbose') };
  try {
    const asked = await readArgv(argv, () => assets.version);
    if (typeof asked === 'string') {
      io.stdout.write(asked);
      return 0;
    }
    options = asked.options;
    return await asked.start(await createContext(io, options, assets, deps));
  } catch (error) {
    return showError(error, io, options, argv);
  }
}

async function createContext(io: Io, options: GlobalOptions, assets: Assets, deps: Deps): Promise<Context> {
  const [{ createUi }, { createAwsPorts }] = await Promise.all([import('./ui/index.ts'), import('./aws/index.ts')]);
  const clock = deps.clock ?? systemClock;
  const aws = deps.aws?.(options) ?? createAwsPorts({ ...options, env: io.env });
  return { io, ui: createUi(io, options, clock), clock, assets, options, aws };
}

const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((done, fail) => {
      if (signal?.aborted) return fail(signal.reason);
      const wake = (): void => {
        signal?.removeEventListener('abort', stop);
        done();
      };
      const stop = (): void => {
        clearTimeout(timer);
        fail(signal?.reason);
      };
      const timer = setTimeout(wake, ms);
      signal?.addEventListener('abort', stop, { once: true });
    }),
};

async function showError(thrown: unknown, io: Io, options: GlobalOptions, argv: string[]): Promise<number> {
  const [view, { paint, wantsColour }, { quoted }] = await Promise.all([
    import('./ui/error-view.ts'),
    import('./ui/colour.ts'),
    import('./ui/shell.ts'),
  ]);
  const again = ['edge-resize', ...argv.map(quoted)].join(' ');
  const error = wasInterrupted(thrown, io.signal)
    ? interruption(thrown, again)
    : appErrorOf(thrown, view.internalError);
  if (options.json) {
    io.stdout.write(`${JSON.stringify(view.errorDocument(error), null, 2)}\n`);
    return error.exitCode;
  }
  const coloured = wantsColour(io.stderr, io.env, options.color);
  const lines = view.errorLines(error, {
    style: (tone, text) => (coloured ? paint(tone, text) : text),
    verbose: options.verbose === true,
  });
  io.stderr.write(`${lines.join('\n')}\n`);
  return error.exitCode;
}

/** After Ctrl-C whatever a request or a sleep threw because of it is the interruption. One that says how to go on is kept. */
function wasInterrupted(thrown: unknown, signal: AbortSignal): boolean {
  if (thrown instanceof AppError && thrown.code === 'INTERRUPTED') return thrown.fix === undefined;
  return signal.aborted || (thrown instanceof Error && thrown.name === 'AbortError');
}

function interruption(cause: unknown, again: string): AppError {
  return new AppError('INTERRUPTED', 'stopped before the end', {
    why: 'An interrupt or a termination signal came. What is done stays done; what AWS has begun, AWS goes on with.',
    fix: `${again}   (goes on, or waits on, from where this stopped)`,
    cause,
  });
}

function appErrorOf(thrown: unknown, internal: (error: unknown) => AppError): AppError {
  return thrown instanceof AppError ? thrown : internal(thrown);
}
