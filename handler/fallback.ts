/** What goes out where no variant does: the original for a short time, or a refusal. */
import type { EdgeResponse, Headers } from './event.ts';
import { headerValue, readOnly, setHeader, without } from './headers.ts';
import { RESIZE_HEADER } from './response.ts';
import { printTags, TAGS_HEADER, type Tagged } from './tags.ts';

/**
 * The source as it came, under a variant's key. Without ETag and Last-Modified, so that it is not revalidated into a
 * long life by the original's own 304, and cached for `seconds` at most.
 * @param why one word, safe in a header
 */
export function original(source: EdgeResponse, why: string, seconds: number, tagged: Tagged): EdgeResponse {
  const headers = without(source.headers, /^(?:etag|last-modified|expires)$/);
  setHeader(headers, 'Cache-Control', briefly(source, seconds));
  setHeader(headers, 'X-Content-Type-Options', 'nosniff');
  setHeader(headers, TAGS_HEADER, printTags(tagged));
  setHeader(headers, RESIZE_HEADER, `original;why=${why}`);
  const answer = { ...source, headers };
  return why === 'svg' ? withPolicy(answer) : safeSvg(answer);
}

/** For a short time, unless the source wants less: whatever keeps it out of caches stays. */
function briefly({ status, headers }: EdgeResponse, seconds: number): string {
  // A part of the original must not stay at all: the next viewer may ask for the whole.
  if (status === '206') return 'no-store';
  const asked = headerValue(headers, 'cache-control');
  if (/(?:^|[\s,])(?:no-store|no-cache|private)\b/i.test(asked)) return asked;
  const lives = [...asked.matchAll(/(?:^|[\s,])(?:s-maxage|max-age)\s*=\s*"?(\d+)/gi)].map(([, life]) => Number(life));
  return `public, max-age=${Math.min(seconds, ...lives)}`;
}

/** An SVG may hold scripts, which run with the rights of the CDN's own origin when it is opened as a page. */
const SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** The response; an SVG gets a policy under which nothing in it runs, unless it has one. */
export function safeSvg(response: EdgeResponse): EdgeResponse {
  const isSvg = /^\s*image\/svg\+xml\b/i.test(headerValue(response.headers, 'content-type'));
  return isSvg ? withPolicy(response) : response;
}

function withPolicy(response: EdgeResponse): EdgeResponse {
  if (headerValue(response.headers, 'content-security-policy') !== '') return response;
  const headers = { ...response.headers };
  setHeader(headers, 'Content-Security-Policy', SVG_POLICY);
  return { ...response, headers };
}

const SENTENCES: Record<string, string> = {
  size: 'This size is not made here.',
  preset: 'Only presets are made here.',
};

/**
 * Status 400, never stored. Holds nothing of the request but the name of what is wrong, which is one of ours.
 * @param wrong as `readQuery` says it
 * @param source headers of the response that it replaces, if there is one
 */
export function badRequest(wrong: string, method: string, source: Headers = {}): EdgeResponse {
  const headers = readOnly(source);
  setHeader(headers, 'Content-Type', 'text/plain; charset=utf-8');
  setHeader(headers, 'Cache-Control', 'no-store');
  setHeader(headers, 'X-Content-Type-Options', 'nosniff');
  setHeader(headers, RESIZE_HEADER, `refused;why=invalid-${wrong}`);
  const body = method === 'HEAD' ? '' : `${SENTENCES[wrong] ?? `The value of ${wrong} is not valid.`}\n`;
  return { status: '400', statusDescription: 'Bad Request', headers, body, bodyEncoding: 'text' };
}
