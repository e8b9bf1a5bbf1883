/** Conditional requests and ranges, answered from a whole object at the edge (RFC 9110 sections 13 and 14). Pure. */
import { type EdgeResponse, firstValue, type Headers } from './types.ts';

type RequestHeaders = Record<string, string>;

/** Does the viewer already have this object? Then 304. If-None-Match wins over If-Modified-Since. */
export function notModified(request: RequestHeaders, headers: Headers): boolean {
  const etag = firstValue(headers, 'etag');
  const wanted = request['if-none-match'];
  if (wanted !== undefined) {
    if (wanted.trim() === '*') return true;
    return etag !== undefined && wanted.split(',').some((tag) => weak(tag) === weak(etag));
  }
  const since = Date.parse(request['if-modified-since'] ?? '');
  const modified = Date.parse(firstValue(headers, 'last-modified') ?? '');
  return modified <= since;
}

const weak = (tag: string) => tag.trim().replace(/^W\//, '');

/** First and last byte, both included. */
export interface ByteRange {
  first: number;
  last: number;
}

/** The range that a request asks of an object of `size` bytes. Several ranges at once are answered with the whole, as a server may. */
export function byteRange(
  request: RequestHeaders,
  headers: Headers,
  size: number,
): ByteRange | 'whole' | 'unsatisfiable' {
  const match = /^bytes=(\d*)-(\d*)$/.exec(request.range?.trim() ?? '');
  if (!match || (match[1] === '' && match[2] === '') || !rangeStillValid(request, headers)) return 'whole';
  const [, from = '', to = ''] = match;
  if (from === '') {
    const length = Math.min(Number(to), size);
    return length === 0 ? 'unsatisfiable' : { first: size - length, last: size - 1 };
  }
  const first = Number(from);
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== '' && Number(to) < first) return 'whole';
  return first >= size ? 'unsatisfiable' : { first, last };
}

/** If-Range: a strong ETag or a date that must still be the object's. */
function rangeStillValid(request: RequestHeaders, headers: Headers): boolean {
  const condition = request['if-range']?.trim();
  if (condition === undefined) return true;
  if (condition.startsWith('"')) return condition === firstValue(headers, 'etag');
  return condition === firstValue(headers, 'last-modified');
}

// What a 304 does not repeat: it describes a body that is not sent.
const BODY_HEADERS = ['content-length', 'content-type', 'content-encoding', 'content-range'];

/** The object cut to what this viewer asked for: 304, 206, 416 or the object itself. Only 200s are cut. */
export function forViewer(method: string, request: RequestHeaders, object: EdgeResponse): EdgeResponse {
  if (object.status !== 200) return object;
  if (notModified(request, object.headers)) {
    const headers = Object.fromEntries(Object.entries(object.headers).filter(([name]) => !BODY_HEADERS.includes(name)));
    return { status: 304, headers, body: new Uint8Array() };
  }
  const size = object.body.byteLength;
  const range = method === 'GET' ? byteRange(request, object.headers, size) : 'whole';
  if (range === 'whole') return object;
  if (range === 'unsatisfiable') {
    return {
      status: 416,
      headers: { ...object.headers, 'content-range': [`bytes */${size}`], 'content-length': ['0'] },
      body: new Uint8Array(),
    };
  }
  const body = object.body.subarray(range.first, range.last + 1);
  const headers = {
    ...object.headers,
    'content-range': [`bytes ${range.first}-${range.last}/${size}`],
    'content-length': [String(body.byteLength)],
  };
  return { status: 206, headers, body };
}
