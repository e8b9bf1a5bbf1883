/** What a signature of a URL is made over. One definition for the viewer function, the commands and docs/url-api.md. */

/**
 * `/photos/cat 1.jpg?d=300x200,f=auto&exp=1767225600`: the path decoded, as its key is, so that it does not matter how
 * a client encodes it; then the canonical `d`, `f=auto` left open; then the time of expiry if there is one. The
 * signature is the HMAC-SHA256 of its UTF-8 bytes under the key's text, in base64url without padding. No two requests
 * come to the same text: neither `d` nor `exp` can hold a `?` or an `&`.
 * @param uri path of the URL as it is sent, with its slash, percent-encoded
 * @param d the canonical value, as `printRecipe` writes it
 * @param expires seconds since 1970 until which the URL holds
 */
export function signText(uri: string, d: string, expires?: number): string {
  return `${decodePath(uri)}?d=${d}${expires === undefined ? '' : `&exp=${expires}`}`;
}

function decodePath(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch (_) {
    return uri;
  }
}
