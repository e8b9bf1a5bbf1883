/** Checks and defaults of a cache policy. */
import type { CachePolicyConfig, ParametersInCacheKeyAndForwardedToOrigin } from '@aws-sdk/client-cloudfront';
import { withoutEmptyLists, withTtls } from './defaults.ts';
import type { CloudFrontRoom } from './room.ts';
import { checkTtlOrder } from './validate.ts';
import { checkQuantities, checkValue } from './values.ts';

/** Names in each of the three lists (AWS-FACTS 1.1). */
const NAME_LIMIT = 10;

/** A copy with CloudFront's defaults. */
export function policyWithDefaults(given: CachePolicyConfig | undefined): CachePolicyConfig {
  const config = withoutEmptyLists(given ?? ({} as CachePolicyConfig));
  return {
    ...config,
    Comment: config.Comment ?? '',
    ...withTtls(config),
    ParametersInCacheKeyAndForwardedToOrigin: {
      EnableAcceptEncodingGzip: false,
      EnableAcceptEncodingBrotli: false,
      HeadersConfig: { HeaderBehavior: 'none' },
      CookiesConfig: { CookieBehavior: 'none' },
      QueryStringsConfig: { QueryStringBehavior: 'none' },
      ...config.ParametersInCacheKeyAndForwardedToOrigin,
    },
  };
}

/** `id` is that of the policy that is updated. @throws the errors that CreateCachePolicy declares */
export function checkPolicy(room: CloudFrontRoom, config: CachePolicyConfig, id?: string): void {
  checkQuantities(room, 'CachePolicyConfig', config);
  checkTtlOrder(room, config);
  room.refuse(
    'cloudfront.policy-name',
    room.cachePolicies.values().some((row) => row.id !== id && row.deployments.current.config.Name === config.Name),
    'CachePolicyAlreadyExists',
    'A cache policy with this name already exists. You must provide a unique name.',
  );
  const key = config.ParametersInCacheKeyAndForwardedToOrigin;
  for (const list of key ? listsOf(key) : []) checkNames(room, list);
}

interface NameList {
  member: string;
  behavior: string | undefined;
  known: string[];
  names: string[];
  tooMany: string;
}

function listsOf(key: ParametersInCacheKeyAndForwardedToOrigin): NameList[] {
  const known = ['none', 'whitelist', 'allExcept', 'all'];
  return [
    {
      member: 'HeaderBehavior',
      behavior: key.HeadersConfig?.HeaderBehavior,
      known: ['none', 'whitelist'],
      names: key.HeadersConfig?.Headers?.Items ?? [],
      tooMany: 'TooManyHeadersInCachePolicy',
    },
    {
      member: 'CookieBehavior',
      behavior: key.CookiesConfig?.CookieBehavior,
      known,
      names: key.CookiesConfig?.Cookies?.Items ?? [],
      tooMany: 'TooManyCookiesInCachePolicy',
    },
    {
      member: 'QueryStringBehavior',
      behavior: key.QueryStringsConfig?.QueryStringBehavior,
      known,
      names: key.QueryStringsConfig?.QueryStrings?.Items ?? [],
      tooMany: 'TooManyQueryStringsInCachePolicy',
    },
  ];
}

function checkNames(room: CloudFrontRoom, { member, behavior, known, names, tooMany }: NameList): void {
  checkValue(room, member, behavior, known);
  const listed = behavior === 'whitelist' || behavior === 'allExcept';
  room.refuse(
    'cloudfront.policy-names',
    listed !== names.length > 0,
    'InvalidArgument',
    `The parameter ${member} does not match the names that are given.`, // INF
  );
  room.refuse(
    'cloudfront.policy-name-limit',
    names.length > NAME_LIMIT,
    tooMany,
    'The number of names in the cache policy exceeds the maximum.', // INF
  );
}
