/** What S3 of the local AWS keeps: a row a bucket, a table of objects a bucket, bytes as blobs. */
import type { PublicAccessBlockConfiguration } from '@aws-sdk/client-s3';
import type { Table } from '../../store.ts';
import type { World } from '../../world.ts';

export interface BucketRow {
  name: string;
  region: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  /** The bucket policy, byte for byte as it was put. */
  policy?: string;
  /** Absent after DeletePublicAccessBlock. */
  publicAccessBlock?: Required<PublicAccessBlockConfiguration>;
  tags?: { Key: string; Value: string }[];
}

/** The checksum members that a PutObject may carry, by the SDK's member name, base64. */
export type Checksums = Partial<Record<'ChecksumCRC32' | 'ChecksumSHA1' | 'ChecksumSHA256', string>>;

export interface ObjectRow {
  key: string;
  /** Bytes. */
  size: number;
  /** MD5 of the bytes in quotes, as S3 gives it for objects that were put in one piece. */
  etag: string;
  /** Milliseconds since 1970, whole seconds: S3 keeps no finer time. */
  lastModified: number;
  /** SHA-256 of the bytes in the store. */
  blob: string;
  contentType: string;
  cacheControl?: string;
  contentDisposition?: string;
  contentEncoding?: string;
  contentLanguage?: string;
  /** Milliseconds since 1970. */
  expires?: number;
  /** User metadata, names in lower case, without `x-amz-meta-`. */
  metadata: Record<string, string>;
  checksums: Checksums;
}

export interface S3State {
  world: World;
  buckets: Table<BucketRow>;
  objects(bucket: string): Table<ObjectRow>;
}

export function s3State(world: World): S3State {
  return {
    world,
    buckets: world.store.table<BucketRow>('s3.buckets'),
    objects: (bucket) => world.store.table<ObjectRow>(`s3.objects.${bucket}`),
  };
}

/** New buckets block public access in all four ways (S3UG, access-control-block-public-access; default since April 2023). */
export const BLOCK_ALL: Required<PublicAccessBlockConfiguration> = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};

export const newBucket = (name: string, region: string, createdAt: number): BucketRow => ({
  name,
  region,
  createdAt,
  publicAccessBlock: { ...BLOCK_ALL },
});

export const bucketArn = (bucket: string): string => `arn:aws:s3:::${bucket}`;
export const objectArn = (bucket: string, key: string): string => `arn:aws:s3:::${bucket}/${key}`;
