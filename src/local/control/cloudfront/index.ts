/** Amazon CloudFront's control plane. What the edges do with a request is not here; they ask the questions below. */
import type { Service } from '../../wire/service.ts';
import type { CloudFrontWorld, World } from '../../world.ts';
import { readPairs } from '../key-values/state.ts';
import { accessControlHandlers } from './access-controls.ts';
import { accessIdentityHandlers } from './access-identities.ts';
import { cachePolicyHandlers } from './cache-policies.ts';
import { served } from './deployments.ts';
import { distributionHandlers } from './distributions.ts';
import { functionTestHandlers } from './function-test.ts';
import { viewerFunction } from './function-view.ts';
import { functionHandlers } from './functions.ts';
import { invalidationHandlers } from './invalidations.ts';
import { keyValueStoreArn, keyValueStoreHandlers } from './key-value-stores.ts';
import { MANAGED_ORIGIN_REQUEST_POLICIES } from './managed-policies.ts';
import { originRequestPolicyHandlers } from './origin-request-policies.ts';
import { liveCachePolicy } from './policies.ts';
import { type CloudFrontRoom, createRoom, distributionArn } from './room.ts';
import { tagHandlers } from './tags.ts';

export { CLOUDFRONT_REFUSALS } from './rules.ts';

export function createCloudFront(world: World): { service: Service; questions: CloudFrontWorld } {
  const room = createRoom(world);
  const handlers = {
    ...distributionHandlers(room),
    ...tagHandlers(room),
    ...accessControlHandlers(room),
    ...accessIdentityHandlers(room),
    ...cachePolicyHandlers(room),
    ...originRequestPolicyHandlers(),
    ...invalidationHandlers(room),
    ...functionHandlers(room),
    ...functionTestHandlers(room),
    ...keyValueStoreHandlers(room),
  };
  return { service: { id: 'cloudfront', handlers }, questions: questionsOf(room) };
}

function questionsOf(room: CloudFrontRoom): CloudFrontWorld {
  const { world } = room;
  return {
    live: () =>
      room.distributions.values().map(({ id, domainName, deployments }) => ({
        id,
        arn: distributionArn(room, id),
        domainName,
        config: served(deployments, world.now(), world.delays.deploy),
      })),
    viewerFunction: (arn, stage) => viewerFunction(room, arn, stage),
    keyValues: (storeArn) => readPairs(room.keyValues, storeArn),
    keyValueStoreArn(name) {
      const row = room.keyValueStores.get(name);
      return row && keyValueStoreArn(room, row.id);
    },
    cachePolicy: (id) => liveCachePolicy(room, id),
    originRequestPolicy: (id) => MANAGED_ORIGIN_REQUEST_POLICIES.find((policy) => policy.id === id)?.config,
    identityExists: (id) => room.accessIdentities.get(id) !== undefined,
    accessControl(id) {
      const row = room.accessControls.get(id);
      return row && { signs: row.config.SigningBehavior === 'always' };
    },
    invalidations: (id) => (room.invalidations.get(id) ?? []).map(({ at, paths }) => ({ at, paths })),
  };
}
