/** A second run of setup and deploy makes no write call: asserted from the local AWS's own log of requests. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clearRequestLog, IMAGES, requestLog } from '../builders/cli.ts';
import { type Session, startSession, view } from './session.ts';

let session: Session;

beforeAll(async () => {
  session = await startSession({ keep: true, delays: 'role=400,deploy=300,lambda=150,invalidation=100,replica=0' });
}, 60_000);

afterAll(() => session.end());

async function writesOf(...args: string[]) {
  await clearRequestLog(session.dev.aws);
  const result = await session.ok(...args);
  const log = await requestLog(session.dev.aws);
  expect(log.length).toBeGreaterThan(0);
  return {
    writes: log.filter((request) => request.write).map((request) => `${request.service}:${request.operation}`),
    result,
  };
}

test('--dry-run writes nothing, and neither does a run that nobody confirmed (status 5)', async () => {
  const setup = ['setup', '--bucket', 'twice', '--region', 'ap-northeast-2', '--upload', IMAGES];
  expect((await writesOf(...setup, '--dry-run')).writes).toEqual([]);
  await clearRequestLog(session.dev.aws);
  const unconfirmed = await session.cli(...setup);
  expect(unconfirmed.status).toBe(5);
  expect(unconfirmed.stderr).toContain('CONFIRM_REQUIRED');
  expect(unconfirmed.stderr).toContain('--yes');
  expect((await requestLog(session.dev.aws)).filter((request) => request.write)).toEqual([]);
});

test('setup and deploy write once and then never again', async () => {
  const setup = ['setup', '--bucket', 'twice', '--region', 'ap-northeast-2', '--upload', IMAGES, '--yes'];
  expect((await writesOf(...setup)).writes).toEqual(
    expect.arrayContaining(['s3:CreateBucket', 's3:PutBucketPolicy', 'iam:CreateRole']),
  );
  expect((await writesOf('deploy', '--yes')).writes).toEqual(
    expect.arrayContaining(['lambda:CreateFunction', 'cloudfront:UpdateDistribution']),
  );
  expect((await view(session, '/rocket.jpg?d=64x64', 'ap-northeast-2')).note).toContain('w=64');

  expect((await writesOf(...setup)).writes).toEqual([]);
  const second = await writesOf('deploy', '--yes');
  expect(second.writes).toEqual([]);
  expect(second.result.stdout + second.result.stderr).toMatch(/nothing to do/i);
});

test('nor after a restart of the local AWS on other ports, with the same --data', async () => {
  await session.restart();
  const setup = ['setup', '--bucket', 'twice', '--region', 'ap-northeast-2', '--upload', IMAGES, '--yes'];
  expect((await writesOf(...setup)).writes).toEqual([]);
  expect((await writesOf('deploy', '--yes')).writes).toEqual([]);
  expect((await view(session, '/rocket.jpg?d=64x64', 'ap-northeast-2')).note).toContain('w=64');
});

test('a changed setting makes a new version, and only that', async () => {
  const file = join(session.home, 'edge-resize.config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify({ ...config, resize: { fallbackTtlSeconds: 20 } }));
  const { writes } = await writesOf('deploy', '--yes');
  expect(writes).toEqual(['lambda:UpdateFunctionCode', 'lambda:PublishVersion', 'cloudfront:UpdateDistribution']);
});

test('one that changes what URLs mean is published to the viewer function too', async () => {
  const file = join(session.home, 'edge-resize.config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify({ ...config, resize: { fallbackTtlSeconds: 20, quality: 60 } }));
  const { writes } = await writesOf('deploy', '--yes');
  expect(writes).toEqual([
    'lambda:UpdateFunctionCode',
    'lambda:PublishVersion',
    'cloudfront:UpdateFunction',
    'cloudfront:PublishFunction',
    'cloudfront:UpdateDistribution',
  ]);
});
