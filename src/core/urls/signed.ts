/** The query of a signed URL. Pure: the signature itself is the caller's to make. */
import { printRecipe, type Recipe, signText, variantQuery } from '../../../handler/grammar.ts';
import { AppError } from '../../errors.ts';
import { parseUntil } from '../time.ts';

export interface Signing {
  /** HMAC-SHA256 of a text under the key, in base64url. */
  sign(text: string): string;
  /** Seconds since 1970 until which URLs hold; as long as their key when left out. */
  expires?: number;
}

/** More the edge does not read: 12 digits. */
const LATEST = 999_999_999_999;

/**
 * `d=300x200&exp=1767225600&sig=…`
 * @param uri path of the URL as it is sent, percent-encoded
 */
export function signedQuery(uri: string, recipe: Recipe, { sign, expires }: Signing): string {
  const until = expires === undefined ? '' : `&exp=${expires}`;
  return `${variantQuery(recipe)}${until}&sig=${sign(signText(uri, printRecipe(recipe), expires))}`;
}

/**
 * Seconds since 1970 of `1h` from now, or of an ISO time.
 * @param now milliseconds since 1970
 * @throws AppError USAGE when it is neither, or is over
 */
export function expiryOf(text: string, now: number): number {
  const time = parseUntil(text, now);
  const seconds = time === undefined ? Number.NaN : Math.ceil(time / 1000);
  if (seconds > now / 1000 && seconds <= LATEST) return seconds;
  throw new AppError('USAGE', `--expires ${text} is no time to come`, {
    why: seconds <= now / 1000 ? 'It is over: such URLs would be refused at once.' : undefined,
    fix: 'give how long from now: --expires 1h (s, m, h, d, w), or when: --expires 2030-01-01T00:00:00Z',
  });
}
