/** A request with everything that its behavior decides about it, and what is answered before anything is looked up. */
import type { DistributionConfig } from '@aws-sdk/client-cloudfront';
import type { LiveDistribution, World } from '../world.ts';
import { matchBehavior, methodAllowed, protocolAction } from './behavior.ts';
import { type CacheKey, cacheKey } from './cache-key.ts';
import { errorPage, escapeHtml, redirectPage, SENTENCES } from './pages.ts';
import type { EdgeRegion } from './regions.ts';
import type { Behavior, EdgeResponse, ResultType, ViewerRequest } from './types.ts';

export interface Asked {
  live: LiveDistribution;
  config: DistributionConfig;
  region: EdgeRegion;
  request: ViewerRequest;
  requestId: string;
  /** That of the path as the viewer sent it: a function that changes the path does not change it (CFDG functions-event-structure). */
  behavior: Behavior;
}

export interface Visit extends Asked {
  key: CacheKey;
}

export interface Found {
  response: EdgeResponse;
  result: ResultType;
  ageSeconds?: number;
}

export function arrive(asked: Omit<Asked, 'behavior'>): Asked {
  return { ...asked, behavior: matchBehavior(asked.config, asked.request.path) };
}

/** `asked.request` as the function at viewer-request left it: the key is made of that. */
export function planVisit(world: World, asked: Asked): Visit {
  const { behavior, request } = asked;
  const { CachePolicyId: policy, OriginRequestPolicyId: forwarding } = behavior;
  const key = cacheKey(request, request.path, {
    cachePolicy: policy ? world.cloudfront.cachePolicy(policy) : undefined,
    originRequestPolicy: forwarding ? world.cloudfront.originRequestPolicy?.(forwarding) : undefined,
    forwardedValues: behavior.ForwardedValues,
  });
  return { ...asked, key };
}

/** What is answered without function, cache or origin. */
export function refused(world: World, { behavior, config, request, requestId }: Asked): Found | undefined {
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
  const lambda = behavior.LambdaFunctionAssociations?.Items?.find(({ EventType }) => EventType?.startsWith('viewer-'));
  return lambda && `Lambda@Edge functions at ${lambda.EventType} (${lambda.LambdaFunctionARN})`;
}
