import { CreateCloudFrontOriginAccessIdentityCommand } from '@aws-sdk/client-cloudfront';
import {
  DeleteBucketPolicyCommand,
  DeleteObjectsCommand,
  DeletePublicAccessBlockCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OriginRead, Principal } from '../../src/local/world.ts';
import { startTestAws, type TestAws } from '../builders/local-aws.ts';
import { makeRole, unique } from './lambda-kit.ts';
import { anonymousS3, makeBucket, makePublicBucket, makeUser, policyOf, putPolicy, readers } from './s3-kit.ts';

let aws: TestAws;
let bucket: string;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.close());
beforeEach(async () => {
  bucket = await makeBucket(aws);
});

const DISTRIBUTION = 'arn:aws:cloudfront::000000000000:distribution/E1EXAMPLE';
const cloudfront = (sourceArn = DISTRIBUTION): Principal => ({
  kind: 'service',
  arn: 'cloudfront.amazonaws.com',
  accountId: '000000000000',
  userId: 'cloudfront.amazonaws.com',
  sourceArn,
});
const oac = (name: string, distribution = DISTRIBUTION) => ({
  ...readers({ Service: 'cloudfront.amazonaws.com' }, name),
  Condition: { StringEquals: { 'AWS:SourceArn': distribution } },
});
const allow = (Action: string | string[], Resource: string, more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});

function read(more: Partial<OriginRead> = {}) {
  const plain = { principal: cloudfront(), method: 'GET' as const, bucket, path: '/cat.jpg', querystring: '' };
  const answer = aws.world.s3.read({ ...plain, headers: {}, ...more });
  return { ...answer, text: Buffer.from(answer.body).toString() };
}

describe('the bucket policy', () => {
  it('is given back byte for byte, and gone after deletion', async () => {
    const Policy = ` ${policyOf(oac(bucket))}\n`.trimStart().replace('"Statement"', ' "Statement" ');
    await aws.clients.s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
    expect((await aws.clients.s3.send(new GetBucketPolicyCommand({ Bucket: bucket }))).Policy).toBe(Policy);
    await aws.clients.s3.send(new DeleteBucketPolicyCommand({ Bucket: bucket }));
    await expect(aws.clients.s3.send(new GetBucketPolicyCommand({ Bucket: bucket }))).rejects.toMatchObject({
      name: 'NoSuchBucketPolicy',
      $metadata: { httpStatusCode: 404 },
    });
  });

  it('may name a role and an origin access identity that exist', async () => {
    const { CloudFrontOriginAccessIdentity: identity } = await aws.clients.cloudfront.send(
      new CreateCloudFrontOriginAccessIdentityCommand({
        CloudFrontOriginAccessIdentityConfig: { CallerReference: unique('oai'), Comment: '' },
      }),
    );
    const user = (id = '') => `arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ${id}`;
    await putPolicy(aws, bucket, readers({ AWS: [await makeRole(aws), user(identity?.Id)] }, bucket));
    await expect(putPolicy(aws, bucket, readers({ AWS: user('E0NOBODY') }, bucket))).rejects.toMatchObject({
      name: 'MalformedPolicy',
      message: 'Invalid principal in policy',
    });
  });

  it.each([
    ['an action on objects needs objects', 's3:GetObject', ''],
    ['an action on the bucket needs the bucket', 's3:ListBucket', '/*'],
  ])('is checked for what it is about: %s', async (_why, Action, path) => {
    const statement = { ...oac(bucket), Action, Resource: `arn:aws:s3:::${bucket}${path}` };
    await expect(putPolicy(aws, bucket, statement)).rejects.toMatchObject({
      message: 'Action does not apply to any resource(s) in statement',
    });
  });

  it('is not public for a service and a fixed source, and is for everybody', async () => {
    const isPublic = async () =>
      (await aws.clients.s3.send(new GetBucketPolicyStatusCommand({ Bucket: bucket }))).PolicyStatus?.IsPublic;
    await putPolicy(aws, bucket, oac(bucket));
    expect(await isPublic()).toBe(false);
    await aws.clients.s3.send(new DeletePublicAccessBlockCommand({ Bucket: bucket }));
    await putPolicy(aws, bucket, readers({ AWS: '*' }, bucket));
    expect(await isPublic()).toBe(true);
    const tied = { ...readers('*', bucket), Condition: { StringLike: { 'aws:SourceArn': `${DISTRIBUTION}` } } };
    await putPolicy(aws, bucket, tied);
    expect(await isPublic()).toBe(false);
  });

  it('is guarded by all four blocks in a new bucket', async () => {
    const Bucket = bucket;
    const { PublicAccessBlockConfiguration: block } = await aws.clients.s3.send(
      new GetPublicAccessBlockCommand({ Bucket }),
    );
    expect(Object.values(block ?? {})).toEqual([true, true, true, true]);
    await aws.clients.s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
    await expect(aws.clients.s3.send(new GetPublicAccessBlockCommand({ Bucket }))).rejects.toMatchObject({
      name: 'NoSuchPublicAccessBlockConfiguration',
    });
  });
});

