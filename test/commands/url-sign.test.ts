/** `url --sign` against the local AWS: no store, no key in it, somebody else's store, no permission. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateKeyValueStoreCommand } from '@aws-sdk/client-cloudfront';
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../builders/cli.ts';
import { runInProcess } from '../builders/io.ts';
import { startTestAws, type TestAws } from '../builders/local-aws.ts';

const folder = temporaryFolder();
const ADMINISTRATOR = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
let aws: TestAws;

beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(async () => {
  await aws.close();
  folder.remove();
});

async function sign(name: string, env: Record<string, string> = ADMINISTRATOR) {
  const config = { name, bucket: 'pics', url: { signed: true } };
  writeFileSync(join(folder.path, 'edge-resize.config.json'), JSON.stringify(config));
  const argv = ['url', '/c.jpg', '--size', '9x9', '--sign', '--endpoint-url', aws.aws];
  const { status, stdout, stderr } = await runInProcess(argv, { cwd: folder.path, env });
  expect(stdout).toBe('');
  return { status, said: stderr.replace(/\s+/g, ' ') };
}

async function makeStore(name: string, tags: Record<string, string>): Promise<void> {
  const Items = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  await aws.clients.cloudfront.send(
    new CreateKeyValueStoreCommand({ Name: `edge-resize-${name}`, ...(Items.length > 0 && { Tags: { Items } }) }),
  );
}

test('there is no store: what makes one', async () => {
  const { status, said } = await sign('nothing');
  expect(status).toBe(3);
  expect(said).toContain('nothing has no keys for signed URLs (NOT_SET_UP)');
  expect(said).toContain('edge-resize deploy');
});

test('there is no key in it', async () => {
  await makeStore('empty', { 'edge-resize:name': 'empty' });
  expect(await sign('empty')).toEqual({ status: 3, said: expect.stringContaining('(NOT_SET_UP)') });
});

test('the store is not ours', async () => {
  await makeStore('foreign', {});
  expect(await sign('foreign')).toEqual({ status: 1, said: expect.stringContaining('(FOREIGN_RESOURCE)') });
});

test('no permission: the statement to ask for', async () => {
  const { iam } = aws.clients;
  await iam.send(new CreateUserCommand({ UserName: 'reader' }));
  const PolicyDocument = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: 'sts:*', Resource: '*' }],
  });
  await iam.send(new PutUserPolicyCommand({ UserName: 'reader', PolicyName: 'p', PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'reader' }));
  const { status, said } = await sign('empty', {
    AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId ?? '',
    AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey ?? '',
  });
  expect(status).toBe(4);
  expect(said).toContain('(ACCESS_DENIED)');
  expect(said).toContain('"cloudfront:DescribeKeyValueStore"');
});
