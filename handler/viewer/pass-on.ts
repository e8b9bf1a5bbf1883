/**
 * What the viewer function lets through to the cache: the path as it came, and a query that begins with the one `d`,
 * whatever was sent. Written in the JavaScript of CloudFront Functions.
 */
import { type Asked, isOwnName, MOST_PAIRS, type Pair, variantQuery } from '../grammar.ts';
import type { ViewerRequest, ViewerResponse, ViewerValue } from './event.ts';
import type { ViewerSettings } from './settings.ts';

/** Said by the build: what is not ours is passed on, since more than `d` reaches the cache or the origin. */
declare const KEEPS_OTHERS: boolean;

/** Other methods are the origin's business, whatever their query says. */
export function isRead(request: ViewerRequest): boolean {
  return request.method === 'GET' || request.method === 'HEAD';
}

/** The query in the order sent, each name with its first value; no more of it than is read. */
export function pairsOf(request: ViewerRequest): Pair[] {
  const query = request.querystring as Record<string, ViewerValue>;
  const names = Object.keys(query).slice(0, MOST_PAIRS);
  return names.map((name): Pair => {
    const sent = query[name] as ViewerValue;
    const first = sent.multiValue ? sent.multiValue[0] : undefined;
    return [name, (first || sent).value || ''];
  });
}

/** All lines of the Accept header. */
export function acceptOf(request: ViewerRequest): string {
  const sent = request.headers.accept;
  if (!sent) return '';
  return sent.multiValue ? sent.multiValue.map((one) => one.value).join(',') : sent.value;
}

/**
 * The request under its one cache key: `d` and its canonical value, then what others may need. What is invalid shares
 * one key, so that junk does not fill the cache: the handler answers it with the original.
 */
export function passOn(request: ViewerRequest, asked: Asked, settings: ViewerSettings): ViewerRequest | ViewerResponse {
  if (asked.kind === 'invalid' && settings.onInvalid === '400') {
    return refusal(400, 'Bad Request', `Not an image that is made here: ${asked.why}`);
  }
  const parts: string[] = [];
  if (asked.kind === 'recipe') parts.push(variantQuery(asked.recipe));
  else if (asked.kind === 'invalid') parts.push('d=invalid');
  if (KEEPS_OTHERS) addOthers(parts, request, settings);
  request.querystring = parts.join('&');
  return request;
}

/**
 * What is not ours, as it was sent, a name with all of its values; no more names than are read, since nothing that
 * comes after those was looked at. Nothing of it can become a name of ours by being written out again.
 */
function addOthers(parts: string[], request: ViewerRequest, settings: ViewerSettings): void {
  const query = request.querystring as Record<string, ViewerValue>;
  Object.keys(query)
    .slice(0, MOST_PAIRS)
    .forEach((name) => {
      if (isOwnName(name, settings.rules)) return;
      const sent = query[name] as ViewerValue;
      (sent.multiValue || [sent]).forEach((one) => {
        parts.push(escaped(name, /[&=#\s]/g) + (one.value ? `=${escaped(one.value, /[&#\s]/g)}` : ''));
      });
    });
}

/** Values come as they were sent (INF): these characters are in none then. */
function escaped(text: string, unsafe: RegExp): string {
  return text.replace(unsafe, encodeURIComponent);
}

/** A short answer that holds nothing of what was sent, and is kept nowhere. */
export function refusal(statusCode: number, statusDescription: string, text: string): ViewerResponse {
  return {
    statusCode,
    statusDescription,
    headers: {
      'content-type': { value: 'text/plain; charset=utf-8' },
      'cache-control': { value: 'no-store' },
    },
    body: `${text}\n`,
  };
}
