import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteBucketTaggingCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketTaggingCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../builders/local-aws.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
  await aws.clients.s3.send(new CreateBucketCommand({ Bucket: 'images' }));
});
afterAll(() => aws.close());

const put = (Key: string, Body: string | Uint8Array = 'x', more: object = {}) =>
  aws.clients.s3.send(new PutObjectCommand({ Bucket: 'images', Key, Body, ...more }));
const get = (Key: string, more: object = {}) =>
  aws.clients.s3.send(new GetObjectCommand({ Bucket: 'images', Key, ...more }));
const seoul = () => aws.clientsFor(aws.credentials, 'ap-northeast-2').s3;

describe('buckets', () => {
  it('makes one where it is asked to, and says where it is', async () => {
    const Bucket = 'in-seoul';
    const CreateBucketConfiguration = { LocationConstraint: 'ap-northeast-2' as const };
    await seoul().send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
    expect(await seoul().send(new HeadBucketCommand({ Bucket }))).toMatchObject({ BucketRegion: 'ap-northeast-2' });
    const location = await aws.clients.s3.send(new GetBucketLocationCommand({ Bucket }));
    expect(location.LocationConstraint).toBe('ap-northeast-2');
    const { Buckets } = await aws.clients.s3.send(new ListBucketsCommand({ Prefix: 'in-' }));
    expect(Buckets).toMatchObject([{ Name: Bucket, BucketRegion: 'ap-northeast-2' }]);
  });

  it('has no location constraint in us-east-1, where making it again is harmless', async () => {
    await put('kept.txt');
    await aws.clients.s3.send(new CreateBucketCommand({ Bucket: 'images' }));
    const location = await aws.clients.s3.send(new GetBucketLocationCommand({ Bucket: 'images' }));
    expect(location.LocationConstraint).toBeUndefined();
    expect((await get('kept.txt')).ContentLength).toBe(1);
  });

  it('sends a caller from another region away, and says where to', async () => {
    const refused = await seoul()
      .send(new HeadBucketCommand({ Bucket: 'images' }))
      .catch((error) => error);
    expect(refused.$metadata.httpStatusCode).toBe(301);
    expect(refused.$response.headers['x-amz-bucket-region']).toBe('us-east-1');
  });

  it('is 404 when there is none, with the names that the operations have for it', async () => {
    await expect(aws.clients.s3.send(new HeadBucketCommand({ Bucket: 'nowhere' }))).rejects.toMatchObject({
      name: 'NotFound',
    });
    await expect(aws.clients.s3.send(new ListObjectsV2Command({ Bucket: 'nowhere' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
      message: 'The specified bucket does not exist',
    });
  });

  it('goes when it is empty', async () => {
    await aws.clients.s3.send(new CreateBucketCommand({ Bucket: 'short-lived' }));
    await aws.clients.s3.send(new DeleteBucketCommand({ Bucket: 'short-lived' }));
    await expect(aws.clients.s3.send(new HeadBucketCommand({ Bucket: 'short-lived' }))).rejects.toThrow();
  });

  it('keeps tags, and reports the defaults of a new bucket', async () => {
    const bucket = { Bucket: 'images' };
    const TagSet = [{ Key: 'stage', Value: 'prod' }];
    await expect(aws.clients.s3.send(new GetBucketTaggingCommand(bucket))).rejects.toMatchObject({
      name: 'NoSuchTagSet',
    });
    await aws.clients.s3.send(new PutBucketTaggingCommand({ ...bucket, Tagging: { TagSet } }));
    expect((await aws.clients.s3.send(new GetBucketTaggingCommand(bucket))).TagSet).toEqual(TagSet);
    await aws.clients.s3.send(new DeleteBucketTaggingCommand(bucket));
    const ownership = await aws.clients.s3.send(new GetBucketOwnershipControlsCommand(bucket));
    expect(ownership.OwnershipControls?.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }]);
    const encryption = await aws.clients.s3.send(new GetBucketEncryptionCommand(bucket));
    expect(encryption.ServerSideEncryptionConfiguration?.Rules?.[0]).toMatchObject({
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
    });
    expect((await aws.clients.s3.send(new GetBucketVersioningCommand(bucket))).Status).toBeUndefined();
  });
});

