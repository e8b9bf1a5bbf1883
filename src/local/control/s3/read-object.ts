/** Reading one object: permission, conditions, range. The SDK's operations and CloudFront's origin reads share it. */
import { AwsError } from '../../wire/service.ts';
import type { Principal } from '../../world.ts';
import { refuserOf } from '../refusal.ts';
import { accessDenied, authorize, mayList } from './access.ts';
import { judgeRead, type ReadConditions } from './conditions.ts';
import { readRange } from './range.ts';
import type { S3Refusal } from './refusals.ts';
import { type BucketRow, bucketArn, type ObjectRow, objectArn, type S3State } from './state.ts';

export interface ReadWish extends ReadConditions {
  principal: Principal;
  key: string;
  /** The Range header. */
  range?: string | undefined;
}

export interface ObjectRead {
  object: ObjectRow;
  status: 200 | 206;
  /** Bytes: offset of the first, and how many. */
  first: number;
  length: number;
  /** `bytes FIRST-LAST/SIZE`, of a part. */
  contentRange: string | undefined;
}

/**
 * Decides a read as S3 does: may the caller, is it there, do the conditions hold, is the range inside.
 * @throws AwsError AccessDenied (403), NoSuchKey (404), PreconditionFailed (412), NotModified (304), InvalidRange (416)
 */
export function readObject(s3: S3State, bucket: BucketRow, wish: ReadWish): ObjectRead {
  const object = findObject(s3, bucket, wish.principal, wish.key);
  requireConditions(s3, object, wish);
  const range = readRange(wish.range, object.size);
  if (range === 'unsatisfiable') {
    refuserOf<S3Refusal>(s3.world)(
      's3.range',
      true,
      'InvalidRange',
      'The requested range is not satisfiable',
      // A HEAD has no body to carry these, but the header tells the size (RFC 9110, 14.4).
      {
        status: 416,
        fields: { RangeRequested: wish.range, ActualObjectSize: object.size },
        headers: { 'content-range': `bytes */${object.size}` },
      },
    );
  }
  if (range === undefined || range === 'unsatisfiable') {
    return { object, status: 200, first: 0, length: object.size, contentRange: undefined };
  }
  const { first, last } = range;
  const contentRange = `bytes ${first}-${last}/${object.size}`;
  return { object, status: 206, first, length: last - first + 1, contentRange };
}

/** The bytes of a read. */
export function bytesOf({ world }: S3State, { object, first, length }: ObjectRead): Uint8Array {
  return world.store.getBlob(object.blob).subarray(first, first + length);
}

/**
 * An object that the caller may read. A missing key is 404 for who may list the bucket and 403 for all others (AWS-FACTS 6).
 * @throws AwsError AccessDenied (403), NoSuchKey (404)
 */
export function findObject(s3: S3State, bucket: BucketRow, principal: Principal, key: string): ObjectRow {
  const wish = { principal, action: 's3:GetObject', resource: objectArn(bucket.name, key) };
  authorize(s3.world, bucket, wish);
  const object = s3.objects(bucket.name).get(key);
  if (object) return object;
  if (s3.world.enforces('s3.missing-key-hidden') && !mayList(s3.world, bucket, principal)) {
    throw accessDenied(s3.world, bucket, { ...wish, action: 's3:ListBucket', resource: bucketArn(bucket.name) });
  }
  throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404, fields: { Key: key } });
}

function requireConditions({ world }: S3State, object: ObjectRow, wish: ReadWish): void {
  const verdict = judgeRead(wish, object.etag, object.lastModified);
  if (verdict === 'not-modified') {
    throw new AwsError('NotModified', 'Not Modified', { status: 304, headers: validators(object) });
  }
  if (verdict === 'proceed') return;
  refuserOf<S3Refusal>(world)(
    's3.read-precondition',
    true,
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    { status: 412, fields: { Condition: verdict.failed } },
  );
}

/** What a 304 still carries (RFC 9110, 15.4.5). */
function validators({ etag, lastModified, cacheControl }: ObjectRow): Record<string, string> {
  return {
    etag,
    'last-modified': new Date(lastModified).toUTCString(),
    ...(cacheControl === undefined ? {} : { 'cache-control': cacheControl }),
  };
}
