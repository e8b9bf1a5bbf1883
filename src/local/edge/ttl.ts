/** How long an edge keeps an answer. Pure; seconds in, milliseconds out where a time is meant. */
import type { CachePolicyConfig, DistributionConfig } from '@aws-sdk/client-cloudfront';
import { type Behavior, firstValue, type Headers } from './types.ts';

/** Seconds. */
export interface TtlBounds {
  min: number;
  default: number;
  max: number;
}

/** Bounds of a behavior: its cache policy's, or its own legacy ones. Defaults of AWS-FACTS 3.2. */
export function ttlBounds(behavior: Behavior, policy: CachePolicyConfig | undefined): TtlBounds {
  const from = policy ?? behavior;
  const min = from.MinTTL ?? 0;
  return { min, default: Math.max(from.DefaultTTL ?? 86_400, min), max: Math.max(from.MaxTTL ?? 31_536_000, min) };
}

/**
 * Statuses that are kept only when the origin says for how long (CFDG HTTPStatusCodes, http-3xx-status-codes). The
 * page lists 403 too; S3's 403 for a missing object is known to be kept for the error minimum, so it is not here.
 */
const NEEDS_CACHE_CONTROL = new Set([307, 308, 400, 405, 412, 415]);
const NEVER_KEPT = new Set([206, 304, 416]);

const DEFAULT_ERROR_TTL = 10;

/**
 * Seconds that an answer stays fresh; 0 = it is not kept. The origin's word (s-maxage, then max-age, then Expires) is
 * held within the bounds; without one the default counts; no-store, no-cache and private mean the minimum
 * (CFDG Expiration). Errors stay for the longer of their own minimum (10 s) and the origin's word (AWS-FACTS 1.7).
 */
export function freshSeconds(
  status: number,
  headers: Headers,
  bounds: TtlBounds,
  errors: DistributionConfig['CustomErrorResponses'],
  now: number,
): number {
  if (NEVER_KEPT.has(status)) return 0;
  const said = originSeconds(headers, now);
  if (status >= 400) return errorSeconds(status, said, bounds, errors);
  if (said === 'forbidden') return bounds.min;
  if (said === undefined) return NEEDS_CACHE_CONTROL.has(status) ? bounds.min : bounds.default;
  return Math.min(Math.max(said, bounds.min), bounds.max);
}

function errorSeconds(
  status: number,
  said: number | 'forbidden' | undefined,
  bounds: TtlBounds,
  errors: DistributionConfig['CustomErrorResponses'],
): number {
  const custom = errors?.Items?.find(({ ErrorCode }) => ErrorCode === status);
  const own = custom?.ErrorCachingMinTTL ?? DEFAULT_ERROR_TTL;
  const word = typeof said === 'number' ? Math.min(said, bounds.max) : 0;
  if (!custom && word === 0 && NEEDS_CACHE_CONTROL.has(status)) return 0;
  return Math.max(own, word);
}

/** What the origin says: seconds, `forbidden` (it must not be kept), or nothing. */
export function originSeconds(headers: Headers, now: number): number | 'forbidden' | undefined {
  const directives = (headers['cache-control'] ?? []).join(',').toLowerCase();
  if (/(?:^|[\s,])(?:no-store|no-cache|private)(?=$|[\s,=])/.test(directives)) return 'forbidden';
  const seconds = directive(directives, 's-maxage') ?? directive(directives, 'max-age');
  if (seconds !== undefined) return seconds;
  const expires = firstValue(headers, 'expires');
  if (expires === undefined) return undefined;
  const at = Date.parse(expires);
  // "0" and other forms that are no date mean: already expired (RFC 9111 5.3).
  return Number.isNaN(at) ? 0 : Math.max(0, Math.floor((at - now) / 1000));
}

function directive(directives: string, name: string): number | undefined {
  const value = new RegExp(`(?:^|[\\s,])${name}\\s*=\\s*"?(\\d+)`).exec(directives)?.[1];
  return value === undefined ? undefined : Number(value);
}

/** May an answer that is not fresh for a second be kept to be confirmed by the origin with its ETag or date? */
export function canBeConfirmed(status: number, headers: Headers): boolean {
  const secret = /(?:^|[\s,])(?:no-store|private)(?=$|[\s,=])/.test(
    (headers['cache-control'] ?? []).join(',').toLowerCase(),
  );
  return status === 200 && !secret && (headers.etag !== undefined || headers['last-modified'] !== undefined);
}
