/** Small tools for CloudFront's header maps: lower-case name -> entries. */
import type { Headers } from './event.ts';

/** A copy without the headers whose names match. */
export function without(headers: Headers, names: RegExp): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.test(name)));
}

/** Sets a header to one value. */
export function setHeader(headers: Headers, key: string, value: string): void {
  headers[key.toLowerCase()] = [{ key, value }];
}

/** All values of a header in one line; empty when there is none. */
export function headerValue(headers: Headers | undefined, name: string): string {
  return (headers?.[name] ?? []).map(({ value }) => value).join(', ');
}

/** What a function must give back as it came (AWS-FACTS 1.5). */
export function readOnly(headers: Headers): Headers {
  return without(headers, /^(?!(?:transfer-encoding|via)$)/);
}
