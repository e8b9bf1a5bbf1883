/**
 * The members of CloudFront's structures that we read or write, spelled as AWS spells them. A config that came from AWS
 * carries more than these; edits clone and change it in place, so the rest travels back untouched (AWS-FACTS 3.1).
 */

/** CloudFront's list: for none, Quantity 0 and no Items. */
export interface Quantified<T> {
  Quantity: number | undefined;
  Items?: T[] | undefined;
}

export interface LambdaAssociation {
  LambdaFunctionARN: string | undefined;
  EventType: string | undefined;
  IncludeBody?: boolean | undefined;
}

/** A CloudFront Function on a viewer event. */
export interface FunctionAssociation {
  FunctionARN: string | undefined;
  EventType: string | undefined;
}

export interface Origin {
  Id: string | undefined;
  DomainName: string | undefined;
  OriginPath?: string | undefined;
  OriginAccessControlId?: string | undefined;
  S3OriginConfig?: { OriginAccessIdentity?: string | undefined } | undefined;
}

/** The legacy cache settings of a behavior without a cache policy. */
export interface ForwardedValues {
  QueryString: boolean | undefined;
  QueryStringCacheKeys?: Quantified<string> | undefined;
}

export interface Behavior {
  PathPattern?: string | undefined;
  TargetOriginId: string | undefined;
  CachePolicyId?: string | undefined;
  OriginRequestPolicyId?: string | undefined;
  ForwardedValues?: ForwardedValues | undefined;
  /** Seconds; of legacy settings. */
  MinTTL?: number | undefined;
  LambdaFunctionAssociations?: Quantified<LambdaAssociation> | undefined;
  FunctionAssociations?: Quantified<FunctionAssociation> | undefined;
}

export interface DistributionConfig {
  CallerReference: string | undefined;
  Origins: Quantified<Origin> | undefined;
  DefaultCacheBehavior: Behavior | undefined;
  CacheBehaviors?: Quantified<Behavior> | undefined;
  DefaultRootObject?: string | undefined;
  Staging?: boolean | undefined;
  ConnectionMode?: string | undefined;
  Enabled?: boolean | undefined;
  Comment?: string | undefined;
}

export interface QueryStringsConfig {
  /** none, whitelist, allExcept or all */
  QueryStringBehavior: string | undefined;
  QueryStrings?: Quantified<string> | undefined;
}

export interface CacheKeyParameters {
  EnableAcceptEncodingGzip: boolean | undefined;
  EnableAcceptEncodingBrotli?: boolean | undefined;
  HeadersConfig: { HeaderBehavior: string | undefined; Headers?: Quantified<string> | undefined } | undefined;
  CookiesConfig: { CookieBehavior: string | undefined; Cookies?: Quantified<string> | undefined } | undefined;
  QueryStringsConfig: QueryStringsConfig | undefined;
}

export interface CachePolicyConfig {
  Name: string | undefined;
  Comment?: string | undefined;
  /** Seconds, all three. */
  MinTTL: number | undefined;
  DefaultTTL?: number | undefined;
  MaxTTL?: number | undefined;
  ParametersInCacheKeyAndForwardedToOrigin?: CacheKeyParameters | undefined;
}
