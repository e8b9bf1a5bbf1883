/** What the data API of key value stores refuses here. */
export const KEY_VALUE_REFUSALS = {
  'key-values.etag': 'a change with a stale ETag, or with the one of CloudFront (API reference, ConflictException)',
  'key-values.ready': 'using a store that is not READY yet (API reference, ConflictException)',
  'key-values.key-size': 'a key of over 512 bytes (AWS-FACTS 3.5)',
  'key-values.value-size': 'a value of over 1 KB (AWS-FACTS 3.5)',
  'key-values.store-size': 'more than 5 MB in a store (AWS-FACTS 3.5)',
  'key-values.update-keys': 'more than 50 keys in one update (AWS-FACTS 3.5)',
  'key-values.update-size': 'more than 3 MB in one update (AWS-FACTS 3.5)',
  'key-values.update-twice': 'one key twice in an update (inferred: AWS does not say which one would win)',
  'key-values.page-size': 'a page of keys that is not 1 to 50 (API reference)',
} as const;

export type KeyValueRefusal = keyof typeof KEY_VALUE_REFUSALS;
