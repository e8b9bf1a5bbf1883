/** What a person is asked at the terminal, each thing by itself, and that a no writes nothing. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateDistributionCommand, GetDistributionConfigCommand } from '@aws-sdk/client-cloudfront';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { run } from '../../src/main.ts';
import { clearRequestLog, requestLog } from '../builders/cli.ts';
import { personIo, runInProcess } from '../builders/io.ts';
import { startTestAws, type TestAws } from '../builders/local-aws.ts';

// A dumb terminal: questions, and no spinner.
const ENV = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', TERM: 'dumb' };
const READ = 'Let anyone read';
const KEY = 'Add d to the cache key';
const ALL = 'Set this up?';

let aws: TestAws;
let cwd: string;
let serial = 0;
let bucket: string;
let distribution: string;

beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.close());

/** A bucket with an image, and a distribution whose key lacks `d`. */
beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'edge-resize-consent-'));
  serial += 1;
  bucket = `asked-${serial}`;
  const { s3, cloudfront } = aws.clients;
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'private/a.png', Body: 'x' }));
  const DomainName = `${bucket}.s3.us-east-1.amazonaws.com`;
  const { Distribution } = await cloudfront.send(
    new CreateDistributionCommand({
      DistributionConfig: {
        CallerReference: bucket,
        Comment: 'theirs',
        Enabled: true,
        Origins: {
          Quantity: 1,
          Items: [
            {
              Id: 'o',
              DomainName,
              S3OriginConfig: { OriginAccessIdentity: '' },
              OriginAccessControlId: await control(),
            },
          ],
        },
        DefaultCacheBehavior: {
          TargetOriginId: 'o',
          ViewerProtocolPolicy: 'allow-all',
          MinTTL: 0,
          ForwardedValues: { QueryString: false, Cookies: { Forward: 'none' } },
        },
      },
    }),
  );
  distribution = Distribution?.Id ?? '';
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

async function control(): Promise<string> {
  const { CreateOriginAccessControlCommand } = await import('@aws-sdk/client-cloudfront');
  const { OriginAccessControl } = await aws.clients.cloudfront.send(
    new CreateOriginAccessControlCommand({
      OriginAccessControlConfig: {
        Name: bucket,
        OriginAccessControlOriginType: 's3',
        SigningProtocol: 'sigv4',
        SigningBehavior: 'always',
      },
    }),
  );
  return OriginAccessControl?.Id ?? '';
}

async function setup(answers: Record<string, boolean>) {
  const io = personIo({ cwd, env: ENV }, answers);
  await clearRequestLog(aws.aws);
  const argv = ['setup', '--bucket', bucket, '--distribution', distribution, '--endpoint-url', aws.aws];
  const status = await run(argv, io);
  const writes = (await requestLog(aws.aws)).filter(({ write }) => write);
  return { status, asked: io.asked, writes, stderr: io.err() };
}

test('the cache key, what becomes readable and the whole are three questions; three times yes sets it up', async () => {
  const { status, asked, stderr } = await setup({ [KEY]: true, [READ]: true, [ALL]: true });
  expect(status, stderr).toBe(0);
  expect(asked).toEqual([KEY, READ, ALL]);
  const { DistributionConfig } = await aws.clients.cloudfront.send(
    new GetDistributionConfigCommand({ Id: distribution }),
  );
  expect(DistributionConfig?.DefaultCacheBehavior?.ForwardedValues?.QueryStringCacheKeys?.Items).toEqual(['d']);
  const again = await setup({});
  expect(again).toMatchObject({ status: 0, asked: [], writes: [] });
});

test('no to what becomes readable: nothing is written', async () => {
  const { status, asked, writes, stderr } = await setup({ [KEY]: true, [READ]: false });
  expect(asked).toEqual([KEY, READ]);
  expect(writes).toEqual([]);
  expect(status).toBe(5);
  expect(stderr).toContain('(DECLINED)');
});

test('no to the cache key: nothing is written, and why there is no going on without it', async () => {
  const { status, asked, writes, stderr } = await setup({ [KEY]: false });
  expect(asked).toEqual([KEY]);
  expect(writes).toEqual([]);
  expect(status).toBe(5);
  expect(stderr).toContain('setup cannot go on');
  expect(stderr).toContain('leave --distribution out');
});

test('no to the whole: nothing is written', async () => {
  const { writes, status } = await setup({ [KEY]: true, [READ]: true, [ALL]: false });
  expect(writes).toEqual([]);
  expect(status).toBe(5);
});

test('--yes agrees to all of it, and the plan names each', async () => {
  const argv = ['setup', '--bucket', bucket, '--distribution', distribution, '--endpoint-url', aws.aws, '--yes'];
  const { status, stderr } = await runInProcess(argv, { cwd, env: ENV });
  expect(status).toBe(0);
  expect(stderr).toContain(KEY);
  expect(stderr).toContain(READ);
});
