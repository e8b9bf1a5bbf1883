/** Which cached objects an item of an invalidation takes away (AWS-FACTS 3.5, 4). Pure. */
import type { CachedObject } from './cache.ts';

/**
 * Does an item, as given to CreateInvalidation, cover an object? A path does when it is the object's, or when it ends
 * in `*` and the object's begins with it; case-sensitive. The query string of the key belongs to the object's name, so
 * `/a.jpg` does not cover `/a.jpg?d=1x1`, and `/a.jpg*` does. `#tag` covers what has the tag, without case.
 */
export function covers(item: string, object: Pick<CachedObject, 'path' | 'keyQuery' | 'tags'>): boolean {
  if (item.startsWith('#')) return object.tags.includes(item.slice(1).toLowerCase());
  const { path, keyQuery } = object;
  const name = canonical(keyQuery === '' ? path : `${path}?${keyQuery}`);
  if (item.endsWith('*')) return name.startsWith(canonical(item.slice(0, -1)));
  return name === canonical(item);
}

// Non-ASCII, controls and RFC 1738's unsafe characters; everything else stays as written.
const UNSAFE = /[^\x21-\x7e]+|[<>"{}|\\^~[\]`]/gu;
const UNSAFE_BYTE = /[^\x21-\x7e]|[<>"{}|\\^~[\]`#%]/;

/**
 * One spelling for a path: unsafe characters percent-encoded in upper case. Encoded characters that need no encoding
 * are left encoded, since `%2C` and `,` are different objects to CloudFront (AWS-FACTS 4).
 */
export function canonical(path: string): string {
  return path
    .replace(/%([0-9a-f]{2})/gi, (whole, hex: string) => {
      const unsafe = UNSAFE_BYTE.test(String.fromCharCode(Number.parseInt(hex, 16)));
      return unsafe ? whole.toUpperCase() : whole;
    })
    .replace(UNSAFE, (text) => percentEncode(text));
}

/** Every byte, also of lone surrogates (as U+FFFD), so that it never throws. */
function percentEncode(text: string): string {
  const hex = (byte: number) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  return [...Buffer.from(text)].map(hex).join('');
}
