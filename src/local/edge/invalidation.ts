/** Which cached objects an invalidation path takes away (AWS-FACTS 4). Pure. */

/**
 * Does `path` (as given to CreateInvalidation) cover the object of `objectPath` and the query string of its key?
 * Exact, or everything that begins with it when it ends in `*`. Case-sensitive. The query string belongs to the
 * object's name, so `/a.jpg` does not cover `/a.jpg?d=1x1`, and `/a.jpg*` does.
 */
export function covers(path: string, objectPath: string, keyQuery: string): boolean {
  const name = canonical(keyQuery === '' ? objectPath : `${objectPath}?${keyQuery}`);
  if (path.endsWith('*')) return name.startsWith(canonical(path.slice(0, -1)));
  return name === canonical(path);
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