describe('people of the account', () => {
  it('need an allowance of either policy', async () => {
    const someone = await makeUser(aws);
    const fetchCat = () => someone.s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'cat.jpg' }));
    await expect(fetchCat()).rejects.toMatchObject({ name: 'AccessDenied' });
    await putPolicy(aws, bucket, readers({ AWS: someone.arn }, bucket));
    expect((await fetchCat()).ContentLength).toBe(5);
  });

  it('are stopped by a denial of the bucket policy, whatever theirs says', async () => {
    const someone = await makeUser(aws, allow('s3:*', '*'));
    const fetchCat = (client = someone.s3) => client.send(new GetObjectCommand({ Bucket: bucket, Key: 'cat.jpg' }));
    expect((await fetchCat()).ContentLength).toBe(5);
    await putPolicy(aws, bucket, { ...readers({ AWS: someone.arn }, bucket), Effect: 'Deny' });
    await expect(fetchCat()).rejects.toMatchObject({
      name: 'AccessDenied',
      message: expect.stringMatching(/with an explicit deny in a resource-based policy$/),
    });
    expect((await fetchCat(aws.clients.s3)).ContentLength).toBe(5);
  });

  it('count as coming over TLS, which many policies insist on', async () => {
    const insists = {
      ...readers('*', bucket),
      Effect: 'Deny',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    };
    await putPolicy(aws, bucket, insists);
    const someone = await makeUser(
      aws,
      allow('s3:GetObject', '*', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } }),
    );
    expect((await someone.s3.send(new GetObjectCommand({ Bucket: bucket, Key: 'cat.jpg' }))).ContentLength).toBe(5);
  });

  it('see 404 for a missing key only when they may list', async () => {
    const reader = await makeUser(aws, allow('s3:GetObject', '*'));
    const lister = await makeUser(aws, allow(['s3:GetObject', 's3:ListBucket'], '*'));
    const fetchDog = new GetObjectCommand({ Bucket: bucket, Key: 'dog.jpg' });
    await expect(reader.s3.send(fetchDog)).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(lister.s3.send(fetchDog)).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('list only below the prefix that they were given', async () => {
    const Condition = { StringLike: { 's3:prefix': 'photos/*' } };
    const someone = await makeUser(aws, allow('s3:ListBucket', `arn:aws:s3:::${bucket}`, { Condition }));
    const list = (Prefix?: string) => someone.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix }));
    expect((await list('photos/2026')).KeyCount).toBe(0);
    await expect(list()).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it('delete what they may and hear of the rest', async () => {
    await aws.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'tmp/a', Body: 'a' }));
    const someone = await makeUser(aws, allow('s3:DeleteObject', `arn:aws:s3:::${bucket}/tmp/*`));
    const Delete = { Objects: [{ Key: 'tmp/a' }, { Key: 'cat.jpg' }] };
    const { Deleted, Errors } = await someone.s3.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }));
    expect(Deleted).toEqual([{ Key: 'tmp/a' }]);
    expect(Errors).toMatchObject([{ Key: 'cat.jpg', Code: 'AccessDenied' }]);
  });

  it('never lock out the administrator from the policy itself', async () => {
    const everything = { Effect: 'Deny', Principal: '*', Action: 's3:*' };
    const Resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
    await putPolicy(aws, bucket, { ...everything, Resource });
    const fetchCat = new GetObjectCommand({ Bucket: bucket, Key: 'cat.jpg' });
    await expect(aws.clients.s3.send(fetchCat)).rejects.toMatchObject({ name: 'AccessDenied' });
    await aws.clients.s3.send(new DeleteBucketPolicyCommand({ Bucket: bucket }));
    expect((await aws.clients.s3.send(fetchCat)).ContentLength).toBe(5);
  });
});

