/** Whether a request carries a signature that holds. Pure but for HMAC, which every runtime has its own way to. */
import { type Pair, signText } from '../grammar.ts';
import type { ViewerRequest } from './event.ts';

/** Entry `signing` of the KeyValueStore, as JSON: the key that signs, and the one that did before it. */
export interface SigningKeys {
  current: string;
  previous?: string;
}

/** HMAC-SHA256 of a text under a key, in base64url without padding. */
export type Hmac = (key: string, text: string) => string;

export interface Signed {
  /** As in the URL. */
  uri: string;
  /** Canonical, with `f=auto` open. */
  d: string;
  query: Pair[];
}

/**
 * Does `sig` (or `s`) hold for the path, the canonical `d` and, if there is one, `exp` (or `expires`)? A signature
 * without `exp` holds until its key is gone.
 * @param seconds now, since 1970
 */
export function isSigned(request: Signed, keys: SigningKeys, seconds: number, hmac: Hmac): boolean {
  const signature = firstValue(request.query, 'sig', 's');
  const expires = firstValue(request.query, 'exp', 'expires');
  if (expires !== undefined && !(/^[1-9]\d{0,11}$/.test(expires) && Number(expires) > seconds)) return false;
  const text = signText(request.uri, request.d, expires === undefined ? undefined : Number(expires));
  // Both keys are always tried, so that the time taken does not tell which one it was.
  const current = isSame(signature || '', hmac(keys.current, text));
  const previous = keys.previous ? isSame(signature || '', hmac(keys.previous, text)) : false;
  return current || previous;
}

/** Takes the signature out of a request's query: it would be in the cache key where that holds all parameters. */
export function dropSignature(request: ViewerRequest): void {
  const query = request.querystring as Record<string, unknown>;
  Object.keys(query).forEach((name) => {
    if (/^(?:sig|s|exp|expires)$/i.test(name)) delete query[name];
  });
}

/** The first value under either name, which may be in any case; the value keeps its own. */
function firstValue(query: Pair[], name: string, alias: string): string | undefined {
  const found = query.find((pair) => {
    const sent = pair[0].toLowerCase();
    return (sent === name || sent === alias) && pair[1] !== '';
  });
  return found ? found[1] : undefined;
}

/** Looks at every character whatever the first ones are. */
function isSame(given: string, right: string): boolean {
  let difference = given.length ^ right.length;
  for (let at = 0; at < right.length; at++) difference |= given.charCodeAt(at) ^ right.charCodeAt(at);
  return difference === 0;
}
