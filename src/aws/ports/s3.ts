import type { BucketPlace, StoredObject } from '../../core/state.ts';

export interface KeyListing {
  /** In S3's order (UTF-8 bytes). */
  keys: StoredObject[];
  /** The bucket holds more than `limit` of them. */
  more: boolean;
}

/** S3 in one region. Every call but `locate` wants the region that the bucket is in. */
export interface S3Port {
  /** Where a bucket is and whose it is; undefined when no account has it. Asks from any region. */
  locate(bucket: string, account: string): Promise<BucketPlace | undefined>;
  /** Makes a bucket in this port's region. Doing it again to an own bucket is no error. */
  createBucket(bucket: string): Promise<void>;
  /** JSON text of the policy, undefined when there is none. */
  getPolicy(bucket: string, account: string): Promise<string | undefined>;
  /** Replaces the policy. Throws `Refused` (principal-unknown) while S3 does not know a principal in it. */
  putPolicy(bucket: string, account: string, policy: string): Promise<void>;
  /** The first `limit` keys. */
  listKeys(bucket: string, options: { prefix?: string; limit: number }): Promise<KeyListing>;
  putObject(bucket: string, object: { key: string; body: Uint8Array; contentType: string }): Promise<void>;
}