describe('strangers', () => {
  it('read by a public policy alone', async () => {
    const open = await makePublicBucket(aws);
    const fetchCat = (Bucket: string) => anonymousS3(aws).send(new GetObjectCommand({ Bucket, Key: 'cat.jpg' }));
    expect((await fetchCat(open)).ContentLength).toBe(5);
    await expect(fetchCat(bucket)).rejects.toMatchObject({ name: 'AccessDenied', message: 'Access Denied' });
  });
});

describe("CloudFront's reads", () => {
  it('are decided by the statement and its SourceArn', async () => {
    expect(read()).toMatchObject({ status: 403, text: expect.stringContaining('<Code>AccessDenied</Code>') });
    await putPolicy(aws, bucket, oac(bucket));
    expect(read()).toMatchObject({ status: 200, text: 'miaow' });
    expect(read({ principal: cloudfront(DISTRIBUTION.replace('E1', 'E2')) }).status).toBe(403);
  });

  it("carry S3's headers", async () => {
    await putPolicy(aws, bucket, oac(bucket));
    const { headers } = read({ querystring: 'd=100x100' });
    expect(headers).toMatchObject({
      'content-type': 'image/jpeg',
      'content-length': '5',
      'accept-ranges': 'bytes',
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      'last-modified': expect.stringMatching(/GMT$/),
      server: 'AmazonS3',
      'x-amz-request-id': expect.stringMatching(/^[0-9A-F]{16}$/),
      'x-amz-id-2': expect.stringMatching(/^[\w+/]{76}$/),
    });
    expect(read({ method: 'HEAD' })).toMatchObject({ status: 200, text: '', headers: { 'content-length': '5' } });
    expect(read({ headers: { 'if-none-match': headers.etag ?? '' } })).toMatchObject({ status: 304, text: '' });
    expect(read({ headers: { range: 'bytes=1-2' } })).toMatchObject({
      status: 206,
      text: 'ia',
      headers: { 'content-range': 'bytes 1-2/5', 'content-length': '2' },
    });
    expect(read({ headers: { range: 'bytes=9-' } }).status).toBe(416);
  });

  it('see 403 for a missing key, or 404 with leave to list, which lists the bucket at / too', async () => {
    await putPolicy(aws, bucket, oac(bucket));
    expect(read({ path: '/dog.jpg' }).status).toBe(403);
    expect(read({ path: '/' }).status).toBe(403);
    const lists = { ...oac(bucket), Action: 's3:ListBucket', Resource: `arn:aws:s3:::${bucket}` };
    await putPolicy(aws, bucket, oac(bucket), lists);
    expect(read({ path: '/dog.jpg' })).toMatchObject({
      status: 404,
      text: expect.stringContaining('<Key>dog.jpg</Key>'),
    });
    expect(read({ path: '/dog.jpg', method: 'HEAD' })).toMatchObject({ status: 404, text: '' });
    expect(read({ path: '/' }).text).toContain('<Contents><Key>cat.jpg</Key>');
  });

  it('decode the path once', async () => {
    await putPolicy(aws, bucket, oac(bucket));
    for (const Key of ['a b+c%.jpg', '사진//고양이.jpg', '/leading.jpg']) {
      await aws.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Key }));
      const path = `/${Key.split('/').map(encodeURIComponent).join('/')}`;
      expect(read({ path }).text).toBe(Key);
    }
    expect(read({ path: '/%zz' })).toMatchObject({ status: 400, text: expect.stringContaining('InvalidURI') });
    expect(read({ bucket: 'nowhere' })).toMatchObject({ status: 404, text: expect.stringContaining('NoSuchBucket') });
  });
});
