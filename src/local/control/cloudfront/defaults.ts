/** What CloudFront fills in when it stores a distribution: callers read back more than they wrote. */
import type {
  AllowedMethods,
  CacheBehavior,
  DefaultCacheBehavior,
  DistributionConfig,
  ForwardedValues,
  Origin,
  ViewerCertificate,
} from '@aws-sdk/client-cloudfront';

/** Seconds (AWS-FACTS 3.2). */
const DEFAULT_TTL = 86_400;
const MAX_TTL = 31_536_000;

interface Ttls {
  MinTTL: number;
  DefaultTTL: number;
  MaxTTL: number;
}

/** TTLs that were left out; larger ones push the defaults up (API reference, CachePolicyConfig). */
export function withTtls(given: { MinTTL?: number; DefaultTTL?: number; MaxTTL?: number }): Ttls {
  const MinTTL = given.MinTTL ?? 0;
  const DefaultTTL = given.DefaultTTL ?? Math.max(DEFAULT_TTL, MinTTL);
  return { MinTTL, DefaultTTL, MaxTTL: given.MaxTTL ?? Math.max(MAX_TTL, DefaultTTL) };
}

/** A copy with CloudFront's defaults in every place that was left open. */
export function withDefaults(given: DistributionConfig): DistributionConfig {
  const config = withoutEmptyLists(given);
  const origins = config.Origins?.Items?.map(originWithDefaults);
  const behaviors = config.CacheBehaviors?.Items?.map((behavior) => behaviorWithDefaults(behavior));
  return {
    ...config,
    Aliases: config.Aliases ?? { Quantity: 0 },
    DefaultRootObject: config.DefaultRootObject ?? '',
    Origins: config.Origins && { ...config.Origins, Items: origins },
    OriginGroups: config.OriginGroups ?? { Quantity: 0 },
    DefaultCacheBehavior: config.DefaultCacheBehavior && behaviorWithDefaults(config.DefaultCacheBehavior),
    CacheBehaviors: behaviors ? { Quantity: behaviors.length, Items: behaviors } : { Quantity: 0 },
    CustomErrorResponses: config.CustomErrorResponses ?? { Quantity: 0 },
    Comment: config.Comment ?? '',
    Logging: { Enabled: false, IncludeCookies: false, Bucket: '', Prefix: '', ...config.Logging },
    PriceClass: config.PriceClass ?? 'PriceClass_All',
    ViewerCertificate: certificate(config.ViewerCertificate),
    Restrictions: config.Restrictions ?? { GeoRestriction: { RestrictionType: 'none', Quantity: 0 } },
    WebACLId: config.WebACLId ?? '',
    HttpVersion: config.HttpVersion ?? 'http2',
    IsIPV6Enabled: config.IsIPV6Enabled ?? false,
    ContinuousDeploymentPolicyId: config.ContinuousDeploymentPolicyId ?? '',
    Staging: config.Staging ?? false,
  };
}

function originWithDefaults(origin: Origin): Origin {
  return {
    ...origin,
    OriginPath: origin.OriginPath ?? '',
    CustomHeaders: origin.CustomHeaders ?? { Quantity: 0 },
    ...(origin.S3OriginConfig && {
      S3OriginConfig: { OriginReadTimeout: 30, ...origin.S3OriginConfig },
    }),
    ...(origin.CustomOriginConfig && {
      CustomOriginConfig: {
        OriginSslProtocols: { Quantity: 3, Items: ['TLSv1', 'TLSv1.1', 'TLSv1.2'] },
        OriginReadTimeout: 30,
        OriginKeepaliveTimeout: 5,
        ...origin.CustomOriginConfig,
      },
    }),
    ConnectionAttempts: origin.ConnectionAttempts ?? 3,
    ConnectionTimeout: origin.ConnectionTimeout ?? 10,
    OriginShield: origin.OriginShield ?? { Enabled: false },
    OriginAccessControlId: origin.OriginAccessControlId ?? '',
  };
}

function behaviorWithDefaults<T extends DefaultCacheBehavior | CacheBehavior>(behavior: T): T {
  return {
    ...behavior,
    TrustedSigners: behavior.TrustedSigners ?? { Enabled: false, Quantity: 0 },
    TrustedKeyGroups: behavior.TrustedKeyGroups ?? { Enabled: false, Quantity: 0 },
    AllowedMethods: methods(behavior.AllowedMethods),
    SmoothStreaming: behavior.SmoothStreaming ?? false,
    Compress: behavior.Compress ?? false,
    LambdaFunctionAssociations: associations(behavior),
    FunctionAssociations: behavior.FunctionAssociations ?? { Quantity: 0 },
    FieldLevelEncryptionId: behavior.FieldLevelEncryptionId ?? '',
    GrpcConfig: behavior.GrpcConfig ?? { Enabled: false },
    ...(behavior.ForwardedValues && { ForwardedValues: forwarded(behavior.ForwardedValues), ...withTtls(behavior) }),
  };
}

function certificate(given: ViewerCertificate | undefined): ViewerCertificate {
  const own = given?.ACMCertificateArn || given?.IAMCertificateId;
  if (own) return { CloudFrontDefaultCertificate: false, MinimumProtocolVersion: 'TLSv1', ...given };
  const defaults: ViewerCertificate = {
    CloudFrontDefaultCertificate: true,
    SSLSupportMethod: 'vip',
    MinimumProtocolVersion: 'TLSv1',
    CertificateSource: 'cloudfront',
  };
  return { ...defaults, ...given };
}

function methods(given: AllowedMethods | undefined): AllowedMethods {
  const allowed: AllowedMethods = given ?? { Quantity: 2, Items: ['HEAD', 'GET'] };
  return { ...allowed, CachedMethods: allowed.CachedMethods ?? { Quantity: 2, Items: ['HEAD', 'GET'] } };
}

function associations(behavior: DefaultCacheBehavior): DefaultCacheBehavior['LambdaFunctionAssociations'] {
  const given = behavior.LambdaFunctionAssociations;
  if (!given?.Items) return given ?? { Quantity: 0 };
  return { ...given, Items: given.Items.map((item) => ({ ...item, IncludeBody: item.IncludeBody ?? false })) };
}

function forwarded(given: ForwardedValues): ForwardedValues {
  return {
    ...given,
    Headers: given.Headers ?? { Quantity: 0 },
    QueryStringCacheKeys: given.QueryStringCacheKeys ?? { Quantity: 0 },
  };
}

/** A deep copy in which lists of nothing have no Items, as CloudFront answers, and undefined members are gone. */
export function withoutEmptyLists<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutEmptyLists) as T;
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([name, member]) => member !== undefined && !(name === 'Items' && Array.isArray(member) && member.length === 0),
  );
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutEmptyLists(member)])) as T;
}
