/** The headers that CloudFront adds to everything it sends (seen on the wire; the values' forms are AWS's). Pure. */
import type { EdgeRegion } from './regions.ts';
import { EDGE_POPS } from './regions.ts';
import type { EdgeResponse, Headers, ResultType } from './types.ts';

export interface Finish {
  result: ResultType;
  region: EdgeRegion;
  /** X-Amz-Cf-Id: also the event's requestId. */
  requestId: string;
  /** Whole seconds in the cache, when it was there. */
  ageSeconds: number | undefined;
  /** Milliseconds since 1970. */
  now: number;
}

// S3's ids of the request that filled the cache say nothing about this one: CloudFront does not pass them on (inferred).
const DROPPED = ['x-amz-id-2', 'x-amz-request-id', 'connection', 'transfer-encoding', 'age'];

export function finish(response: EdgeResponse, { result, region, requestId, ageSeconds, now }: Finish): EdgeResponse {
  const kept = Object.entries(response.headers).filter(([name]) => !DROPPED.includes(name));
  const headers: Headers = {
    date: [new Date(now).toUTCString()],
    ...Object.fromEntries(kept),
    'x-cache': [`${result} from cloudfront`],
    via: [`1.1 ${viaHost(requestId)} (CloudFront)`],
    'x-amz-cf-pop': [EDGE_POPS[region]],
    'x-amz-cf-id': [requestId],
  };
  if (ageSeconds !== undefined) headers.age = [String(ageSeconds)];
  return { ...response, headers };
}

/** A host name as edges give themselves: 32 hex digits. */
export function viaHost(requestId: string): string {
  return `${Buffer.from(requestId).toString('hex').slice(0, 32).padEnd(32, '0')}.cloudfront.net`;
}
