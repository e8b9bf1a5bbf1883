/** Cache policies: what is in the key of an edge's cache, and for how long it keeps things (AWS-FACTS 3.2). */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { AwsError, type Handler } from '../../wire/service.ts';
import { uniqueUuid } from '../sequence.ts';
import { usesCachePolicy } from './behaviors.ts';
import { checkPolicy, policyWithDefaults } from './cache-policy-config.ts';
import { deploy, firstDeployment } from './deployments.ts';
import { redeploy } from './distributions.ts';
import { checkIfMatch, newId } from './etags.ts';
import { MANAGED_CACHE_POLICIES, MANAGED_SINCE } from './managed-policies.ts';
import { pageByKey } from './pages.ts';
import { type CachePolicyRow, type CloudFrontRoom, currentConfigs, locationOf } from './room.ts';

type Create = Handler<Sdk.CreateCachePolicyCommandInput, Sdk.CreateCachePolicyCommandOutput>;
type Get = Handler<Sdk.GetCachePolicyCommandInput, Sdk.GetCachePolicyCommandOutput>;
type GetConfig = Handler<Sdk.GetCachePolicyConfigCommandInput, Sdk.GetCachePolicyConfigCommandOutput>;
type Update = Handler<Sdk.UpdateCachePolicyCommandInput, Sdk.UpdateCachePolicyCommandOutput>;
type Delete = Handler<Sdk.DeleteCachePolicyCommandInput, Sdk.DeleteCachePolicyCommandOutput>;
type List = Handler<Sdk.ListCachePoliciesCommandInput, Sdk.ListCachePoliciesCommandOutput>;

/** Policies of one's own in an account (AWS-FACTS 1.1). */
const POLICY_LIMIT = 20;

/** Create, Get, GetConfig, Update, Delete, List. */
export function cachePolicyHandlers(room: CloudFrontRoom) {
  return {
    CreateCachePolicy: ((input) => {
      const row = create(room, input.CachePolicyConfig);
      return { ...view(row), Location: locationOf(`cache-policy/${row.id}`) };
    }) satisfies Create,
    GetCachePolicy: ((input) => view(find(room, input.Id))) satisfies Get,
    GetCachePolicyConfig: ((input) => {
      const row = find(room, input.Id);
      return { CachePolicyConfig: row.deployments.current.config, ETag: row.etag };
    }) satisfies GetConfig,
    UpdateCachePolicy: ((input) => view(update(room, find(room, input.Id), input))) satisfies Update,
    DeleteCachePolicy: ((input) => remove(room, find(room, input.Id), input.IfMatch)) satisfies Delete,
    ListCachePolicies: ((input) => {
      const own = room.cachePolicies.values().map((row) => summary('custom', row));
      const aws = managedRows().map((row) => summary('managed', row));
      const wanted = [...own, ...aws].filter((item) => !input.Type || item.Type === input.Type);
      const page = pageByKey(wanted, (item) => item.CachePolicy.Id, input);
      return {
        CachePolicyList: {
          NextMarker: page.next,
          MaxItems: page.max,
          Quantity: page.items.length,
          ...(page.items.length > 0 && { Items: page.items }),
        },
      };
    }) satisfies List,
  };
}

function create(room: CloudFrontRoom, given: Sdk.CachePolicyConfig | undefined): CachePolicyRow {
  const config = policyWithDefaults(given);
  checkPolicy(room, config);
  room.refuse(
    'cloudfront.policy-limit',
    room.cachePolicies.values().length >= POLICY_LIMIT,
    'TooManyCachePolicies',
    'You have reached the maximum number of cache policies for this AWS account.',
  );
  const deployments = firstDeployment(config, room.world.now());
  return save(room, { id: uniqueUuid(room.world), etag: newId(room), deployments });
}

function update(
  room: CloudFrontRoom,
  before: CachePolicyRow,
  input: Sdk.UpdateCachePolicyCommandInput,
): CachePolicyRow {
  checkIfMatch(room, input.IfMatch, before.etag);
  refuseManaged(room, before, 'IllegalUpdate');
  const config = policyWithDefaults(input.CachePolicyConfig);
  checkPolicy(room, config, before.id);
  const deployments = deploy(before.deployments, config, room.world.now(), room.world.delays.deploy);
  const row = save(room, { ...before, etag: newId(room), deployments });
  redeploy(room, (distribution) => usesCachePolicy(distribution, row.id));
  return row;
}

function remove(room: CloudFrontRoom, row: CachePolicyRow, ifMatch: string | undefined): Record<string, never> {
  checkIfMatch(room, ifMatch, row.etag);
  refuseManaged(room, row, 'IllegalDelete');
  room.refuse(
    'cloudfront.policy-in-use',
    currentConfigs(room).some(({ config }) => usesCachePolicy(config, row.id)),
    'CachePolicyInUse',
    'Cannot delete the cache policy because it is attached to one or more cache behaviors.',
  );
  room.cachePolicies.delete(row.id);
  return {};
}

function refuseManaged(room: CloudFrontRoom, row: CachePolicyRow, code: 'IllegalUpdate' | 'IllegalDelete'): void {
  const managed = MANAGED_CACHE_POLICIES.some((policy) => policy.id === row.id);
  const verb = code === 'IllegalDelete' ? 'delete' : 'update';
  room.refuse('cloudfront.policy-managed', managed, code, `You cannot ${verb} a managed policy.`);
}

/** AWS's policies as rows. */
function managedRows(): CachePolicyRow[] {
  return MANAGED_CACHE_POLICIES.map(({ id, etag, config }) => ({
    id,
    etag,
    deployments: firstDeployment(config, MANAGED_SINCE),
  }));
}

function find(room: CloudFrontRoom, id: string | undefined): CachePolicyRow {
  const row = room.cachePolicies.get(id ?? '') ?? managedRows().find((policy) => policy.id === id);
  if (!row) throw new AwsError('NoSuchCachePolicy', 'The specified cache policy does not exist.');
  return row;
}

function save(room: CloudFrontRoom, row: CachePolicyRow): CachePolicyRow {
  room.cachePolicies.set(row.id, row);
  return row;
}

function view(row: CachePolicyRow) {
  return { CachePolicy: policy(row), ETag: row.etag };
}

function summary(Type: Sdk.CachePolicyType, row: CachePolicyRow) {
  return { Type, CachePolicy: policy(row) };
}

function policy({ id, deployments: { current } }: CachePolicyRow) {
  return { Id: id, LastModifiedTime: new Date(current.at), CachePolicyConfig: current.config };
}
