/** AWS's own cache and origin request policies: fixed ids, the same in every account (developer guide, "managed policies"). */
import type { CachePolicyConfig, OriginRequestPolicyConfig } from '@aws-sdk/client-cloudfront';

interface Managed<T> {
  id: string;
  etag: string;
  config: T;
}

/** All of AWS's policies were last changed when the feature came out; the date is only there to be read back. */
export const MANAGED_SINCE = Date.UTC(2020, 6, 22);

const caching = (
  id: string,
  name: string,
  comment: string,
  [MinTTL, DefaultTTL, MaxTTL]: [number, number, number],
  compressed: boolean,
): Managed<CachePolicyConfig> => ({
  id,
  etag: 'E23ZP02F085DFQ',
  config: {
    Name: `Managed-${name}`,
    Comment: comment,
    MinTTL,
    DefaultTTL,
    MaxTTL,
    ParametersInCacheKeyAndForwardedToOrigin: {
      EnableAcceptEncodingGzip: compressed,
      EnableAcceptEncodingBrotli: compressed,
      HeadersConfig: { HeaderBehavior: 'none' },
      CookiesConfig: { CookieBehavior: 'none' },
      QueryStringsConfig: { QueryStringBehavior: 'none' },
    },
  },
});

export const MANAGED_CACHE_POLICIES: readonly Managed<CachePolicyConfig>[] = [
  caching(
    '658327ea-f89d-4fab-a63d-7e88639e58f6',
    'CachingOptimized',
    'Policy with caching enabled. Supports Gzip and Brotli compression.',
    [1, 86_400, 31_536_000],
    true,
  ),
  caching(
    'b2884449-e4de-46a7-ac36-70bc7f1ddd6d',
    'CachingOptimizedForUncompressedObjects',
    'Default policy when compression is disabled',
    [1, 86_400, 31_536_000],
    false,
  ),
  caching('4135ea2d-6df8-44a3-9df3-4b5a84be39ad', 'CachingDisabled', 'Policy with caching disabled', [0, 0, 0], false),
];

const forwarding = (
  id: string,
  name: string,
  comment: string,
  config: Omit<OriginRequestPolicyConfig, 'Name' | 'Comment'>,
): Managed<OriginRequestPolicyConfig> => ({
  id,
  etag: 'E23ZP02F085DFQ',
  config: { Name: `Managed-${name}`, Comment: comment, ...config },
});

const headers = (...Items: string[]): OriginRequestPolicyConfig['HeadersConfig'] => ({
  HeaderBehavior: 'whitelist',
  Headers: { Quantity: Items.length, Items },
});

const NOTHING_ELSE = {
  CookiesConfig: { CookieBehavior: 'none' },
  QueryStringsConfig: { QueryStringBehavior: 'none' },
} as const;

const EVERYTHING = {
  CookiesConfig: { CookieBehavior: 'all' },
  QueryStringsConfig: { QueryStringBehavior: 'all' },
} as const;

export const MANAGED_ORIGIN_REQUEST_POLICIES: readonly Managed<OriginRequestPolicyConfig>[] = [
  forwarding(
    '216adef6-5c7f-47e4-b989-5492eafa07d3',
    'AllViewer',
    'Policy to forward all parameters in viewer requests',
    {
      HeadersConfig: { HeaderBehavior: 'allViewer' },
      ...EVERYTHING,
    },
  ),
  forwarding(
    'b689b0a8-53d0-40ab-baf2-68738e2966ac',
    'AllViewerExceptHostHeader',
    'Policy to forward all parameters in viewer requests except for the Host header',
    { HeadersConfig: { HeaderBehavior: 'allExcept', Headers: { Quantity: 1, Items: ['host'] } }, ...EVERYTHING },
  ),
  forwarding('88a5eaf4-2fd4-4709-b370-b4c650ea3fcf', 'CORS-S3Origin', 'Policy for S3 origin with CORS', {
    HeadersConfig: headers('origin', 'access-control-request-headers', 'access-control-request-method'),
    ...NOTHING_ELSE,
  }),
  forwarding('59781a5b-3903-41f3-afcb-af62929ccde1', 'CORS-CustomOrigin', 'Policy for custom origin with CORS', {
    HeadersConfig: headers('origin'),
    ...NOTHING_ELSE,
  }),
  forwarding(
    'acba4595-bd28-49b8-b9fe-13317c0390fa',
    'UserAgentRefererHeaders',
    'Policy to forward user-agent and referer headers',
    {
      HeadersConfig: headers('user-agent', 'referer'),
      ...NOTHING_ELSE,
    },
  ),
];