describe('objects', () => {
  it('come back as they were put', async () => {
    const Metadata = { origin: 'camera' };
    const headers = { ContentType: 'image/png', CacheControl: 'max-age=60', ContentEncoding: 'identity' };
    const Expires = new Date(Date.UTC(2030, 0, 1));
    const { ETag } = await put('a.png', 'bytes', { ...headers, Metadata, Expires });
    expect(ETag).toBe('"4b3a6218bb3e3a7303e8a171a60fcf92"');
    const object = await get('a.png');
    expect(await object.Body?.transformToString()).toBe('bytes');
    expect(object).toMatchObject({ ...headers, Metadata, ETag, ContentLength: 5, AcceptRanges: 'bytes' });
    expect(object.ExpiresString).toBe(Expires.toUTCString());
    expect(Math.abs((object.LastModified?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
    const head = await aws.clients.s3.send(new HeadObjectCommand({ Bucket: 'images', Key: 'a.png' }));
    expect(head).toMatchObject({ ...headers, Metadata, ETag, ContentLength: 5 });
  });

  it('are binary/octet-stream unless told otherwise', async () => {
    await aws.clients.s3.send(new PutObjectCommand({ Bucket: 'images', Key: 'plain', Body: new Uint8Array([1]) }));
    expect((await get('plain')).ContentType).toMatch(/octet-stream/);
  });

  it('are served in parts', async () => {
    await put('range.txt', '0123456789');
    const part = async (Range: string) => {
      const object = await get('range.txt', { Range });
      const body = await object.Body?.transformToString();
      return [object.$metadata.httpStatusCode, body, object.ContentRange];
    };
    expect(await part('bytes=2-4')).toEqual([206, '234', 'bytes 2-4/10']);
    expect(await part('bytes=7-')).toEqual([206, '789', 'bytes 7-9/10']);
    expect(await part('bytes=-3')).toEqual([206, '789', 'bytes 7-9/10']);
    expect(await part('bytes=5-99')).toEqual([206, '56789', 'bytes 5-9/10']);
    expect(await part('bytes=0-1,4-5')).toEqual([200, '0123456789', undefined]);
  });

  it('answer conditional reads', async () => {
    const { ETag } = await put('conditional.txt');
    const { LastModified } = await get('conditional.txt', { IfMatch: ETag });
    const before = new Date((LastModified?.getTime() ?? 0) - 1000);
    const status = (more: object) =>
      get('conditional.txt', more).then(
        (answer) => answer.$metadata.httpStatusCode,
        (error) => error.$metadata.httpStatusCode,
      );
    expect(await status({ IfNoneMatch: ETag })).toBe(304);
    expect(await status({ IfNoneMatch: '"other"' })).toBe(200);
    expect(await status({ IfModifiedSince: LastModified })).toBe(304);
    expect(await status({ IfModifiedSince: before })).toBe(200);
    expect(await status({ IfUnmodifiedSince: before })).toBe(412);
    expect(await status({ IfUnmodifiedSince: before, IfMatch: ETag })).toBe(200);
    expect(await status({ IfMatch: '"other"' })).toBe(412);
  });

  it('take response headers from the caller', async () => {
    await put('override.txt');
    expect((await get('override.txt', { ResponseContentType: 'text/x-other' })).ContentType).toBe('text/x-other');
  });

  it('are NotFound or NoSuchKey when they are not there', async () => {
    await expect(get('missing')).rejects.toMatchObject({ name: 'NoSuchKey' });
    const head = aws.clients.s3.send(new HeadObjectCommand({ Bucket: 'images', Key: 'missing' }));
    await expect(head).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('are copied, with their metadata or new ones', async () => {
    await put('from here.txt', 'copied', { ContentType: 'text/plain', Metadata: { a: '1' } });
    const copy = { Bucket: 'images', CopySource: 'images/from%20here.txt' };
    await aws.clients.s3.send(new CopyObjectCommand({ ...copy, Key: 'same' }));
    expect(await get('same')).toMatchObject({ ContentType: 'text/plain', Metadata: { a: '1' } });
    const other = { MetadataDirective: 'REPLACE' as const, ContentType: 'text/css', Metadata: { b: '2' } };
    await aws.clients.s3.send(new CopyObjectCommand({ ...copy, Key: 'other', ...other }));
    const object = await get('other');
    expect(object).toMatchObject({ ContentType: 'text/css', Metadata: { b: '2' } });
    expect(await object.Body?.transformToString()).toBe('copied');
  });

  it('are deleted, one or many, present or not', async () => {
    await Promise.all(['d1', 'd2', 'd3'].map((key) => put(key)));
    await aws.clients.s3.send(new DeleteObjectCommand({ Bucket: 'images', Key: 'd1' }));
    const Objects = ['d2', 'd3', 'never-was'].map((Key) => ({ Key }));
    const { Deleted, Errors } = await aws.clients.s3.send(
      new DeleteObjectsCommand({ Bucket: 'images', Delete: { Objects } }),
    );
    expect(Deleted?.map(({ Key }) => Key)).toEqual(['d2', 'd3', 'never-was']);
    expect(Errors).toBeUndefined();
    for (const key of ['d1', 'd2', 'd3']) await expect(get(key)).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('have any key at all', async () => {
    const keys = ['a b+c%d.jpg', '사진/고양이.jpg', '//double//slash', '/leading', 'trailing/', 'e\u0301', 'é', '?d=1'];
    for (const key of keys) await put(`keys/${key}`, key);
    for (const key of keys) expect(await (await get(`keys/${key}`)).Body?.transformToString()).toBe(key);
  });
});

describe('ListObjectsV2', () => {
  const list = (more: object) => aws.clients.s3.send(new ListObjectsV2Command({ Bucket: 'listed', ...more }));
  const keys = ['a.txt', 'b/1.txt', 'b/2.txt', 'b/c/3.txt', 'd e+f.txt', 'z.txt'];
  beforeAll(async () => {
    await aws.clients.s3.send(new CreateBucketCommand({ Bucket: 'listed' }));
    for (const Key of keys) await aws.clients.s3.send(new PutObjectCommand({ Bucket: 'listed', Key, Body: Key }));
  });

  it('gives keys in order with what is known of them', async () => {
    const { Contents, KeyCount, IsTruncated } = await list({});
    expect(Contents?.map(({ Key }) => Key)).toEqual(keys);
    expect([KeyCount, IsTruncated]).toEqual([6, false]);
    expect(Contents?.[0]).toMatchObject({
      Size: 5,
      StorageClass: 'STANDARD',
      ETag: expect.stringMatching(/^"\w{32}"$/),
    });
  });

  it('groups by delimiter below a prefix', async () => {
    const top = await list({ Delimiter: '/' });
    expect(top.CommonPrefixes).toEqual([{ Prefix: 'b/' }]);
    expect(top.Contents?.map(({ Key }) => Key)).toEqual(['a.txt', 'd e+f.txt', 'z.txt']);
    const inside = await list({ Delimiter: '/', Prefix: 'b/' });
    expect(inside.CommonPrefixes).toEqual([{ Prefix: 'b/c/' }]);
    expect(inside.Contents?.map(({ Key }) => Key)).toEqual(['b/1.txt', 'b/2.txt']);
  });

  it('starts after a key and encodes keys for URLs', async () => {
    const { Contents } = await list({ StartAfter: 'b/c/3.txt', EncodingType: 'url' });
    expect(Contents?.map(({ Key }) => Key)).toEqual(['d+e%2Bf.txt', 'z.txt']);
  });

  it('refuses a token that it never gave', async () => {
    await expect(list({ ContinuationToken: 'nonsense' })).rejects.toMatchObject({ name: 'InvalidArgument' });
  });

  it('gives the same entries in pages of any size', async () => {
    const delimiters = fc.constantFrom(undefined, '/');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), delimiters, async (MaxKeys, Delimiter) => {
        const whole = await list({ Delimiter });
        const seen: (string | undefined)[] = [];
        let ContinuationToken: string | undefined;
        do {
          const page = await list({ MaxKeys, Delimiter, ContinuationToken });
          expect(page.KeyCount).toBeLessThanOrEqual(MaxKeys);
          seen.push(...(page.Contents ?? []).map(({ Key }) => Key));
          seen.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix));
          ContinuationToken = page.NextContinuationToken;
        } while (ContinuationToken);
        const all = [
          ...(whole.Contents ?? []).map(({ Key }) => Key),
          ...(whole.CommonPrefixes ?? []).map((c) => c.Prefix),
        ];
        expect(seen.sort()).toEqual(all.sort());
      }),
      { numRuns: 16 },
    );
  });
});
