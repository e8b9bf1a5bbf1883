/** Distributions on which a function is already. */
import { withAssociations } from '../../src/core/association.ts';
import type { DistributionConfig } from '../../src/core/distribution-config.ts';

/** The config with a version of any function on origin-response of a behavior. */
export function withVersion(config: DistributionConfig, pattern: string, version: string): DistributionConfig {
  const fn = version.replace(/:\d+$/, '');
  return withAssociations(config, pattern, { fn, version, events: ['origin-response'], viewer: null });
}
