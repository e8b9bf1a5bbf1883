/** Finding cache policies: the account's own and AWS's. */
import type { CachePolicyConfig } from '@aws-sdk/client-cloudfront';
import { served } from './deployments.ts';
import { MANAGED_CACHE_POLICIES } from './managed-policies.ts';
import type { CloudFrontRoom } from './room.ts';

/** The config as last written, or undefined when there is no such policy. */
export function cachePolicyConfig(room: CloudFrontRoom, id: string): CachePolicyConfig | undefined {
  return room.cachePolicies.get(id)?.deployments.current.config ?? managedConfig(id);
}

/** The config that the edges use: an update reaches them like a distribution's does. */
export function liveCachePolicy(room: CloudFrontRoom, id: string): CachePolicyConfig | undefined {
  const own = room.cachePolicies.get(id)?.deployments;
  if (!own) return managedConfig(id);
  // A new policy is used by nothing that is deployed yet, so there is nothing to wait for.
  return served(own, room.world.now(), room.world.delays.deploy) ?? own.current.config;
}

function managedConfig(id: string): CachePolicyConfig | undefined {
  return MANAGED_CACHE_POLICIES.find((policy) => policy.id === id)?.config;
}
