/** S3 through the SDK. */
import type { S3Client } from '@aws-sdk/client-s3';
import type { BucketPlace, StoredObject } from '../core/state.ts';
import type { ClientSettings } from './clients.ts';
import { call, isAwsError } from './errors.ts';
import type { S3Port } from './ports/s3.ts';
import { refusable } from './refusals.ts';

type Sdk = typeof import('@aws-sdk/client-s3');

/** Most keys of one page (S3's own limit). */
const PAGE = 1_000;

/** @throws AppError from every call, see aws/errors */
export async function createS3Port(settings: ClientSettings): Promise<S3Port> {
  const sdk = await import('@aws-sdk/client-s3');
  const client = new sdk.S3Client(settings);
  return {
    locate: (Bucket, ExpectedBucketOwner) =>
      call(`look for bucket ${Bucket}`, () =>
        head(() => client.send(new sdk.HeadBucketCommand({ Bucket, ExpectedBucketOwner })), settings.region),
      ),
    createBucket: (bucket) => createBucket(sdk, client, bucket, settings.region),
    getPolicy: (Bucket, ExpectedBucketOwner) =>
      call(`read the policy of bucket ${Bucket}`, async () => {
        try {
          return (await client.send(new sdk.GetBucketPolicyCommand({ Bucket, ExpectedBucketOwner }))).Policy;
        } catch (error) {
          if (isAwsError(error, 'NoSuchBucketPolicy')) return undefined;
          throw error;
        }
      }),
    putPolicy: async (Bucket, ExpectedBucketOwner, Policy) => {
      await refusable(
        `write the policy of bucket ${Bucket}`,
        () => client.send(new sdk.PutBucketPolicyCommand({ Bucket, ExpectedBucketOwner, Policy })),
        (error) =>
          isAwsError(error, 'MalformedPolicy') && /invalid principal/i.test(error.message)
            ? 'principal-unknown'
            : undefined,
      );
    },
    listKeys: (bucket, options) => listKeys(sdk, client, { bucket, ...options }),
    putObject: async (Bucket, { key, body, contentType }) => {
      await call(`put ${key} into bucket ${Bucket}`, () =>
        client.send(new sdk.PutObjectCommand({ Bucket, Key: key, Body: body, ContentType: contentType })),
      );
    },
  };
}

/** The parts of a HEAD's error that S3 answers without a body. */
interface HeadFault {
  $metadata?: { httpStatusCode?: number };
  $response?: { headers?: Record<string, string> };
}

/** HEAD has no body, so status and header decide: 404 none, 403 someone else's, 301 and 400 in another region. */
async function head(
  send: () => Promise<{ BucketRegion?: string | undefined }>,
  region: string,
): Promise<BucketPlace | undefined> {
  try {
    return { region: (await send()).BucketRegion ?? region, owner: 'ours' };
  } catch (error) {
    const { $metadata, $response } = error as HeadFault;
    const there = $response?.headers?.['x-amz-bucket-region'];
    if ($metadata?.httpStatusCode === 404) return undefined;
    if ($metadata?.httpStatusCode === 403) return { region: there ?? region, owner: 'other' };
    if (there !== undefined && there !== region) return { region: there, owner: 'ours' };
    throw error;
  }
}

async function createBucket(sdk: Sdk, client: S3Client, bucket: string, region: string): Promise<void> {
  // us-east-1 is the one region that must not be named (S3 answers InvalidLocationConstraint).
  const constraint = region as import('@aws-sdk/client-s3').BucketLocationConstraint;
  const place = region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: constraint } };
  await call(`create bucket ${bucket}`, async () => {
    try {
      await client.send(new sdk.CreateBucketCommand({ Bucket: bucket, ...place }));
    } catch (error) {
      if (!isAwsError(error, 'BucketAlreadyOwnedByYou')) throw error;
    }
  });
}

async function listKeys(
  sdk: Sdk,
  client: S3Client,
  { bucket, prefix, limit }: { bucket: string; prefix?: string; limit: number },
): Promise<{ keys: StoredObject[]; more: boolean }> {
  const keys: StoredObject[] = [];
  let token: string | undefined;
  let more = true;
  while (more && keys.length < limit) {
    const page = await call(`list bucket ${bucket}`, () =>
      client.send(
        new sdk.ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          MaxKeys: Math.min(PAGE, limit - keys.length),
          ContinuationToken: token,
        }),
      ),
    );
    for (const { Key, Size, ETag } of page.Contents ?? []) {
      keys.push({ key: Key ?? '', bytes: Size ?? 0, etag: (ETag ?? '').replaceAll('"', '') });
    }
    token = page.NextContinuationToken;
    more = page.IsTruncated === true && token !== undefined;
  }
  return { keys, more };
}
