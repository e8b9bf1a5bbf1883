/**
 * The handler's signed read is what every picture depends on: the very zip of `deploy`, with one byte of its signer
 * changed, must no longer resize, because the local AWS recomputes every signature.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFrontClient, GetDistributionConfigCommand, UpdateDistributionCommand } from '@aws-sdk/client-cloudfront';
import { LambdaClient, PublishVersionCommand, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeBundle } from '../../src/bundle/index.ts';
import { settingsFrom } from '../../src/bundle/settings.ts';
import { IMAGES, ROOT } from '../builders/cli.ts';
import { defaultsOf } from '../builders/config.ts';
import { type Session, startSession, view } from './session.ts';

let session: Session;
let distribution: string;
let broken: string;

beforeAll(async () => {
  session = await startSession();
  await session.ok('setup', '--bucket', 'signed', '--region', 'eu-west-1', '--upload', IMAGES, '--yes');
  await session.ok('deploy', '--yes');
  distribution = (
    JSON.parse(readFileSync(join(session.home, 'edge-resize.config.json'), 'utf8')) as { distribution: string }
  ).distribution;
  broken = mkdtempSync(join(tmpdir(), 'edge-resize-broken-'));
}, 120_000);

afterAll(async () => {
  await session.end();
  rmSync(broken, { recursive: true, force: true });
});

/** Publishes a bundle under the deployed function and puts it on the distribution, as deploy would. */
async function publish(handlerDir: string): Promise<void> {
  const settings = {
    endpoint: session.dev.aws,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const lambda = new LambdaClient(settings);
  const cloudfront = new CloudFrontClient(settings);
  const config = defaultsOf({ name: 'signed', bucket: 'signed', region: 'eu-west-1' });
  const bundle = await makeBundle({ handlerDir, packageRoot: ROOT, settings: settingsFrom(config) });
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'edge-resize-signed', ZipFile: bundle.zip }));
  const { FunctionArn } = await lambda.send(new PublishVersionCommand({ FunctionName: 'edge-resize-signed' }));
  const { DistributionConfig, ETag } = await cloudfront.send(new GetDistributionConfigCommand({ Id: distribution }));
  const association = DistributionConfig?.DefaultCacheBehavior?.LambdaFunctionAssociations?.Items?.[0];
  if (!association) throw new Error('deploy left no association');
  association.LambdaFunctionARN = FunctionArn;
  await cloudfront.send(new UpdateDistributionCommand({ Id: distribution, IfMatch: ETag, DistributionConfig }));
}

test('the deployed signer is accepted', async () => {
  expect((await view(session, '/rocket.jpg?d=90x90')).note).toContain('w=90');
});

test.each([
  ['the algorithm', 'AWS4-HMAC-SHA256', 'AWS4-HMAC-SHA257'],
  ["the key's first prefix", '"AWS4"', '"AWS5"'],
  ['the terminator', '"aws4_request"', '"aws4_requesu"'],
])('one byte of %s changed: refused, and the original comes', async (_what, from, to) => {
  cpSync(join(ROOT, 'dist/handler'), broken, { recursive: true });
  const file = join(broken, 'index.js');
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replaceAll(from, to));
  await publish(broken);
  const answer = await view(session, `/rocket.jpg?d=91x${to.length + 50}`);
  expect(answer.note).toMatch(/^original;why=s3-40[03]/);
  expect(answer.body.equals(readFileSync(join(IMAGES, 'rocket.jpg')))).toBe(true);
});
