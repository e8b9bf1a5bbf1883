/** One change of a store's pairs: all of it, or nothing (API reference, UpdateKeys). */
import { AwsError } from '../../wire/service.ts';
import type { Refuse } from '../refusal.ts';
import type { KeyValueRefusal } from './rules.ts';
import { type KeyValueState, newPairsEtag, type PairsRow } from './state.ts';

/** Bytes and pairs (AWS-FACTS 3.5). */
const KEY_LIMIT = 512;
const VALUE_LIMIT = 1024;
const STORE_LIMIT = 5 * 1024 * 1024;
const UPDATE_LIMIT = 3 * 1024 * 1024;
const UPDATE_KEYS = 50;

export interface Change {
  puts: [key: string, value: string][];
  deletes: string[];
}

type RefuseChange = Refuse<KeyValueRefusal>;

/** Bytes of keys and values together (INF: AWS says "total size", and not of what). */
export function sizeOf(items: Iterable<[string, string]>): number {
  let size = 0;
  for (const [key, value] of items) size += Buffer.byteLength(key) + Buffer.byteLength(value);
  return size;
}

/** Stores the row as changed. @throws ConflictException, ValidationException, ResourceNotFoundException, ServiceQuotaExceededException */
export function applyChange(
  state: KeyValueState,
  refuse: RefuseChange,
  row: PairsRow,
  change: Change,
  ifMatch: string | undefined,
): PairsRow {
  refuse('key-values.etag', ifMatch !== row.etag, 'ConflictException', 'Pre-Condition failed'); // INF
  checkChange(refuse, change);
  const pairs = new Map(row.items);
  for (const key of change.deletes) {
    if (!pairs.delete(key)) throw noSuchKey(key);
  }
  for (const [key, value] of change.puts) pairs.set(key, value);
  const items = [...pairs].sort(([a], [b]) => (a < b ? -1 : 1));
  refuse(
    'key-values.store-size',
    sizeOf(items) > STORE_LIMIT,
    'ServiceQuotaExceededException',
    `The key value store would exceed its maximum size of ${STORE_LIMIT} bytes`, // INF
  );
  const changed = { ...row, items, etag: newPairsEtag(state.world), modifiedAt: state.world.now() };
  state.pairs.set(row.arn, changed);
  return changed;
}

/** The messages are inferred (INF). */
function checkChange(refuse: RefuseChange, { puts, deletes }: Change): void {
  const invalid = (rule: KeyValueRefusal, broken: boolean, message: string) =>
    refuse(rule, broken, 'ValidationException', message);
  const keys = [...puts.map(([key]) => key), ...deletes];
  const size = sizeOf([...puts, ...deletes.map((key): [string, string] => [key, ''])]);
  invalid('key-values.update-keys', keys.length > UPDATE_KEYS, `At most ${UPDATE_KEYS} keys can be updated at once`);
  invalid('key-values.update-size', size > UPDATE_LIMIT, `An update can have at most ${UPDATE_LIMIT} bytes`);
  invalid('key-values.update-twice', new Set(keys).size !== keys.length, 'A key can be in an update only once');
  invalid(
    'key-values.key-size',
    keys.some((key) => Buffer.byteLength(key) > KEY_LIMIT),
    `A key can have at most ${KEY_LIMIT} bytes`,
  );
  invalid(
    'key-values.value-size',
    puts.some(([, value]) => Buffer.byteLength(value) > VALUE_LIMIT),
    `A value can have at most ${VALUE_LIMIT} bytes`,
  );
}

export function noSuchKey(key: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Key ${key} was not found in the key value store`); // INF
}
