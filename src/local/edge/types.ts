/** What moves through an edge. Header names are lower-case everywhere. */
import type { CacheBehavior, DefaultCacheBehavior } from '@aws-sdk/client-cloudfront';

export type Headers = Record<string, string[]>;

export interface ViewerRequest {
  method: string;
  /** Percent-encoded as sent, with the leading slash. */
  path: string;
  /** Without `?`. */
  querystring: string;
  headers: Record<string, string>;
  clientIp: string;
}

export interface EdgeResponse {
  status: number;
  /** Reason phrase, when the function set one. */
  statusDescription?: string;
  headers: Headers;
  body: Uint8Array;
}

export type Behavior = DefaultCacheBehavior & Partial<Pick<CacheBehavior, 'PathPattern'>>;

/** What `x-cache` says before " from cloudfront". */
export type ResultType =
  | 'Hit'
  | 'RefreshHit'
  | 'Miss'
  | 'Error'
  | 'Redirect'
  | 'LambdaValidationError'
  | 'LambdaExecutionError'
  | 'LambdaLimitExceeded'
  | 'LambdaGeneratedResponse'
  | 'FunctionGeneratedResponse'
  | 'FunctionExecutionError'
  | 'FunctionThrottledError'
  | 'FunctionValidationError';

export const firstValue = (headers: Headers, name: string): string | undefined => headers[name]?.[0];

/** One value a name, as it came from a wire, becomes a list. */
export function toHeaders(single: Record<string, string>): Headers {
  return Object.fromEntries(Object.entries(single).map(([name, value]) => [name.toLowerCase(), [value]]));
}
