/** The `Ui` of a run: which streams, which colours, which reporter. */
import type { Clock, GlobalOptions, Io, Ui } from '../context.ts';
import { paint, wantsColour } from './colour.ts';
import { askToConfirm } from './confirm.ts';
import { plainReporter, silentReporter, ttyReporter } from './reporter.ts';

/** Columns assumed where no terminal says otherwise. */
const DEFAULT_WIDTH = 80;

export function createUi(io: Io, options: GlobalOptions, clock: Clock): Ui {
  const json = options.json === true;
  const colours = {
    stdout: wantsColour(io.stdout, io.env, options.color),
    stderr: wantsColour(io.stderr, io.env, options.color),
  };
  const style: Ui['style'] = (tone, text, stream = 'stdout') => (colours[stream] ? paint(tone, text) : text);
  const talk: typeof style = (tone, text) => style(tone, text, 'stderr');
  const reporter = pickReporter(io, options, { stderr: io.stderr, style: talk, clock });
  const print = (text: string): void => reporter.around(() => void io.stdout.write(`${text}\n`));
  return {
    interactive: isInteractive(io, options),
    json,
    width: io.stdout.isTTY ? io.stdout.columns || DEFAULT_WIDTH : DEFAULT_WIDTH,
    style,
    out: (line = '') => {
      if (!json) print(line);
    },
    info: (line = '') => reporter.line(line),
    // A warning is worth its line on stderr even where talk is not wanted.
    warn: (line) => reporter.around(() => void io.stderr.write(`${talk('warn', '!')} ${line}\n`)),
    success: (line) => reporter.line(`${talk('good', '✔')} ${line}`),
    waiting: (text) => reporter.waiting(text),
    confirm: (question) => askToConfirm(question, io),
    document: (command, fields) => {
      if (json) print(JSON.stringify({ formatVersion: 1, command, ...fields }, null, 2));
    },
    event: (value) => {
      if (json) print(JSON.stringify(value));
    },
  };
}

function pickReporter(io: Io, options: GlobalOptions, parts: Parameters<typeof plainReporter>[0]) {
  if (options.json || options.quiet) return silentReporter();
  return io.stderr.isTTY && !isCi(io.env) && io.env.TERM !== 'dumb' ? ttyReporter(parts) : plainReporter(parts);
}

function isInteractive(io: Io, options: GlobalOptions): boolean {
  const terminals = io.stdin.isTTY === true && io.stderr.isTTY === true;
  return terminals && !isCi(io.env) && !options.json && options.input !== false;
}

function isCi(env: Io['env']): boolean {
  return Boolean(env.CI) && env.CI !== 'false' && env.CI !== '0';
}
