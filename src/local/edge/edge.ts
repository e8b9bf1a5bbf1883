/** What CloudFront does with a viewer's request, from the behavior's rules through the cache to the answer. */
import type { LiveDistribution } from '../world.ts';
import { type EdgeCache, lruCache } from './cache.ts';
import { forViewer } from './conditional.ts';
import { withErrorPage } from './custom-error.ts';
import type { FetchParts } from './fetch.ts';
import { finish } from './finish.ts';
import { fetchAndKeep, hit, usable } from './keep.ts';
import type { EdgeRegion } from './regions.ts';
import type { EdgeResponse, ViewerRequest } from './types.ts';
import { atViewerRequest, atViewerResponse, type ViewerParts } from './viewer.ts';
import type { Occasion } from './viewer-event.ts';
import { type Asked, arrive, type Found, planVisit, refused, type Visit } from './visit.ts';

export interface EdgeParts extends FetchParts, ViewerParts {
  /** Most bytes that the cache of one edge holds. */
  cacheBytes: number;
  /** An id in the form of X-Amz-Cf-Id. */
  newRequestId(): string;
}

export interface Edge {
  serve(live: LiveDistribution, region: EdgeRegion, request: ViewerRequest): Promise<EdgeResponse>;
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

  /** Functions of the viewer's side are asked on hits too; error pages are fetched without them (inferred). */
  async function answer(asked: Asked, occasion: Occasion): Promise<Found> {
    const arrived = await atViewerRequest(parts, asked.behavior, occasion, asked.request);
    if ('response' in arrived) return arrived;
    const visit = planVisit(parts.world, { ...asked, request: arrived.request });
    const pageOf = async (path: string) => {
      const page = { ...asked.request, method: 'GET', path, querystring: '', headers: {} };
      return (await find(planVisit(parts.world, arrive({ ...asked, request: page })))).response;
    };
    const found = await withErrorPage(visit, await find(visit), pageOf);
    const response = forViewer(visit.request.method, visit.request.headers, found.response);
    const leaving = { request: visit.request, response };
    return { ...found, ...(await atViewerResponse(parts, asked.behavior, occasion, leaving)) };
  }

  return {
    async serve(live, region, request) {
      const requestId = parts.newRequestId();
      const { config } = live;
      if (!config) throw new Error(`distribution ${live.id} is not deployed yet`);
      const asked = arrive({ live, config, region, request, requestId });
      const occasion = { live, requestId, clientIp: request.clientIp };
      const { response, result, ageSeconds } = refused(parts.world, asked) ?? (await answer(asked, occasion));
      return finish(response, { result, region, requestId, ageSeconds, now: parts.world.now() });
    },
  };
}
