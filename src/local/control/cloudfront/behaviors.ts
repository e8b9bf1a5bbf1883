/** Reading a distribution's config. */
import type { CacheBehavior, DefaultCacheBehavior, DistributionConfig } from '@aws-sdk/client-cloudfront';

/** Every behavior of a config, the default one first. */
export function behaviorsOf(config: DistributionConfig): (DefaultCacheBehavior | CacheBehavior)[] {
  const first = config.DefaultCacheBehavior;
  return [...(first ? [first] : []), ...(config.CacheBehaviors?.Items ?? [])];
}

/** ARNs of the function versions that a config refers to. */
export function functionsOf(config: DistributionConfig): string[] {
  const arns = behaviorsOf(config).flatMap((behavior) =>
    (behavior.LambdaFunctionAssociations?.Items ?? []).map((item) => item.LambdaFunctionARN ?? ''),
  );
  return [...new Set(arns)];
}

export function usesCachePolicy(config: DistributionConfig, id: string): boolean {
  return behaviorsOf(config).some((behavior) => behavior.CachePolicyId === id);
}

export function usesAccessControl(config: DistributionConfig, id: string): boolean {
  return (config.Origins?.Items ?? []).some((origin) => origin.OriginAccessControlId === id);
}

export function usesAccessIdentity(config: DistributionConfig, id: string): boolean {
  return (config.Origins?.Items ?? []).some(
    (origin) => origin.S3OriginConfig?.OriginAccessIdentity === `origin-access-identity/cloudfront/${id}`,
  );
}
