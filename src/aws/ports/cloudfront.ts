import type { CachePolicyConfig, DistributionConfig } from '../../core/distribution-config.ts';
import type { AccessControl, CachePolicy, Distribution, DistributionSummary } from '../../core/state.ts';

export interface CloudFrontPort {
  /** A distribution with its whole config, as parsed: edit a clone of it, so that members unknown here survive. */
  getDistribution(id: string): Promise<Distribution | undefined>;
  listDistributions(): Promise<DistributionSummary[]>;
  createDistribution(config: DistributionConfig, tags: Record<string, string>): Promise<Distribution>;
  /**
   * Replaces the config that `etag` names. Throws `Refused`: `stale` when the distribution changed since,
   * `role-not-ready` while CloudFront does not see the function's role or version as ready.
   */
  updateDistribution(id: string, config: DistributionConfig, etag: string): Promise<Distribution>;
  getTags(arn: string): Promise<Record<string, string>>;
  getCachePolicy(id: string): Promise<CachePolicy | undefined>;
  /** A custom policy of the account, by name. */
  findCachePolicy(name: string): Promise<CachePolicy | undefined>;
  createCachePolicy(config: CachePolicyConfig): Promise<CachePolicy>;
  findAccessControl(name: string): Promise<AccessControl | undefined>;
  /** An access control for S3 origins that always signs (sigv4). */
  createAccessControl(control: { name: string; description: string }): Promise<AccessControl>;
}
