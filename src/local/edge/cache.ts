/** The cache of one edge: the least recently used objects go when the bytes are used up. */
import type { EdgeResponse } from './types.ts';

export interface CachedObject {
  distributionId: string;
  /** Percent-encoded as sent. */
  path: string;
  /** Part of the query string that is in the key. */
  keyQuery: string;
  /** Lower-case cache tags. */
  tags: string[];
  response: EdgeResponse;
  /** When its fetch began: what an invalidation compares with. Milliseconds since 1970, as all times here. */
  fetchedAt: number;
  /** When it was stored or last confirmed by the origin: `age` counts from here. */
  storedAt: number;
  freshUntil: number;
}

export interface EdgeCache {
  get(key: string): CachedObject | undefined;
  set(key: string, object: CachedObject): void;
  delete(key: string): void;
  /** Bytes held. */
  readonly bytes: number;
}

// What an entry costs beside its body: headers, key, bookkeeping. An estimate that keeps many tiny ones bounded.
const ENTRY_BYTES = 2048;

/** An object larger than a quarter of `maxBytes` is not kept. */
export function lruCache(maxBytes: number): EdgeCache {
  const objects = new Map<string, CachedObject>();
  let bytes = 0;
  const cost = (object: CachedObject) => object.response.body.byteLength + ENTRY_BYTES;
  const remove = (key: string) => {
    const object = objects.get(key);
    if (object && objects.delete(key)) bytes -= cost(object);
  };
  return {
    get bytes() {
      return bytes;
    },
    get(key) {
      const object = objects.get(key);
      if (!object) return undefined;
      // A Map keeps insertion order: putting it back makes it the youngest.
      objects.delete(key);
      objects.set(key, object);
      return object;
    },
    set(key, object) {
      remove(key);
      if (cost(object) > maxBytes / 4) return;
      objects.set(key, object);
      bytes += cost(object);
      for (const oldest of objects.keys()) {
        if (bytes <= maxBytes) break;
        remove(oldest);
      }
    },
    delete: remove,
  };
}
