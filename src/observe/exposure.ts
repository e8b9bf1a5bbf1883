/** What a bucket holds, in the words that a person can judge. */
import type { KeyListing } from '../aws/ports/s3.ts';
import type { Exposure } from '../core/state.ts';

export function exposureOf({ keys, more }: KeyListing): Exposure {
  const prefixes = new Set(keys.map(({ key }) => (key.includes('/') ? key.slice(0, key.indexOf('/')) : '')));
  return { objects: keys.length, more, prefixes: [...prefixes].sort() };
}
