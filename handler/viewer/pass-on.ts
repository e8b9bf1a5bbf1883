/**
 * What the viewer function lets through to the cache: the path as it came, and a query of at most one name, whatever
 * was sent. Written in the JavaScript of CloudFront Functions.
 */
import { type Asked, MOST_PAIRS, type Pair, variantQuery } from '../grammar.ts';
import type { ViewerRequest, ViewerResponse, ViewerValue } from './event.ts';
import type { ViewerSettings } from './settings.ts';

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
 * The request under its one cache key: `d` and its canonical value, or no query at all. What is invalid shares one key,
 * so that junk does not fill the cache: the handler answers it with the original.
 */
export function passOn(
  request: ViewerRequest,
  asked: Asked,
  onInvalid: ViewerSettings['onInvalid'],
): ViewerRequest | ViewerResponse {
  if (asked.kind === 'invalid' && onInvalid === '400') {
    return refusal(400, 'Bad Request', `Not an image that is made here: ${asked.why}`);
  }
  if (asked.kind === 'none') request.querystring = '';
  else request.querystring = asked.kind === 'recipe' ? variantQuery(asked.recipe) : 'd=invalid';
  return request;
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
