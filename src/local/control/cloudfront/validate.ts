/** What CloudFront checks of a distribution's config before it stores it. */
import type { CacheBehavior, DefaultCacheBehavior, DistributionConfig } from '@aws-sdk/client-cloudfront';
import { checkAssociations } from './associations.ts';
import { behaviorsOf } from './behaviors.ts';
import { withTtls } from './defaults.ts';
import { checkFunctionAssociations } from './function-associations.ts';
import { MANAGED_ORIGIN_REQUEST_POLICIES } from './managed-policies.ts';
import { checkOrigins } from './origins.ts';
import { cachePolicyConfig } from './policies.ts';
import type { CloudFrontRoom } from './room.ts';
import { checkQuantities, checkValue } from './values.ts';

type Behavior = DefaultCacheBehavior | CacheBehavior;

/** `id` is that of the distribution that is updated. @throws the errors that UpdateDistribution declares */
export function checkConfig(room: CloudFrontRoom, config: DistributionConfig, id?: string): void {
  checkQuantities(room, 'DistributionConfig', config);
  checkValue(room, 'HttpVersion', config.HttpVersion, ['http1.1', 'http2', 'http3', 'http2and3']);
  checkValue(room, 'PriceClass', config.PriceClass, [
    ...['PriceClass_100', 'PriceClass_200', 'PriceClass_All', 'None'],
  ]);
  room.refuse(
    'cloudfront.default-root-object',
    config.DefaultRootObject?.startsWith('/') ?? false,
    'InvalidDefaultRootObject',
    'The parameter DefaultRootObject must not start with a slash.', // INF
  );
  checkAliases(room, config, id);
  checkOrigins(room, config);
  checkPatterns(room, config);
  for (const behavior of behaviorsOf(config)) checkBehavior(room, config, behavior);
  checkAssociations(room, config);
  checkFunctionAssociations(room, config, id);
}

function checkAliases(room: CloudFrontRoom, config: DistributionConfig, id: string | undefined): void {
  const wanted = new Set(config.Aliases?.Items?.map((alias) => alias.toLowerCase()));
  const others = room.distributions.values().filter((row) => row.id !== id);
  const taken = others.flatMap((row) => row.deployments.current.config.Aliases?.Items ?? []);
  room.refuse(
    'cloudfront.cname-unique',
    taken.some((alias) => wanted.has(alias.toLowerCase())),
    'CNAMEAlreadyExists',
    'One or more of the CNAMEs you provided are already associated with a different resource.',
  );
}

function checkPatterns(room: CloudFrontRoom, config: DistributionConfig): void {
  const patterns = (config.CacheBehaviors?.Items ?? []).map((behavior) => behavior.PathPattern?.replace(/^\//, ''));
  room.refuse(
    'cloudfront.path-patterns',
    new Set(patterns).size !== patterns.length,
    'InvalidArgument',
    'The parameter PathPattern contains duplicates.', // INF
  );
}

function checkBehavior(room: CloudFrontRoom, config: DistributionConfig, behavior: Behavior): void {
  checkValue(room, 'ViewerProtocolPolicy', behavior.ViewerProtocolPolicy, [
    ...['allow-all', 'https-only', 'redirect-to-https'],
  ]);
  for (const { EventType } of behavior.LambdaFunctionAssociations?.Items ?? []) {
    checkValue(room, 'EventType', EventType, [
      ...['viewer-request', 'viewer-response', 'origin-request', 'origin-response'],
    ]);
  }
  const origins = config.Origins?.Items?.map((origin) => origin.Id) ?? [];
  const groups = config.OriginGroups?.Items?.map((group) => group.Id) ?? [];
  room.refuse(
    'cloudfront.origin-exists',
    ![...origins, ...groups].includes(behavior.TargetOriginId),
    'NoSuchOrigin',
    'One or more of your origins or origin groups do not exist.',
  );
  checkPolicies(room, behavior);
  checkCaching(room, behavior);
}

function checkPolicies(room: CloudFrontRoom, behavior: Behavior): void {
  const { CachePolicyId: cache, OriginRequestPolicyId: request, ResponseHeadersPolicyId: response } = behavior;
  room.refuse(
    'cloudfront.cache-policy-exists',
    Boolean(cache) && !cachePolicyConfig(room, cache ?? ''),
    'NoSuchCachePolicy',
    'The specified cache policy does not exist.',
  );
  room.refuse(
    'cloudfront.origin-request-policy-exists',
    Boolean(request) && !MANAGED_ORIGIN_REQUEST_POLICIES.some((policy) => policy.id === request),
    'NoSuchOriginRequestPolicy',
    'The specified origin request policy does not exist.',
  );
  room.refuse(
    'cloudfront.response-headers-policy-exists',
    Boolean(response),
    'NoSuchResponseHeadersPolicy',
    'The specified response headers policy does not exist.',
  );
}

/** A cache policy, or the legacy settings: never both, never neither (AWS-FACTS 3.2). */
function checkCaching(room: CloudFrontRoom, behavior: Behavior): void {
  const legacy = (['ForwardedValues', 'MinTTL', 'DefaultTTL', 'MaxTTL'] as const).find(
    (member) => behavior[member] !== undefined,
  );
  if (behavior.CachePolicyId) {
    room.refuse(
      'cloudfront.cache-policy-and-legacy',
      legacy !== undefined,
      'InvalidArgument',
      `The parameter ${legacy} cannot be used when a cache policy is associated to the cache behavior.`,
    );
    return;
  }
  const missing = behavior.ForwardedValues ? 'MinTTL' : 'ForwardedValues';
  room.refuse(
    'cloudfront.forwarded-values',
    behavior[missing] === undefined,
    'InvalidArgument',
    `The parameter ${missing} is required.`,
  );
  checkTtlOrder(room, behavior);
}

/** @throws InvalidTTLOrder */
export function checkTtlOrder(room: CloudFrontRoom, given: Parameters<typeof withTtls>[0]): void {
  const { MinTTL, DefaultTTL, MaxTTL } = withTtls(given);
  room.refuse(
    'cloudfront.ttl-order',
    MinTTL > DefaultTTL || DefaultTTL > MaxTTL,
    'InvalidTTLOrder',
    'MinTTL, MaxTTL and DefaultTTL should follow order MinTTL less than or equal to DefaultTTL less than or equal to MaxTTL',
  );
}
