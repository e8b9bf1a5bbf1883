/** How an error is shown: what happened (CODE) / why / fix / docs. */
import { AppError } from '../errors.ts';
import { printable } from './text.ts';

export interface ErrorViewOptions {
  style: (tone: 'bad' | 'dim' | 'bold' | 'accent', text: string) => string;
  verbose: boolean;
}

/** Where a code is explained. */
export function docsOf(error: AppError): string {
  return `docs/messages.md#${error.code.toLowerCase()}`;
}

/** The lines for stderr. With `verbose` the details (request id and the like) and the stack of the cause follow. */
export function errorLines(error: AppError, { style, verbose }: ErrorViewOptions): string[] {
  const lines = [`${style('bad', '✖')} ${style('bold', printable(error.message))} ${style('dim', `(${error.code})`)}`];
  if (error.why) lines.push(...field('why:', error.why));
  if (error.fix) lines.push(...field('fix:', error.fix, (text) => style('accent', text)));
  lines.push(...field('docs:', docsOf(error), (text) => style('dim', text)));
  if (verbose) lines.push(...detailLines(error).map((line) => style('dim', line)));
  return lines;
}

/** The document for `--json`. */
export function errorDocument(error: AppError): Record<string, unknown> {
  const { code, message, why, fix, details } = error;
  return { formatVersion: 1, error: { code, message, why, fix, docs: docsOf(error), ...(details && { details }) } };
}

/** A label and a text; further lines of the text stand under its first one. */
function field(label: string, text: string, style: (text: string) => string = (plain) => plain): string[] {
  const [first = '', ...rest] = printable(text).split('\n');
  return [`  ${label.padEnd(5)} ${style(first)}`, ...rest.map((line) => `        ${style(line)}`)];
}

function detailLines(error: AppError): string[] {
  const lines = Object.entries(error.details ?? {}).map(([name, value]) => {
    return `  ${name}: ${typeof value === 'string' ? printable(value) : JSON.stringify(value)}`;
  });
  const stack = error.cause instanceof Error ? error.cause.stack : error.code === 'INTERNAL' ? error.stack : undefined;
  return stack ? [...lines, ...printable(stack).split('\n')] : lines;
}

/** Anything thrown that is not an AppError is a fault of this program. */
export function internalError(error: unknown): AppError {
  const message = error instanceof Error ? error.message : String(error);
  return new AppError('INTERNAL', `an error inside edge-resize: ${message}`, {
    why: 'This should not happen whatever you gave it.',
    fix: 'run the command again with --verbose and report what it prints',
    cause: error,
  });
}
