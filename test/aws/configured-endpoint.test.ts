/** Which endpoint a service has, from flag, environment and profile; and that the real SDK goes there. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { configuredEndpoints } from '../../src/aws/configured-endpoint.ts';
import { createAwsPorts } from '../../src/aws/index.ts';
import { startTestAws, type TestAws } from '../builders/local-aws.ts';

const folder = mkdtempSync(join(tmpdir(), 'edge-resize-profile-'));
const files = {
  AWS_CONFIG_FILE: join(folder, 'config'),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
};
let aws: TestAws;

beforeAll(async () => {
  aws = await startTestAws();
  const { port } = new URL(aws.aws);
  writeFileSync(
    files.AWS_CONFIG_FILE,
    [
      '[profile local]',
      // A host by name: the SDK would put the bucket's name before it.
      `endpoint_url = http://localhost:${port}`,
      '[profile split]',
      'services = here',
      'endpoint_url = http://all',
      '[profile deaf]',
      'ignore_configured_endpoint_urls = true',
      'endpoint_url = http://all',
      '[profile broken]',
      'services = nowhere',
      '[services here]',
      's3 =',
      '  endpoint_url = http://s3',
      'cloudwatch_logs =',
      '  endpoint_url = http://logs',
      '',
    ].join('\n'),
  );
  writeFileSync(files.AWS_SHARED_CREDENTIALS_FILE, '[local]\naws_access_key_id = test\naws_secret_access_key = test\n');
  // The SDK's search for credentials reads the process's own environment.
  for (const [name, value] of Object.entries(files)) vi.stubEnv(name, value);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await aws.close();
  rmSync(folder, { recursive: true });
});

describe('the endpoint of a service', () => {
  const of = (profile: string | undefined, env: Record<string, string> = {}, endpointUrl?: string) =>
    configuredEndpoints({ profile, env: { ...files, ...env }, endpointUrl });

  test('flag, the variable of the service, AWS_ENDPOINT_URL, section of services, profile', async () => {
    const both = { AWS_ENDPOINT_URL: 'http://global', AWS_ENDPOINT_URL_S3: 'http://own' };
    expect(await of('split', both, 'http://flag')('s3')).toBe('http://flag');
    expect(await of('split', both)('s3')).toBe('http://own');
    expect(await of('split', both)('iam')).toBe('http://global');
    expect(await of('split')('s3')).toBe('http://s3');
    expect(await of('split')('cloudwatch_logs')).toBe('http://logs');
    expect(await of('split')('iam')).toBe('http://all');
    expect(await of(undefined, { AWS_PROFILE: 'split' })('iam')).toBe('http://all');
    expect(await of(undefined)('iam')).toBeUndefined();
  });

  test('what is configured is ignored on demand, a flag is not', async () => {
    const ignore = { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true', AWS_ENDPOINT_URL: 'http://global' };
    expect(await of('split', ignore)('s3')).toBeUndefined();
    expect(await of('split', ignore, 'http://flag')('s3')).toBe('http://flag');
    expect(await of('deaf', { AWS_ENDPOINT_URL: 'http://global' })('iam')).toBeUndefined();
    expect(await of('deaf', { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false' })('iam')).toBe('http://all');
    expect(await of('split', { ...ignore, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'True' })('iam')).toBe('http://global');
  });

  test('a section of services that is not there is named', async () => {
    await expect(of('broken')('iam')).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringContaining('nowhere'),
    });
  });
});

test('--profile with an endpoint_url: every service of the SDK goes there, S3 with the bucket in the path', async () => {
  const ports = createAwsPorts({ profile: 'local', env: files });
  expect((await (await ports.identity()).whoAmI()).account).toBe('000000000000');
  const s3 = await ports.s3('us-east-1');
  await s3.createBucket('by-profile');
  expect(await s3.locate('by-profile', '000000000000')).toEqual({ region: 'us-east-1', owner: 'ours' });
  expect(new URL((await ports.endpointUrl()) ?? '').port).toBe(new URL(aws.aws).port);
});
