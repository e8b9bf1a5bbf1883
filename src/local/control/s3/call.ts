/** What every call on a bucket goes through before it does anything. */
import { AwsError, type CallContext } from '../../wire/service.ts';
import { authorize, type Wish } from './access.ts';
import { type BucketRow, bucketArn, objectArn, type S3State } from './state.ts';

interface BucketInput {
  Bucket?: string | undefined;
  Key?: string | undefined;
  ExpectedBucketOwner?: string | undefined;
}

/**
 * The bucket of a call, when it exists, lies in the call's region, belongs to whom the caller expects and lets the
 * caller do `action` (on the object when `input` has a Key).
 * @throws AwsError NoSuchBucket (404), PermanentRedirect (301), AccessDenied (403)
 */
export function enterBucket(
  s3: S3State,
  input: BucketInput,
  call: CallContext,
  action: string,
  context?: Wish['context'],
): BucketRow {
  const bucket = reachBucket(s3, input, call);
  const resource = input.Key === undefined ? bucketArn(bucket.name) : objectArn(bucket.name, input.Key);
  authorize(s3.world, bucket, { principal: call.principal, action, resource, context });
  return bucket;
}

/** As `enterBucket`, without asking for permission: for calls that decide it key by key. */
export function reachBucket(s3: S3State, input: BucketInput, call: CallContext): BucketRow {
  const bucket = findBucket(s3, input.Bucket ?? '', call);
  if (call.principal.kind !== 'anonymous') requireRegion(s3, bucket, call);
  requireOwner(s3, input, bucket);
  return bucket;
}

/** @throws AwsError NoSuchBucket (404; NotFound for the HEAD operations, which have no body to say more) */
export function findBucket(s3: S3State, name: string, call: CallContext): BucketRow {
  const bucket = s3.buckets.get(name);
  if (bucket) return bucket;
  if (call.operation.startsWith('Head')) throw new AwsError('NotFound', 'Not Found', { status: 404 });
  throw noSuchBucket(name);
}

export const noSuchBucket = (name: string): AwsError =>
  new AwsError('NoSuchBucket', 'The specified bucket does not exist', { status: 404, fields: { BucketName: name } });

/** The region of a call is the one it was signed for: the endpoint that it would have reached. */
function requireRegion({ world }: S3State, bucket: BucketRow, call: CallContext): void {
  if (call.region === bucket.region || !world.enforces('s3.bucket-region')) return;
  throw new AwsError(
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.',
    {
      status: 301,
      fields: { Endpoint: `${bucket.name}.s3.${bucket.region}.amazonaws.com`, Bucket: bucket.name },
      headers: { 'x-amz-bucket-region': bucket.region },
    },
  );
}

function requireOwner({ world }: S3State, { ExpectedBucketOwner }: BucketInput, bucket: BucketRow): void {
  const foreign = ExpectedBucketOwner !== undefined && ExpectedBucketOwner !== world.account;
  if (!foreign || !world.enforces('s3.expected-owner')) return;
  throw new AwsError('AccessDenied', 'Access Denied', { status: 403, fields: { BucketName: bucket.name } });
}
