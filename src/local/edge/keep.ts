/** What a trip to the origin leaves in the cache of an edge, and what of the cache may still be used. */
import { originPath } from './behavior.ts';
import type { CachedObject, EdgeCache } from './cache.ts';
import { type Fetched, type FetchParts, fetchObject, resultOf } from './fetch.ts';
import { covers } from './invalidation.ts';
import { tagsOf } from './tags.ts';
import { canBeConfirmed, freshSeconds, ttlBounds } from './ttl.ts';
import type { EdgeResponse } from './types.ts';
import type { Found, Visit } from './visit.ts';

/** The cached object unless an invalidation took it since its fetch began. */
export function usable({ world }: FetchParts, cache: EdgeCache, name: string): CachedObject | undefined {
  const object = cache.get(name);
  if (!object) return undefined;
  const gone = world.cloudfront
    .invalidations(object.distributionId)
    .some(({ at, paths }) => at >= object.fetchedAt && paths.some((path) => covers(path, object)));
  if (gone) cache.delete(name);
  return gone ? undefined : object;
}

export function hit(object: CachedObject, now: number): Found {
  const { response } = object;
  const result = response.status >= 400 ? 'Error' : 'Hit';
  return { response, result, ageSeconds: Math.floor((now - object.storedAt) / 1000) };
}

/** Goes to the origin and keeps what comes for as long as it may be kept. */
export async function fetchAndKeep(
  parts: FetchParts,
  visit: Visit,
  cache: EdgeCache,
  name: string,
  stale: CachedObject | undefined,
): Promise<Found> {
  const { live, config, behavior, region, request, requestId, key } = visit;
  const fetchedAt = parts.world.now();
  const method = request.method === 'HEAD' ? 'HEAD' : 'GET';
  const range = stale || method === 'HEAD' ? undefined : request.headers.range;
  const uri = originPath(config, request.path);
  const asked = { live, config, behavior, region, requestId, clientIp: request.clientIp, method, uri, range } as const;
  const fetched = await fetchObject(parts, { ...asked, forwarded: key, stale: stale?.response });
  const found = settle(fetched, method, stale);
  const now = parts.world.now();
  const policy = behavior.CachePolicyId ? parts.world.cloudfront.cachePolicy(behavior.CachePolicyId) : undefined;
  const { status, headers } = found.response;
  const seconds = freshSeconds(status, headers, ttlBounds(behavior, policy), config.CustomErrorResponses, now);
  const object = { distributionId: live.id, path: request.path, keyQuery: key.keyQuery, response: found.response };
  const tags = tagsOf(headers, config.CacheTagConfig?.HeaderName);
  // Kept past its freshness too: what it says about itself confirms it with the origin later.
  if (seconds > 0 || canBeConfirmed(status, headers))
    cache.set(name, { ...object, tags, fetchedAt, storedAt: now, freshUntil: now + seconds * 1000 });
  else cache.delete(name);
  return found;
}

/** A 304 of a revalidation renews the cached object with the headers that came; everything else takes its place. */
function settle({ response, result }: Fetched, method: 'GET' | 'HEAD', stale: CachedObject | undefined): Found {
  if (response.status === 304 && stale) {
    const renewed = { ...stale.response.headers, ...withoutBodyHeaders(response.headers) };
    return { response: { ...stale.response, headers: renewed }, result: 'RefreshHit', ageSeconds: 0 };
  }
  if (method === 'HEAD' || response.status === 304 || response.status === 204) return { response, result };
  // What was measured before a function replaced the body would cut the answer short.
  const headers = { ...response.headers, 'content-length': [String(response.body.byteLength)] };
  const kept = response.status >= 400 || result === 'LambdaGeneratedResponse';
  return { response: { ...response, headers }, result: kept ? result : resultOf(response.status) };
}

function withoutBodyHeaders(headers: EdgeResponse['headers']): EdgeResponse['headers'] {
  const kept = Object.entries(headers).filter(([name]) => !name.startsWith('content-') && name !== 'transfer-encoding');
  return Object.fromEntries(kept);
}
