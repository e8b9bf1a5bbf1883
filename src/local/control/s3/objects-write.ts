/** PutObject, CopyObject, DeleteObject, DeleteObjects. */
import type {
  CopyObjectCommandInput,
  CopyObjectCommandOutput,
  DeleteObjectCommandInput,
  DeleteObjectCommandOutput,
  DeleteObjectsCommandInput,
  DeleteObjectsCommandOutput,
  PutObjectCommandInput,
  PutObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { AwsError, type CallContext, type Handler, type Handlers } from '../../wire/service.ts';
import type { World } from '../../world.ts';
import { refuserOf } from '../refusal.ts';
import { accessDenied, allows } from './access.ts';
import { enterBucket, noSuchBucket, reachBucket } from './call.ts';
import { namesEtag } from './conditions.ts';
import { checkedDigests, etagOf } from './digests.ts';
import { findObject } from './read-object.ts';
import type { S3Refusal } from './refusals.ts';
import { type BucketRow, type Checksums, type ObjectRow, objectArn, type S3State } from './state.ts';

/** S3UG, "Naming objects". */
const MAX_KEY_BYTES = 1024;
/** S3UG, "Working with object metadata": names and values together. */
const MAX_METADATA_BYTES = 2048;
/** S3's type for objects that were put without one. */
export const DEFAULT_TYPE = 'binary/octet-stream';

export function objectWriteHandlers(s3: S3State): Handlers {
  return {
    PutObject: putObject(s3),
    CopyObject: copyObject(s3),
    DeleteObject: deleteObject(s3),
    DeleteObjects: deleteObjects(s3),
  };
}

/** Bodies arrive as bytes (wire/service.ts). */
type PutInput = Omit<PutObjectCommandInput, 'Body'> & { Body?: Uint8Array };

function putObject(s3: S3State): Handler<PutInput, PutObjectCommandOutput> {
  return (input, call) => {
    const bucket = enterBucket(s3, input, call, 's3:PutObject');
    const key = input.Key ?? '';
    const bytes = input.Body ?? new Uint8Array();
    requireWritable(s3.world, key, input.Metadata);
    const checksums = checkedDigests(s3.world, bytes, input);
    requireWriteConditions(s3, bucket, input);
    const row = storeObject(s3, bucket.name, key, bytes, { ...contentOf(input), checksums, now: call.now });
    return { ETag: row.etag, ServerSideEncryption: 'AES256', ...checksums };
  };
}

type Content = Omit<ObjectRow, 'key' | 'size' | 'etag' | 'lastModified' | 'blob' | 'checksums'>;

/** Puts bytes under a key, whole, in place of what was there. */
export function storeObject(
  { world, objects }: S3State,
  bucket: string,
  key: string,
  bytes: Uint8Array,
  content: Content & { checksums: Checksums; now: number },
): ObjectRow {
  const { now, ...rest } = content;
  const row: ObjectRow = {
    ...rest,
    key,
    size: bytes.byteLength,
    etag: etagOf(bytes),
    lastModified: wholeSeconds(now),
    blob: world.store.putBlob(bytes),
  };
  objects(bucket).set(key, row);
  return row;
}

const wholeSeconds = (time: number): number => Math.floor(time / 1000) * 1000;

function contentOf(input: PutInput | CopyObjectCommandInput): Content {
  const { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, Expires } = input;
  const metadata = Object.entries(input.Metadata ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    contentType: input.ContentType ?? DEFAULT_TYPE,
    metadata: Object.fromEntries(metadata),
    ...(CacheControl === undefined ? {} : { cacheControl: CacheControl }),
    ...(ContentDisposition === undefined ? {} : { contentDisposition: ContentDisposition }),
    ...(ContentEncoding === undefined ? {} : { contentEncoding: ContentEncoding }),
    ...(ContentLanguage === undefined ? {} : { contentLanguage: ContentLanguage }),
    ...(Expires === undefined ? {} : { expires: Expires.getTime() }),
  };
}

function requireWritable(world: World, key: string, metadata: Record<string, string> | undefined): void {
  const refuse = refuserOf<S3Refusal>(world);
  const keyBytes = Buffer.byteLength(key);
  refuse('s3.key-length', keyBytes > MAX_KEY_BYTES, 'KeyTooLongError', 'Your key is too long', {
    status: 400,
    fields: { Size: keyBytes, MaxSizeAllowed: MAX_KEY_BYTES },
  });
  const metadataBytes = Buffer.byteLength(
    Object.entries(metadata ?? {})
      .flat()
      .join(''),
  );
  refuse(
    's3.metadata-size',
    metadataBytes > MAX_METADATA_BYTES,
    'MetadataTooLarge',
    'Your metadata headers exceed the maximum allowed metadata size',
    { status: 400, fields: { Size: metadataBytes, MaxSizeAllowed: MAX_METADATA_BYTES } },
  );
}

/** If-None-Match: `*` writes only a new key; If-Match only over the version named (d.ts PutObjectRequest). */
function requireWriteConditions({ world, objects }: S3State, bucket: BucketRow, input: PutInput): void {
  const refuse = refuserOf<S3Refusal>(world);
  const present = objects(bucket.name).get(input.Key ?? '');
  const failed = (condition: string, broken: boolean): void =>
    refuse(
      's3.write-precondition',
      broken,
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
      { status: 412, fields: { Condition: condition } },
    );
  failed('If-None-Match', input.IfNoneMatch !== undefined && present !== undefined);
  if (input.IfMatch === undefined) return;
  refuse('s3.write-precondition', present === undefined, 'NoSuchKey', 'The specified key does not exist.', {
    status: 404,
    fields: { Key: input.Key },
  });
  failed('If-Match', present !== undefined && !namesEtag(input.IfMatch, present.etag));
}

function copyObject(s3: S3State): Handler<CopyObjectCommandInput, CopyObjectCommandOutput> {
  return (input, call) => {
    const bucket = enterBucket(s3, input, call, 's3:PutObject');
    const [from, key] = copySource(input.CopySource ?? '');
    const source = s3.buckets.get(from);
    if (!source) throw noSuchBucket(from);
    const original = findObject(s3, source, call.principal, key);
    const replaced = input.MetadataDirective === 'REPLACE' ? contentOf(input) : {};
    const bytes = s3.world.store.getBlob(original.blob);
    requireWritable(s3.world, input.Key ?? '', input.Metadata);
    const { key: _key, size: _size, etag: _etag, lastModified: _time, blob: _blob, ...content } = original;
    const row = storeObject(s3, bucket.name, input.Key ?? '', bytes, { ...content, ...replaced, now: call.now });
    return {
      CopyObjectResult: { ETag: row.etag, LastModified: new Date(row.lastModified) },
      ServerSideEncryption: 'AES256',
    };
  };
}

/** `BUCKET/KEY`, percent-encoded, with or without a leading slash. */
function copySource(header: string): [bucket: string, key: string] {
  const path = decodeURIComponent(header.replace(/\?versionId=null$/, '')).replace(/^\//, '');
  const slash = path.indexOf('/');
  if (slash > 0) return [path.slice(0, slash), path.slice(slash + 1)];
  throw new AwsError('InvalidArgument', 'Invalid copy source object key', { status: 400 });
}

/** Removing what is not there succeeds too. */
function deleteObject(s3: S3State): Handler<DeleteObjectCommandInput, DeleteObjectCommandOutput> {
  return (input, call) => {
    const bucket = enterBucket(s3, input, call, 's3:DeleteObject');
    s3.objects(bucket.name).delete(input.Key ?? '');
    return {};
  };
}

function deleteObjects(s3: S3State): Handler<DeleteObjectsCommandInput, DeleteObjectsCommandOutput> {
  return (input, call) => {
    const bucket = reachBucket(s3, input, call);
    const Deleted: { Key: string }[] = [];
    const Errors: { Key: string; Code: string; Message: string }[] = [];
    for (const { Key = '' } of input.Delete?.Objects ?? []) {
      const refused = deleteOne(s3, bucket, Key, call);
      if (refused) Errors.push({ Key, Code: refused.code, Message: refused.message });
      else Deleted.push({ Key });
    }
    return { ...(input.Delete?.Quiet ? {} : { Deleted }), ...(Errors.length > 0 ? { Errors } : {}) };
  };
}

function deleteOne(s3: S3State, bucket: BucketRow, key: string, { principal }: CallContext): AwsError | undefined {
  const wish = { principal, action: 's3:DeleteObject', resource: objectArn(bucket.name, key) };
  if (s3.world.enforces('s3.access') && !allows(s3.world, bucket, wish)) return accessDenied(s3.world, bucket, wish);
  s3.objects(bucket.name).delete(key);
  return undefined;
}
