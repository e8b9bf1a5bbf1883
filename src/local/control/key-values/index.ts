/** The data API of key value stores (`cloudfront-keyvaluestore`): what is in the stores that CloudFront's control plane makes. */
import type * as Sdk from '@aws-sdk/client-cloudfront-keyvaluestore';
import { AwsError, type Handler, type Handlers, type Service } from '../../wire/service.ts';
import type { World } from '../../world.ts';
import { refuserOf } from '../refusal.ts';
import { applyChange, type Change, noSuchKey, sizeOf } from './changes.ts';
import type { KeyValueRefusal } from './rules.ts';
import { isReady, type KeyValueState, keyValueState, type PairsRow } from './state.ts';

export { KEY_VALUE_REFUSALS } from './rules.ts';

type Describe = Handler<Sdk.DescribeKeyValueStoreCommandInput, Sdk.DescribeKeyValueStoreCommandOutput>;
type Get = Handler<Sdk.GetKeyCommandInput, Sdk.GetKeyCommandOutput>;
type List = Handler<Sdk.ListKeysCommandInput, Sdk.ListKeysCommandOutput>;
type Put = Handler<Sdk.PutKeyCommandInput, Sdk.PutKeyCommandOutput>;
type Delete = Handler<Sdk.DeleteKeyCommandInput, Sdk.DeleteKeyCommandOutput>;
type Update = Handler<Sdk.UpdateKeysCommandInput, Sdk.UpdateKeysCommandOutput>;

/** Pairs of a page (API reference, ListKeys). */
const DEFAULT_PAGE = 10;
const LARGEST_PAGE = 50;

export function createKeyValues(world: World): { service: Service; questions: undefined } {
  const state = keyValueState(world);
  const handlers = { ...readHandlers(state), ...writeHandlers(state) };
  return { service: { id: 'cloudfront-keyvaluestore', handlers }, questions: undefined };
}

/** DescribeKeyValueStore, GetKey, ListKeys. */
function readHandlers(state: KeyValueState): Handlers {
  return {
    DescribeKeyValueStore: ((input) => {
      const row = find(state, input.KvsARN);
      return {
        KvsARN: row.arn,
        ETag: row.etag,
        Created: new Date(row.createdAt),
        LastModified: new Date(row.modifiedAt),
        Status: isReady(state, row) ? 'READY' : 'PROVISIONING',
        ...counts(row),
      };
    }) satisfies Describe,
    GetKey: ((input) => {
      const row = findReady(state, input.KvsARN);
      const key = input.Key ?? '';
      const value = state.indexOf(row).get(key);
      if (value === undefined) throw noSuchKey(key);
      return { Key: key, Value: value, ...counts(row) };
    }) satisfies Get,
    ListKeys: ((input) => list(state, findReady(state, input.KvsARN), input)) satisfies List,
  };
}

/** PutKey, DeleteKey, UpdateKeys. */
function writeHandlers(state: KeyValueState): Handlers {
  const refuse = refuserOf<KeyValueRefusal>(state.world);
  const change = (
    arn: string | undefined,
    ifMatch: string | undefined,
    { puts = [], deletes = [] }: Partial<Change>,
  ) => {
    const row = applyChange(state, refuse, findReady(state, arn), { puts, deletes }, ifMatch);
    return { ETag: row.etag, ...counts(row) };
  };
  return {
    PutKey: ((input) =>
      change(input.KvsARN, input.IfMatch, { puts: [[input.Key ?? '', input.Value ?? '']] })) satisfies Put,
    DeleteKey: ((input) => change(input.KvsARN, input.IfMatch, { deletes: [input.Key ?? ''] })) satisfies Delete,
    UpdateKeys: ((input) =>
      change(input.KvsARN, input.IfMatch, {
        puts: (input.Puts ?? []).map(({ Key = '', Value = '' }) => [Key, Value]),
        deletes: (input.Deletes ?? []).map(({ Key = '' }) => Key),
      })) satisfies Update,
  };
}

function counts({ items }: PairsRow) {
  return { ItemCount: items.length, TotalSizeInBytes: sizeOf(items) };
}

/** @throws ResourceNotFoundException */
function find(state: KeyValueState, arn: string | undefined): PairsRow {
  const row = state.pairs.get(arn ?? '');
  if (!row) throw new AwsError('ResourceNotFoundException', 'Key value store was not found'); // INF
  return row;
}

/** @throws ResourceNotFoundException, ConflictException */
function findReady(state: KeyValueState, arn: string | undefined): PairsRow {
  const row = find(state, arn);
  refuserOf<KeyValueRefusal>(state.world)(
    'key-values.ready',
    !isReady(state, row),
    'ConflictException',
    'Resource is not in expected state.',
  );
  return row;
}

/** A token is the key that the page before ended with, in a form that nobody takes for a key. */
function list(state: KeyValueState, row: PairsRow, input: Sdk.ListKeysCommandInput) {
  const max = input.MaxResults ?? DEFAULT_PAGE;
  refuserOf<KeyValueRefusal>(state.world)(
    'key-values.page-size',
    max < 1 || max > LARGEST_PAGE,
    'ValidationException',
    `Value '${max}' at 'maxResults' failed to satisfy constraint: Member must have value between 1 and ${LARGEST_PAGE}`, // INF
  );
  const after = input.NextToken === undefined ? undefined : Buffer.from(input.NextToken, 'base64url').toString();
  const rest = after === undefined ? row.items : row.items.filter(([key]) => key > after);
  const page = rest.slice(0, max);
  const last = page.at(-1)?.[0];
  return {
    Items: page.map(([Key, Value]) => ({ Key, Value })),
    ...(last !== undefined && rest.length > max && { NextToken: Buffer.from(last).toString('base64url') }),
  };
}
