/** What CloudFront does with a viewer's request, from the behavior's rules through the cache to the answer. */
import type { DistributionConfig } from '@aws-sdk/client-cloudfront';
import type { LiveDistribution } from '../world.ts';
import { matchBehavior, methodAllowed, originPath, protocolAction } from './behavior.ts';
import { type CachedObject, type EdgeCache, lruCache } from './cache.ts';
import { type CacheKey, cacheKey } from './cache-key.ts';
import { forViewer } from './conditional.ts';
import { withErrorPage } from './custom-error.ts';
import { type Fetched, type FetchParts, fetchObject, resultOf } from './fetch.ts';
import { finish } from './finish.ts';
import { covers } from './invalidation.ts';
import { errorPage, escapeHtml, redirectPage, SENTENCES } from './pages.ts';
import type { EdgeRegion } from './regions.ts';
import { canBeConfirmed, freshSeconds, ttlBounds } from './ttl.ts';
import type { Behavior, EdgeResponse, ResultType, ViewerRequest } from './types.ts';

export interface EdgeParts extends FetchParts {
  /** Most bytes that the cache of one edge holds. */
  cacheBytes: number;
  /** An id in the form of X-Amz-Cf-Id. */
  newRequestId(): string;
}

export interface Edge {
  serve(live: LiveDistribution, region: EdgeRegion, request: ViewerRequest): Promise<EdgeResponse>;
}

/** A request with everything that its behavior decides about it. */
interface Visit {
  live: LiveDistribution;
  config: DistributionConfig;
  region: EdgeRegion;
  request: ViewerRequest;
  requestId: string;
  behavior: Behavior;
  key: CacheKey;
}

interface Found {
  response: EdgeResponse;
  result: ResultType;
  ageSeconds?: number;
}

/** One edge a region, each with a cache of its own. Simultaneous misses of one key make one trip to the origin. */
export function createEdge(parts: EdgeParts): Edge {
  const caches = new Map<EdgeRegion, EdgeCache>();
  const trips = new Map<string, Promise<Found>>();
  const cacheOf = (region: EdgeRegion) => {
    const cache = caches.get(region) ?? lruCache(parts.cacheBytes);
    caches.set(region, cache);
    return cache;
  };

  async function find(visit: Visit): Promise<Found> {
    const { region, request, live } = visit;
    const cache = cacheOf(region);
    const whole = `${live.id} ${visit.key.key}`;
    // An object that GET fetched answers HEAD too; a HEAD fetches no body, so what it stores answers HEAD alone.
    const names = request.method === 'HEAD' ? [whole, `HEAD ${whole}`] : [whole];
    const now = parts.world.now();
    const objects = names.map((name) => usable(parts, cache, name));
    const fresh = objects.find((object) => object && now < object.freshUntil);
    if (fresh) return hit(fresh, now);
    const name = names.at(-1) ?? whole;
    const tripName = `${region} ${name} ${request.headers.range ?? ''}`;
    const known = trips.get(tripName);
    if (known) return known;
    const trip = fetchAndKeep(parts, visit, cache, name, objects.at(-1)).finally(() => trips.delete(tripName));
    trips.set(tripName, trip);
    return trip;
  }

  return {
    async serve(live, region, request) {
      const requestId = parts.newRequestId();
      const { config } = live;
      if (!config) throw new Error(`distribution ${live.id} is not deployed yet`);
      const visit = planVisit(parts, { live, config, region, request, requestId });
      const found = refused(parts, visit) ?? (await withErrorPage(visit, await find(visit), pageOf));
      const answer = forViewer(request.method, request.headers, found.response);
      const { result, ageSeconds } = found;
      return finish(answer, { result, region, requestId, ageSeconds, now: parts.world.now() });

      async function pageOf(path: string): Promise<EdgeResponse> {
        const page = { ...request, method: 'GET', path, querystring: '', headers: {} };
        return (await find(planVisit(parts, { live, config: visit.config, region, request: page, requestId })))
          .response;
      }
    },
  };
}

