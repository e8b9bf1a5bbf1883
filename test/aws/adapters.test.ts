/** The adapters of setup and deploy, by the real SDK over HTTP, against the local AWS. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PutBucketPolicyCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ZipArchive } from 'archiver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createAwsPorts } from '../../src/aws/index.ts';
import type { AwsPorts } from '../../src/aws/ports/index.ts';
import { sizeCachePolicy } from '../../src/core/cache-key.ts';
import { newDistributionConfig } from '../../src/core/distribution.ts';
import { functionArn, roleArn } from '../../src/core/names.ts';
import { logsPolicy, TRUST_POLICY } from '../../src/core/role.ts';
import { withVersion } from '../builders/associated.ts';
import { startTestAws, type TestAws } from '../builders/local-aws.ts';

const ACCOUNT = '000000000000';

let aws: TestAws;
let ports: AwsPorts;

beforeAll(async () => {
  aws = await startTestAws();
  ports = createAwsPorts({
    endpointUrl: aws.aws,
    env: { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
  });
});

afterAll(() => aws.close());

async function zipOf(text: string): Promise<Uint8Array> {
  const zip = new ZipArchive();
  zip.append(text, { name: 'index.js', date: new Date(0) });
  void zip.finalize();
  const parts: Buffer[] = [];
  for await (const part of zip) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

test('identity', async () => {
  expect((await (await ports.identity()).whoAmI()).account).toBe(ACCOUNT);
});

describe('S3', () => {
  test('a bucket is found from any region, and one that is not there is undefined', async () => {
    const there = await ports.s3('ap-northeast-2');
    await there.createBucket('seoul');
    await there.createBucket('seoul');
    expect(await there.locate('seoul', ACCOUNT)).toEqual({ region: 'ap-northeast-2', owner: 'ours' });
    const elsewhere = await ports.s3('us-east-1');
    expect(await elsewhere.locate('seoul', ACCOUNT)).toMatchObject({ region: 'ap-northeast-2' });
    expect(await elsewhere.locate('nowhere-at-all', ACCOUNT)).toBeUndefined();
    expect(await there.locate('seoul', '111111111111')).toMatchObject({ owner: 'other' });
  });

  test('policy: none, written, read back as written; an unknown principal is told apart', async () => {
    const s3 = await ports.s3('us-east-1');
    await s3.createBucket('policies');
    expect(await s3.getPolicy('policies', ACCOUNT)).toBeUndefined();
    const policy = (principal: string) =>
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: principal },
            Action: 's3:GetObject',
            Resource: 'arn:aws:s3:::policies/*',
          },
        ],
      });
    await s3.putPolicy('policies', ACCOUNT, policy(`arn:aws:iam::${ACCOUNT}:root`));
    expect(await s3.getPolicy('policies', ACCOUNT)).toBe(policy(`arn:aws:iam::${ACCOUNT}:root`));
    await expect(s3.putPolicy('policies', ACCOUNT, policy(roleArn(ACCOUNT, 'ghost')))).rejects.toMatchObject({
      name: 'Refused',
      kind: 'principal-unknown',
    });
    await expect(s3.putPolicy('policies', ACCOUNT, '{}')).rejects.toMatchObject({ code: 'POLICY_MALFORMED' });
  });

  test('keys come in pages, up to a limit', async () => {
    const s3 = await ports.s3('us-east-1');
    await s3.createBucket('many');
    for (let at = 0; at < 7; at += 1) {
      await s3.putObject('many', { key: `사진/a +${at}.png`, body: new Uint8Array(at), contentType: 'image/png' });
    }
    await aws.clients.s3.send(new PutObjectCommand({ Bucket: 'many', Key: 'other', Body: 'x' }));
    const some = await s3.listKeys('many', { prefix: '사진/', limit: 3 });
    expect(some).toMatchObject({ more: true, keys: [{ key: '사진/a +0.png', bytes: 0 }, {}, { bytes: 2 }] });
    const all = await s3.listKeys('many', { limit: 100 });
    expect(all.keys.length).toBe(8);
    expect(all.more).toBe(false);
    expect(all.keys[0]?.etag).toMatch(/^[0-9a-f]{32}$/);
  });
});

test('IAM: a role with its trust, tags and policies, as they were given', async () => {
  const iam = await ports.iam();
  expect(await iam.getRole('reader')).toBeUndefined();
  await iam.createRole({ name: 'reader', description: 'd', trust: TRUST_POLICY, tags: { 'edge-resize:name': 'x' } });
  expect(await iam.getRolePolicy('reader', 'logs')).toBeUndefined();
  await iam.putRolePolicy('reader', 'logs', logsPolicy(ACCOUNT, 'x'));
  await iam.tagRole('reader', { 'edge-resize:distribution': 'E1' });
  expect(await iam.getRolePolicy('reader', 'logs')).toBe(logsPolicy(ACCOUNT, 'x'));
  const role = await iam.getRole('reader');
  expect(role?.tags).toEqual({ 'edge-resize:name': 'x', 'edge-resize:distribution': 'E1' });
  expect(JSON.parse(role?.trust ?? '')).toEqual(JSON.parse(TRUST_POLICY));
  const other = TRUST_POLICY.replace('edgelambda', 'ec2');
  await iam.updateTrust('reader', other);
  expect(JSON.parse((await iam.getRole('reader'))?.trust ?? '')).toEqual(JSON.parse(other));
});

describe('Lambda and CloudFront', () => {
  const fn = 'edge-resize-wire';

  beforeAll(async () => {
    const iam = await ports.iam();
    await iam.createRole({ name: fn, description: '', trust: TRUST_POLICY, tags: {} });
  });

  test('a function: created, updated, published, listed', async () => {
    const lambda = await ports.lambda();
    expect(await lambda.getFunction(fn)).toBeUndefined();
    const settings = {
      runtime: 'nodejs22.x',
      handler: 'index.handler',
      role: roleArn(ACCOUNT, 'wire'),
      memory: 512,
      timeout: 10,
    };
    const input = { ...settings, name: fn, description: 'd', zip: await zipOf('1'), tags: { a: 'b' } };
    await expect(lambda.createFunction({ ...input, role: roleArn(ACCOUNT, 'nobody') })).rejects.toMatchObject({
      kind: 'role-not-ready',
    });
    await lambda.createFunction(input);
    expect(await lambda.getFunction(fn)).toMatchObject({ tags: { a: 'b' }, latest: { ...settings, state: 'Active' } });
    const { codeSha256 } = await lambda.getVersion(fn);
    const first = await lambda.publish(fn, codeSha256);
    expect(first).toMatchObject({ version: '1', arn: `${functionArn(ACCOUNT, 'wire')}:1`, codeSha256 });
    await lambda.updateCode(fn, await zipOf('2'));
    await lambda.updateSettings(fn, { ...settings, memory: 1024 });
    const second = await lambda.publish(fn, (await lambda.getVersion(fn)).codeSha256);
    expect((await lambda.listVersions(fn)).map((one) => [one.version, one.memory])).toEqual([
      ['2', 1024],
      ['1', 512],
    ]);
    expect((await lambda.getVersion(fn, second.version)).state).toBe('Active');
    await expect(lambda.publish(fn, 'bm90IHRoaXM=')).rejects.toMatchObject({ code: 'AWS_ERROR' });
  });

  test('a distribution keeps members that this program does not know, and a stale ETag is told apart', async () => {
    const cloudfront = await ports.cloudfront();
    await (await ports.s3('us-east-1')).createBucket('wired');
    const control = await cloudfront.createAccessControl({ name: fn, description: 'mine' });
    const policy = await cloudfront.createCachePolicy(sizeCachePolicy('wire'));
    expect(await cloudfront.findAccessControl(fn)).toEqual(control);
    expect((await cloudfront.findCachePolicy(fn))?.id).toBe(policy.id);
    expect(await cloudfront.findCachePolicy('none-of-that-name')).toBeUndefined();
    expect((await cloudfront.getCachePolicy(policy.id))?.config).toMatchObject(sizeCachePolicy('wire'));
    const config = newDistributionConfig({
      name: 'wire',
      bucket: 'wired',
      region: 'us-east-1',
      accessControl: control.id,
      cachePolicy: policy.id,
      callerReference: 'wire-1',
    });
    const made = await cloudfront.createDistribution(config, { 'edge-resize:name': 'wire' });
    expect(await cloudfront.getTags(made.arn)).toEqual({ 'edge-resize:name': 'wire' });
    expect(await cloudfront.listDistributions()).toContainEqual(
      expect.objectContaining({ id: made.id, originHosts: ['wired.s3.us-east-1.amazonaws.com'] }),
    );
    const version = `${functionArn(ACCOUNT, 'wire')}:1`;
    const after = await cloudfront.updateDistribution(made.id, withVersion(made.config, '*', version), made.etag);
    expect(after.config).toMatchObject({ PriceClass: 'PriceClass_All', HttpVersion: 'http2', IsIPV6Enabled: true });
    await expect(
      cloudfront.updateDistribution(made.id, withVersion(made.config, '*', version), made.etag),
    ).rejects.toMatchObject({ name: 'Refused', kind: 'stale' });
    expect(await cloudfront.getDistribution('E00000000000ZZ')).toBeUndefined();
  });

  test('a role that edgelambda may not assume is not ready for CloudFront', async () => {
    const [iam, cloudfront] = [await ports.iam(), await ports.cloudfront()];
    const half = JSON.parse(TRUST_POLICY) as { Statement: { Principal: unknown }[] };
    if (half.Statement[0]) half.Statement[0].Principal = { Service: 'lambda.amazonaws.com' };
    await iam.updateTrust(fn, JSON.stringify(half));
    const [summary] = await cloudfront.listDistributions();
    const found = await cloudfront.getDistribution(summary?.id ?? '');
    if (!found) throw new Error('no distribution');
    const version = `${functionArn(ACCOUNT, 'wire')}:2`;
    await expect(
      cloudfront.updateDistribution(found.id, withVersion(found.config, '*', version), found.etag),
    ).rejects.toMatchObject({ name: 'Refused', kind: 'role-not-ready' });
  });
});

test('a bucket policy of someone else is not ours to read', async () => {
  const s3 = await ports.s3('us-east-1');
  await s3.createBucket('guarded');
  await aws.clients.s3.send(
    new PutBucketPolicyCommand({
      Bucket: 'guarded',
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { AWS: ACCOUNT }, Action: 's3:*', Resource: 'arn:aws:s3:::guarded' }],
      }),
    }),
  );
  expect(await s3.getPolicy('guarded', ACCOUNT)).toContain('s3:*');
  await expect(s3.getPolicy('guarded', '111111111111')).rejects.toMatchObject({ code: 'ACCESS_DENIED' });
});

test('a caller that may not list tags is told so: without them our function would look like someone else’s', async () => {
  const TagsError = {
    ErrorCode: 'AccessDeniedException',
    Message: 'User: u is not authorized to perform: lambda:ListTags on resource: f',
  };
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').setHeader('x-amzn-requestid', 'r-1');
    response.end(JSON.stringify({ Configuration: { FunctionName: 'f' }, TagsError }));
  }).listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  const endpointUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const lambda = await createAwsPorts({ endpointUrl, env }).lambda();
  await expect(lambda.getFunction('f')).rejects.toMatchObject({
    code: 'ACCESS_DENIED',
    fix: expect.stringContaining('lambda:ListTags'),
  });
  server.close();
});
