/** Paths of an invalidation: what CloudFront takes, in the encoding it compares (AWS-FACTS 4). */
import { SIZE_PARAMETER } from '../../../handler/grammar.ts';
import { AppError } from '../../errors.ts';

export const EVERYTHING = '/*';
/** Characters of a path, encoded. */
export const LONGEST_PATH = 4_000;

/**
 * RFC 1738's unsafe characters, which CloudFront wants encoded, and whatever is not printable ASCII. `~` is left out:
 * it is unreserved since RFC 3986 and no client encodes it (inferred).
 */
const UNSAFE = /[^\x21-\x7e]|[<>"#%{}|\\^[\]`]/gu;

/** The path of an object's URL: every byte that is unsafe encoded, `*` and `?` too, which would mean something else. */
export function pathOfKey(key: string): string {
  return `/${encode(key).replaceAll('*', '%2A').replaceAll('?', '%3F')}`;
}

/**
 * A path as a person writes it: plain or percent-encoded, with or without the slash, or a whole URL. A `%` with two
 * hex digits is taken as encoded already. A query string stays as it is.
 * @throws AppError INVALID_PATH
 */
export function pathFromUser(text: string): string {
  const local = text.replace(/^https?:\/\/[^/?#]+(?=\/|$)/, '');
  const path = encodeKeeping(local.startsWith('/') ? local : `/${local}`);
  const fault = faultOf(path);
  if (fault) {
    throw new AppError('INVALID_PATH', `CloudFront would not take the path ${text}`, {
      why: fault,
      fix: 'edge-resize invalidate /photos/cat.jpg (or /photos/*, or --all)',
    });
  }
  return path;
}

/** What a path given without sizes stands for: itself when it says so much, else every size of the image. */
export function allSizesOf(path: string): string {
  return path.endsWith('*') || path.includes('?') ? path : `${path}*`;
}

/**
 * One variant of one image, as its URL has it.
 * @param d the canonical value
 */
export function variantOf(path: string, d: string): string {
  return `${path}?${SIZE_PARAMETER}=${d}`;
}

export function isWildcard(path: string): boolean {
  return path.endsWith('*');
}

/** Keys that can have sizes, by their extension; the list is that of what the resizer reads. */
export function isImageKey(key: string): boolean {
  return /\.(avif|gif|heic|heif|jpe?g|jxl|png|svg|tiff?|webp)$/i.test(key);
}

function faultOf(path: string): string | undefined {
  if (path.length > LONGEST_PATH) return `It has ${path.length} characters; ${LONGEST_PATH} are allowed.`;
  if (path.slice(0, -1).includes('*')) return 'A * may only be the last character.';
  return undefined;
}

/** Encodes what is unsafe but leaves `%XX` alone. */
function encodeKeeping(text: string): string {
  return text
    .split(/(%[0-9A-Fa-f]{2})/)
    .map((part, index) => (index % 2 === 1 ? part : encode(part)))
    .join('');
}

function encode(text: string): string {
  return text.replace(UNSAFE, (character) => {
    const bytes = new TextEncoder().encode(character);
    return [...bytes].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
  });
}
