/**
 * How the function at origin-request tells the function at origin-response that no variant can be made, so that it does
 * not try again: by a header of the request, which S3 ignores. The event of the response holds the request as it went to
 * the origin.
 */
import type { EdgeRequest } from './event.ts';
import { headerValue, setHeader, without } from './headers.ts';

/** Neither disallowed nor read-only (AWS-FACTS 1.5). */
const MARK = 'Edge-Resize-Why';
const NAME = /^edge-resize-why$/;

/** The request without a mark that a viewer may have sent. */
export function withoutMark(request: EdgeRequest): EdgeRequest {
  return { ...request, headers: without(request.headers ?? {}, NAME) };
}

/** The request on its way to S3, with the reason why. */
export function handedOn(request: EdgeRequest, why: string): EdgeRequest {
  const headers = { ...request.headers };
  setHeader(headers, MARK, why);
  return { ...request, headers };
}

/** The reason; undefined when the function was not asked at origin-request. */
export function markOf(request: EdgeRequest): string | undefined {
  const why = headerValue(request.headers, MARK.toLowerCase());
  return /^[a-z0-9-]{1,40}$/.test(why) ? why : undefined;
}
