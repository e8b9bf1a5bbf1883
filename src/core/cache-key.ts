/** Is `d` in a behavior's cache key, and how does it get there? */
import type { Behavior, CacheKeyParameters, CachePolicyConfig, Quantified } from './distribution-config.ts';
import { ownerMark, resourceName } from './names.ts';

/** The one query parameter that makes a variant. */
export const KEY_PARAMETER = 'd';

/** Seconds. What CloudFront takes too when a policy does not say. */
const DAY = 86_400;
const YEAR = 31_536_000;

/** Does the behavior's cache key tell sizes apart? `policy` is the one it uses, undefined for legacy settings. */
export function keyHasSize(behavior: Behavior, policy: CachePolicyConfig | undefined): boolean {
  if (policy) return policyHasSize(policy);
  const values = behavior.ForwardedValues;
  if (!values?.QueryString) return false;
  // QueryString without a list of keys means all of them (AWS-FACTS 3.2).
  return !values.QueryStringCacheKeys?.Quantity || items(values.QueryStringCacheKeys).includes(KEY_PARAMETER);
}

/** Is `d` in a cache policy's key? */
export function policyHasSize(policy: CachePolicyConfig): boolean {
  const strings = policy.ParametersInCacheKeyAndForwardedToOrigin?.QueryStringsConfig;
  const listed = items(strings?.QueryStrings).includes(KEY_PARAMETER);
  switch (strings?.QueryStringBehavior) {
    case 'all':
      return true;
    case 'whitelist':
      return listed;
    case 'allExcept':
      return !listed;
    default:
      return false;
  }
}

/** Our cache policy: `d` alone, nothing compressed (images are), one day unless the origin says otherwise, at most a year. */
export function sizeCachePolicy(name: string): CachePolicyConfig {
  return {
    Name: resourceName(name),
    Comment: ownerMark(name),
    MinTTL: 0,
    DefaultTTL: DAY,
    MaxTTL: YEAR,
    ParametersInCacheKeyAndForwardedToOrigin: {
      EnableAcceptEncodingGzip: false,
      EnableAcceptEncodingBrotli: false,
      HeadersConfig: { HeaderBehavior: 'none' },
      CookiesConfig: { CookieBehavior: 'none' },
      QueryStringsConfig: {
        QueryStringBehavior: 'whitelist',
        QueryStrings: { Quantity: 1, Items: [KEY_PARAMETER] },
      },
    },
  };
}

/** A policy of ours that is `theirs` with `d` added to the key. Theirs may be shared or AWS's own, so it is not edited. */
export function cachePolicyWithSize(name: string, theirs: CachePolicyConfig): CachePolicyConfig {
  const copy = structuredClone(theirs);
  const key: CacheKeyParameters = copy.ParametersInCacheKeyAndForwardedToOrigin ?? {
    EnableAcceptEncodingGzip: false,
    HeadersConfig: { HeaderBehavior: 'none' },
    CookiesConfig: { CookieBehavior: 'none' },
    QueryStringsConfig: { QueryStringBehavior: 'none' },
  };
  const strings = key.QueryStringsConfig;
  const listed = items(strings?.QueryStrings);
  key.QueryStringsConfig =
    strings?.QueryStringBehavior === 'allExcept'
      ? exceptConfig(listed.filter((parameter) => parameter !== KEY_PARAMETER))
      : { QueryStringBehavior: 'whitelist', QueryStrings: quantified([...listed, KEY_PARAMETER]) };
  return { ...copy, Name: resourceName(name), Comment: ownerMark(name), ParametersInCacheKeyAndForwardedToOrigin: key };
}

/** Do two policies cache alike: key and TTLs, with CloudFront's defaults where nothing is said? */
export function sameCaching(one: CachePolicyConfig, other: CachePolicyConfig): boolean {
  return caching(one) === caching(other);
}

function caching({
  MinTTL,
  DefaultTTL,
  MaxTTL,
  ParametersInCacheKeyAndForwardedToOrigin: key,
}: CachePolicyConfig): string {
  const { HeadersConfig: headers, CookiesConfig: cookies, QueryStringsConfig: strings } = key ?? {};
  return JSON.stringify([
    [MinTTL, DefaultTTL ?? DAY, MaxTTL ?? YEAR],
    [key?.EnableAcceptEncodingGzip ?? false, key?.EnableAcceptEncodingBrotli ?? false],
    [headers?.HeaderBehavior ?? 'none', items(headers?.Headers).toSorted()],
    [cookies?.CookieBehavior ?? 'none', items(cookies?.Cookies).toSorted()],
    [strings?.QueryStringBehavior ?? 'none', items(strings?.QueryStrings).toSorted()],
  ]);
}

function exceptConfig(parameters: string[]) {
  return parameters.length === 0
    ? { QueryStringBehavior: 'all' }
    : { QueryStringBehavior: 'allExcept', QueryStrings: quantified(parameters) };
}

/** Adds `d` to the legacy cache settings of a behavior, in place. */
export function addSizeToForwardedValues(behavior: Behavior): void {
  const values = behavior.ForwardedValues;
  if (!values) return;
  const keys = values.QueryString ? items(values.QueryStringCacheKeys) : [];
  values.QueryString = true;
  values.QueryStringCacheKeys = quantified([...keys, KEY_PARAMETER]);
}

function items(list: Quantified<string> | undefined): string[] {
  return list?.Items ?? [];
}

function quantified(values: string[]): Quantified<string> {
  return { Quantity: values.length, Items: values };
}

/**
 * Does more of a query than `d` reach the cache or the origin of a behavior? A key may tell more apart, and an origin
 * request policy or legacy settings forward more than the key holds; what they take and leave is theirs to say.
 */
export function passesOthers(behavior: Behavior, policy: CachePolicyConfig | undefined): boolean {
  const strings = policy?.ParametersInCacheKeyAndForwardedToOrigin?.QueryStringsConfig;
  if (behavior.OriginRequestPolicyId || strings?.QueryStringBehavior !== 'whitelist') return true;
  return items(strings.QueryStrings).some((name) => name !== KEY_PARAMETER);
}
