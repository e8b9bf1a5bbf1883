/** A request as it came, before anything is believed about it. */
import type { IncomingHttpHeaders } from 'node:http';

export interface WireRequest {
  method: string;
  /** As sent: percent-encoded, not normalised (`//`, `.` and `..` are legal in S3 keys). */
  path: string;
  /** Decoded, in order. `?policy` has the value ''. */
  query: [string, string][];
  /** Lower-case names; repeated headers joined by `, `. */
  headers: Record<string, string>;
  body: Uint8Array;
}

/** @param target what stands in the request line, e.g. `/bucket/a%20b?versionId=1` */
export function wireRequest(
  method: string,
  target: string,
  headers: IncomingHttpHeaders,
  body: Uint8Array,
): WireRequest {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  return {
    method,
    path: path === '' ? '/' : path,
    query: mark < 0 ? [] : readQuery(target.slice(mark + 1)),
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
      ),
    ),
    body,
  };
}

export const queryValue = (request: WireRequest, name: string): string | undefined =>
  request.query.find(([key]) => key === name)?.[1];

/** In a URL's query `+` is a plus: every AWS client writes a space as %20 there (in form bodies it is a space). */
function readQuery(text: string): [string, string][] {
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      const name = equals < 0 ? pair : pair.slice(0, equals);
      return [
        percentDecode(name) ?? name,
        equals < 0 ? '' : (percentDecode(pair.slice(equals + 1)) ?? pair.slice(equals + 1)),
      ];
    });
}

/** undefined when it is no valid percent-encoded UTF-8. */
export function percentDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
