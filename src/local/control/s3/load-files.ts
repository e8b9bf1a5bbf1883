/** Puts images of this machine into a bucket. */
import { readFile } from 'node:fs/promises';
import type { ImageFile } from '../../../core/state.ts';
import { etagOf } from './digests.ts';
import { storeObject } from './objects-write.ts';
import { newBucket, type S3State } from './state.ts';

/**
 * Every file becomes an object of the bucket, which is made when missing. An object with the same bytes and type stays
 * as it is, so its Last-Modified stays too.
 */
export async function loadFiles(s3: S3State, bucket: string, region: string, files: ImageFile[]): Promise<void> {
  if (!s3.buckets.get(bucket)) s3.buckets.set(bucket, newBucket(bucket, region, s3.world.now()));
  for (const { path, key, contentType } of files) {
    const bytes = await readFile(path);
    const present = s3.objects(bucket).get(key);
    if (present?.etag === etagOf(bytes) && present.contentType === contentType) continue;
    storeObject(s3, bucket, key, bytes, { contentType, metadata: {}, checksums: {}, now: s3.world.now() });
  }
}
