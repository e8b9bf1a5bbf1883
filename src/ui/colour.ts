/** When to colour, and how. */
import { styleText } from 'node:util';
import type { GlobalOptions, Io, Tone } from '../context.ts';

type Format = Parameters<typeof styleText>[0];

const TONES: Record<Tone, Format> = {
  good: 'green',
  bad: 'red',
  warn: 'yellow',
  dim: 'dim',
  bold: 'bold',
  accent: 'cyan',
};

/** `--color` and `--no-color`, then NO_COLOR, FORCE_COLOR, TERM=dumb, then whether a terminal is there. */
export function wantsColour(stream: { isTTY?: boolean }, env: Io['env'], flag: GlobalOptions['color']): boolean {
  if (flag !== undefined) return flag;
  // https://no-color.org: set and not empty, whatever the value.
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return stream.isTTY === true && env.TERM !== 'dumb';
}

/** `text` in the colour of a tone. The caller decided that colour is wanted, so the stream is not asked again. */
export function paint(tone: Tone, text: string): string {
  return styleText(TONES[tone], text, { validateStream: false });
}
