/** The one line that a request under a variant's key leaves in the function's log; `edge-resize logs` reads it. */
import type { EdgeRequest } from './event.ts';
import { type Asked, printRecipe } from './grammar.ts';
import type { Variant } from './variant.ts';

/** What became of a request: a picture, or the word for why there is none. */
export type Told = { variant: Variant } | { refused: string; error?: unknown };

/** JSON, without anything that a terminal obeys. Bytes are those of the picture; `d` is canonical where it can be read. */
export function logLine(request: EdgeRequest, asked: Asked, told: Told, ms: number): string {
  const line = JSON.stringify({
    edgeResize: 1,
    key: readableKey(request.uri),
    d: asked.kind === 'recipe' ? printRecipe(asked.recipe) : sentValue(request.querystring),
    ...('variant' in told ? pictureOf(told.variant) : refusalOf(told)),
    ms: Math.round(ms),
  });
  return line.replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function pictureOf({ width, height, format, bytes, why }: Variant) {
  return { w: width, h: height, fmt: format, bytes: bytes.length, why };
}

function refusalOf({ refused, error }: { refused: string; error?: unknown }) {
  return { why: refused, error: error === undefined ? undefined : String(error).slice(0, MOST_ERROR) };
}

const MOST_ERROR = 300;

/** As sent, since it means nothing. */
function sentValue(querystring: string): string | undefined {
  return /(?:^|&)d=([^&]*)/.exec(querystring)?.[1]?.slice(0, 200);
}

/** What JSON may hold in clear and a terminal may obey, or not show: DEL, C1 controls, line separators, marks of direction. */
const UNSEEN = /[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** S3's keys end at 1,024 bytes; what is longer is nobody's. */
const LONGEST_KEY = 1025;

function readableKey(uri: string): string {
  try {
    return decodeURIComponent(uri).slice(1, LONGEST_KEY);
  } catch {
    return uri.slice(1, LONGEST_KEY);
  }
}
