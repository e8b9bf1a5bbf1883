/** Key value stores: made, described, deleted. What is in them is read and written by the data API (../key-values). */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { AwsError, type Handler } from '../../wire/service.ts';
import { isReady, openPairs } from '../key-values/state.ts';
import { uniqueUuid } from '../sequence.ts';
import { checkIfMatch, newId } from './etags.ts';
import { checkName } from './names.ts';
import { pageByKey } from './pages.ts';
import { type CloudFrontRoom, type FunctionStageRow, type KeyValueStoreRow, locationOf } from './room.ts';

type Create = Handler<Sdk.CreateKeyValueStoreCommandInput, Sdk.CreateKeyValueStoreCommandOutput>;
type Describe = Handler<Sdk.DescribeKeyValueStoreCommandInput, Sdk.DescribeKeyValueStoreCommandOutput>;
type Update = Handler<Sdk.UpdateKeyValueStoreCommandInput, Sdk.UpdateKeyValueStoreCommandOutput>;
type Delete = Handler<Sdk.DeleteKeyValueStoreCommandInput, Sdk.DeleteKeyValueStoreCommandOutput>;
type List = Handler<Sdk.ListKeyValueStoresCommandInput, Sdk.ListKeyValueStoresCommandOutput>;

/** Stores in an account (AWS-FACTS 3.5). */
const STORE_LIMIT = 50;

/** CreateKeyValueStore, DescribeKeyValueStore, UpdateKeyValueStore, DeleteKeyValueStore, ListKeyValueStores. */
export function keyValueStoreHandlers(room: CloudFrontRoom) {
  return {
    CreateKeyValueStore: ((input) => {
      const row = create(room, input);
      return { ...view(room, row), Location: locationOf(`key-value-store/${row.name}`) };
    }) satisfies Create,
    DescribeKeyValueStore: ((input) => view(room, find(room, input.Name))) satisfies Describe,
    UpdateKeyValueStore: ((input) => {
      const row = find(room, input.Name);
      checkIfMatch(room, input.IfMatch, row.etag);
      const changed = { comment: input.Comment ?? '', etag: newId(room), modifiedAt: room.world.now() };
      return view(room, save(room, { ...row, ...changed }));
    }) satisfies Update,
    DeleteKeyValueStore: ((input) => remove(room, find(room, input.Name), input.IfMatch)) satisfies Delete,
    ListKeyValueStores: ((input) => {
      const described = room.keyValueStores.values().map((row) => describe(room, row));
      const wanted = described.filter((store) => !input.Status || store.Status === input.Status);
      const page = pageByKey(wanted, (store) => store.Name, input);
      const Items = page.items.length > 0 ? page.items : undefined;
      return { KeyValueStoreList: { NextMarker: page.next, MaxItems: page.max, Quantity: page.items.length, Items } };
    }) satisfies List,
  };
}

export function keyValueStoreArn(room: CloudFrontRoom, id: string): string {
  return `arn:aws:cloudfront::${room.world.account}:key-value-store/${id}`;
}

export function keyValueStoreByArn(room: CloudFrontRoom, arn: string): KeyValueStoreRow | undefined {
  return room.keyValueStores.values().find((row) => keyValueStoreArn(room, row.id) === arn);
}

function create(room: CloudFrontRoom, input: Sdk.CreateKeyValueStoreCommandInput): KeyValueStoreRow {
  const name = input.Name ?? '';
  checkName(room, name);
  if (input.ImportSource) {
    // Taken and not obeyed it would be a store that lacks what its maker put into it.
    throw new AwsError('UnsupportedOperation', 'The local AWS does not import key value stores from S3.');
  }
  room.refuse(
    'cloudfront.store-exists',
    room.keyValueStores.get(name) !== undefined,
    'EntityAlreadyExists',
    'The entity already exists. You must provide a unique entity.', // INF
  );
  room.refuse(
    'cloudfront.store-limit',
    room.keyValueStores.values().length >= STORE_LIMIT,
    'EntityLimitExceeded',
    'The entity limit has been exceeded.', // INF
  );
  const id = uniqueUuid(room.world);
  openPairs(room.keyValues, keyValueStoreArn(room, id));
  return save(room, {
    id,
    name,
    etag: newId(room),
    comment: input.Comment ?? '',
    modifiedAt: room.world.now(),
    tags: input.Tags?.Items ?? [],
  });
}

/** @throws EntityNotFound */
function find(room: CloudFrontRoom, name: string | undefined): KeyValueStoreRow {
  const row = room.keyValueStores.get(name ?? '');
  if (!row) throw new AwsError('EntityNotFound', 'The entity was not found.'); // INF
  return row;
}

function save(room: CloudFrontRoom, row: KeyValueStoreRow): KeyValueStoreRow {
  room.keyValueStores.set(row.name, row);
  return row;
}

function remove(room: CloudFrontRoom, row: KeyValueStoreRow, ifMatch: string | undefined): Record<string, never> {
  checkIfMatch(room, ifMatch, row.etag);
  const arn = keyValueStoreArn(room, row.id);
  const stages = room.functions.values().flatMap(({ development, live }) => [development, live?.current.config]);
  room.refuse(
    'cloudfront.store-in-use',
    stages.some((stage) => stage !== undefined && usesStore(stage, arn)),
    'CannotDeleteEntityWhileInUse',
    'The entity cannot be deleted while it is in use.', // INF
  );
  room.keyValueStores.delete(row.name);
  room.keyValues.pairs.delete(arn);
  return {};
}

const usesStore = ({ config }: FunctionStageRow, arn: string): boolean =>
  (config.KeyValueStoreAssociations?.Items ?? []).some((item) => item.KeyValueStoreARN === arn);

function view(room: CloudFrontRoom, row: KeyValueStoreRow) {
  return { KeyValueStore: describe(room, row), ETag: row.etag };
}

function describe(room: CloudFrontRoom, row: KeyValueStoreRow) {
  const arn = keyValueStoreArn(room, row.id);
  const pairs = room.keyValues.pairs.get(arn);
  return {
    Name: row.name,
    Id: row.id,
    Comment: row.comment,
    ARN: arn,
    Status: pairs && isReady(room.keyValues, pairs) ? 'READY' : 'PROVISIONING',
    LastModifiedTime: new Date(row.modifiedAt),
  };
}