function planVisit({ world }: EdgeParts, asked: Omit<Visit, 'behavior' | 'key'>): Visit {
  const behavior = matchBehavior(asked.config, asked.request.path);
  const { CachePolicyId: policy, OriginRequestPolicyId: forwarding } = behavior;
  const key = cacheKey(asked.request, asked.request.path, {
    cachePolicy: policy ? world.cloudfront.cachePolicy(policy) : undefined,
    originRequestPolicy: forwarding ? world.cloudfront.originRequestPolicy?.(forwarding) : undefined,
    forwardedValues: behavior.ForwardedValues,
  });
  return { ...asked, behavior, key };
}

/** What is answered without cache or origin. */
function refused({ world }: EdgeParts, visit: Visit): Found | undefined {
  const { behavior, config, request, requestId } = visit;
  const page = (status: number, sentence: string): Found => ({
    response: errorPage(status, sentence, requestId),
    result: 'Error',
  });
  if (!config.Enabled) return page(403, SENTENCES.disabled);
  const missing = unsupportedTrigger(behavior);
  if (missing) return page(502, `The local AWS does not run ${escapeHtml(missing)}.`);
  const protocol = request.headers['x-edge-viewer-protocol'] === 'http' ? 'http' : 'https';
  const action = world.enforces('edge.viewer-protocol') ? protocolAction(behavior, protocol) : 'pass';
  if (action === 'refuse') return page(403, SENTENCES.badRequest);
  if (action === 'redirect') {
    const query = request.querystring === '' ? '' : `?${request.querystring}`;
    const location = `https://${request.headers.host ?? ''}${request.path}${query}`;
    return { response: redirectPage(location), result: 'Redirect' };
  }
  if (world.enforces('edge.method') && !methodAllowed(behavior, request.method)) return page(403, SENTENCES.method);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return page(501, 'The local AWS serves GET and HEAD from its edges.');
  }
  return undefined;
}

/** The first trigger of a behavior that is not modelled: better said than passed over in silence. */
function unsupportedTrigger(behavior: Behavior): string | undefined {
  const lambda = behavior.LambdaFunctionAssociations?.Items?.find(({ EventType }) => EventType !== 'origin-response');
  if (lambda) return `Lambda@Edge functions at ${lambda.EventType} (${lambda.LambdaFunctionARN})`;
  const edge = behavior.FunctionAssociations?.Items?.[0];
  return edge && `CloudFront Functions (${edge.FunctionARN} at ${edge.EventType})`;
}

/** The cached object unless an invalidation took it since its fetch began. */
function usable({ world }: EdgeParts, cache: EdgeCache, name: string): CachedObject | undefined {
  const object = cache.get(name);
  if (!object) return undefined;
  const gone = world.cloudfront
    .invalidations(object.distributionId)
    .some(
      ({ at, paths }) => at >= object.fetchedAt && paths.some((path) => covers(path, object.path, object.keyQuery)),
    );
  if (gone) cache.delete(name);
  return gone ? undefined : object;
}

function hit(object: CachedObject, now: number): Found {
  const { response } = object;
  const result = response.status >= 400 ? 'Error' : 'Hit';
  return { response, result, ageSeconds: Math.floor((now - object.storedAt) / 1000) };
}

/** Goes to the origin and keeps what comes for as long as it may be kept. */
async function fetchAndKeep(
  parts: EdgeParts,
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
  // Kept past its freshness too: what it says about itself confirms it with the origin later.
  if (seconds > 0 || canBeConfirmed(status, headers))
    cache.set(name, { ...object, fetchedAt, storedAt: now, freshUntil: now + seconds * 1000 });
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
  return { response: { ...response, headers }, result: response.status >= 400 ? result : resultOf(response.status) };
}

function withoutBodyHeaders(headers: EdgeResponse['headers']): EdgeResponse['headers'] {
  const kept = Object.entries(headers).filter(([name]) => !name.startsWith('content-') && name !== 'transfer-encoding');
  return Object.fromEntries(kept);
}
