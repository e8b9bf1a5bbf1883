/** Identifiers that look like AWS's. They come from a counter kept in the store, so that no two are the same after a restart either. */
import { createHash } from 'node:crypto';
import type { World } from '../world.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** 32 bytes that no earlier call of this store returned. */
function uniqueBytes(world: World): Buffer {
  const counters = world.store.table<number>('local.sequence');
  const next = (counters.get('ids') ?? 0) + 1;
  counters.set('ids', next);
  return createHash('sha256').update(`${next}:${world.now()}`).digest();
}

/** `length` (at most 32) upper-case letters and digits. */
export function uniqueId(world: World, length: number): string {
  return [...uniqueBytes(world).subarray(0, length)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

/** A UUID as Lambda's RevisionId and CloudFront's policy ids have it. */
export function uniqueUuid(world: World): string {
  const hex = uniqueBytes(world).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `a${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  );
}
