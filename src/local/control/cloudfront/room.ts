/** What CloudFront keeps, and how its handlers reach it. */
import type {
  CachePolicyConfig,
  CloudFrontOriginAccessIdentityConfig,
  DistributionConfig,
  FunctionConfig,
  OriginAccessControlConfig,
  Tag,
} from '@aws-sdk/client-cloudfront';
import type { Table } from '../../store.ts';
import type { World } from '../../world.ts';
import { type KeyValueState, keyValueState } from '../key-values/state.ts';
import { type Refuse, refuserOf } from '../refusal.ts';
import type { Deployments } from './deployments.ts';
import type { CloudFrontRefusal } from './rules.ts';

export interface DistributionRow {
  id: string;
  domainName: string;
  etag: string;
  deployments: Deployments<DistributionConfig>;
  /** The config it was created with, as JSON: a repeated create is compared with it. */
  createdWith: string;
  tags: Tag[];
}

export interface AccessControlRow {
  id: string;
  etag: string;
  config: OriginAccessControlConfig;
}

export interface AccessIdentityRow {
  id: string;
  etag: string;
  canonicalUserId: string;
  config: CloudFrontOriginAccessIdentityConfig;
}

export interface CachePolicyRow {
  id: string;
  etag: string;
  deployments: Deployments<CachePolicyConfig>;
}

export interface InvalidationRow {
  id: string;
  distribution: string;
  /** Milliseconds since 1970. */
  at: number;
  callerReference: string;
  paths: string[];
}

/** What a function is in one of its stages. */
export interface FunctionStageRow {
  etag: string;
  config: FunctionConfig;
  /** Base64 of the source's bytes. */
  code: string;
  /** Milliseconds since 1970. */
  modifiedAt: number;
}

export interface FunctionRow {
  name: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  tags: Tag[];
  development: FunctionStageRow;
  /** Published copies on their way to the edges. */
  live?: Deployments<FunctionStageRow>;
  /** ETag of the development stage that was published last. */
  publishedEtag?: string;
}

export interface KeyValueStoreRow {
  /** UUID */
  id: string;
  name: string;
  etag: string;
  comment: string;
  /** Milliseconds since 1970. */
  modifiedAt: number;
  tags: Tag[];
}

export interface CloudFrontRoom {
  world: World;
  refuse: Refuse<CloudFrontRefusal>;
  distributions: Table<DistributionRow>;
  accessControls: Table<AccessControlRow>;
  accessIdentities: Table<AccessIdentityRow>;
  /** The account's own policies; AWS's are in managed-policies.ts. */
  cachePolicies: Table<CachePolicyRow>;
  /** In the order they were made. */
  invalidations: Table<InvalidationRow[]>;
  /** By name. */
  functions: Table<FunctionRow>;
  /** By name. What is in them is the data API's matter. */
  keyValueStores: Table<KeyValueStoreRow>;
  /** The pairs of the stores. */
  keyValues: KeyValueState;
}

export function createRoom(world: World): CloudFrontRoom {
  return {
    world,
    refuse: refuserOf<CloudFrontRefusal>(world),
    distributions: world.store.table('cloudfront.distributions'),
    accessControls: world.store.table('cloudfront.access-controls'),
    accessIdentities: world.store.table('cloudfront.access-identities'),
    cachePolicies: world.store.table('cloudfront.cache-policies'),
    invalidations: world.store.table('cloudfront.invalidations'),
    functions: world.store.table('cloudfront.functions'),
    keyValueStores: world.store.table('cloudfront.key-value-stores'),
    keyValues: keyValueState(world),
  };
}

export function distributionArn(room: CloudFrontRoom, id: string): string {
  return `arn:aws:cloudfront::${room.world.account}:distribution/${id}`;
}

/** Where a created thing is, as the Location header has it. */
export function locationOf(path: string): string {
  return `https://cloudfront.amazonaws.com/2020-05-31/${path}`;
}

/** The configs of all distributions that are not deleted, as last written. */
export function currentConfigs(room: CloudFrontRoom): { id: string; config: DistributionConfig }[] {
  return room.distributions.values().map((row) => ({ id: row.id, config: row.deployments.current.config }));
}
