/** The pairs of the key value stores. CloudFront makes and deletes the stores; the data API and the edges read what is in them. */
import type { Table } from '../../store.ts';
import type { KeyValues, World } from '../../world.ts';
import { uniqueId } from '../sequence.ts';

export interface PairsRow {
  /** arn:aws:cloudfront::ACCOUNT:key-value-store/ID */
  arn: string;
  /** The data API has an ETag of its own: CloudFront's of the same store is another one (developer guide, "About the CloudFront KeyValueStore"). */
  etag: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  modifiedAt: number;
  /** Sorted by key. */
  items: [key: string, value: string][];
}

export interface KeyValueState {
  world: World;
  /** By the store's ARN. */
  pairs: Table<PairsRow>;
  /** A row's pairs for looking up; made once for every row that was stored. */
  indexOf(row: PairsRow): ReadonlyMap<string, string>;
}

export function keyValueState(world: World): KeyValueState {
  const indexes = new WeakMap<PairsRow, ReadonlyMap<string, string>>();
  return {
    world,
    pairs: world.store.table('key-values.pairs'),
    indexOf(row) {
      const index = indexes.get(row) ?? new Map(row.items);
      indexes.set(row, index);
      return index;
    },
  };
}

/** The form of the data API's ETags: `KV` and letters and digits. */
export function newPairsEtag(world: World): string {
  return `KV${uniqueId(world, 12)}`;
}

/** A store without pairs. It can be used when the deployment delay has passed. */
export function openPairs(state: KeyValueState, arn: string): void {
  const now = state.world.now();
  state.pairs.set(arn, { arn, etag: newPairsEtag(state.world), createdAt: now, modifiedAt: now, items: [] });
}

export function isReady({ world }: KeyValueState, row: PairsRow): boolean {
  return row.createdAt + world.delays.deploy <= world.now();
}

/** A store as functions read it; undefined when there is none, or it is not ready yet. Changes reach the edges at once. */
export function readPairs(state: KeyValueState, arn: string): KeyValues | undefined {
  const row = state.pairs.get(arn);
  if (!row || !isReady(state, row)) return undefined;
  const index = state.indexOf(row);
  return { get: (key) => index.get(key), count: () => index.size };
}
