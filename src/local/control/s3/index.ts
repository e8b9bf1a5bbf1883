/** S3 of the local AWS: buckets, objects, bucket policies, and what CloudFront reads. */
import type { Service } from '../../wire/service.ts';
import type { S3World, World } from '../../world.ts';
import { bucketPolicyHandlers } from './bucket-policy.ts';
import { bucketSettingHandlers } from './bucket-settings.ts';
import { bucketHandlers } from './buckets.ts';
import { listingHandlers } from './listing.ts';
import { loadFiles } from './load-files.ts';
import { objectReadHandlers } from './objects-read.ts';
import { objectWriteHandlers } from './objects-write.ts';
import { readForOrigin } from './origin.ts';
import { s3State } from './state.ts';

export { S3_REFUSALS } from './refusals.ts';

export function createS3(world: World): { service: Service; questions: S3World } {
  const s3 = s3State(world);
  const handlers = {
    ...bucketHandlers(s3),
    ...bucketPolicyHandlers(s3),
    ...bucketSettingHandlers(s3),
    ...objectReadHandlers(s3),
    ...objectWriteHandlers(s3),
    ...listingHandlers(s3),
  };
  const questions: S3World = {
    bucket(name) {
      const row = s3.buckets.get(name);
      return row && { name: row.name, region: row.region };
    },
    read: (request) => readForOrigin(s3, request),
    loadFiles: (bucket, region, files) => loadFiles(s3, bucket, region, files),
  };
  return { service: { id: 's3', handlers }, questions };
}
