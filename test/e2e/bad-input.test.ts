/** Whatever a user gets wrong: what happened (CODE), why, the command that fixes it, the exit status of its class. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanEnvironment, clearRequestLog, IMAGES, requestLog, runCli } from '../builders/cli.ts';
import { type Session, startSession } from './session.ts';

let session: Session;

beforeAll(async () => {
  session = await startSession();
}, 60_000);

afterAll(() => session.end());

interface Case {
  name: string;
  args: string[];
  status: number;
  code: string;
  config?: Record<string, unknown> | string;
  env?: Record<string, string>;
  says?: RegExp;
}

const CASES: Case[] = [
  { name: 'an unknown flag', args: ['deploy', '--yess'], status: 3, code: 'USAGE', says: /--yes/ },
  { name: 'an unknown command', args: ['deplyo'], status: 3, code: 'USAGE', says: /deploy/ },
  { name: 'no config', args: ['deploy'], status: 3, code: 'CONFIG_MISSING', says: /edge-resize setup --bucket/ },
  { name: 'setup without a bucket', args: ['setup'], status: 3, code: 'USAGE', says: /--bucket/ },
  {
    name: 'an unknown config key',
    args: ['deploy'],
    config: { name: 'x', bucket: 'some-bucket', functoin: {} },
    status: 3,
    code: 'CONFIG_INVALID',
    says: /function/,
  },
  {
    name: 'a wrong value',
    args: ['deploy'],
    config: { name: 'x', bucket: 'some-bucket', function: { memory: 1 } },
    status: 3,
    code: 'CONFIG_INVALID',
    says: /function\.memory/,
  },
  {
    name: 'config that is no JSON',
    args: ['deploy'],
    config: '{ "name": "x",, }',
    status: 3,
    code: 'CONFIG_UNREADABLE',
    says: /line 1/,
  },
  {
    name: 'deploy before setup',
    args: ['deploy', '--yes'],
    config: { name: 'x', bucket: 'not-set-up-yet' },
    status: 3,
    code: 'NOT_SET_UP',
    says: /edge-resize setup/,
  },
  {
    name: 'another account',
    args: ['deploy', '--yes'],
    config: { name: 'x', bucket: 'b-b-b', distribution: 'E1234567890ABC', account: '999999999999' },
    status: 4,
    code: 'ACCOUNT_MISMATCH',
    says: /000000000000/,
  },
  {
    name: 'a distribution that is not there',
    args: ['setup', '--bucket', 'bad-dist', '--distribution', 'E00000000000ZZ', '--yes'],
    status: 3,
    code: 'DISTRIBUTION_MISSING',
  },
  {
    name: 'wrong secret',
    args: ['setup', '--bucket', 'bad-secret', '--yes'],
    env: { AWS_SECRET_ACCESS_KEY: 'wrong' },
    status: 4,
    code: 'CREDENTIALS_INVALID',
  },
  {
    name: 'unknown key',
    args: ['setup', '--bucket', 'bad-key', '--yes'],
    env: { AWS_ACCESS_KEY_ID: 'AKIANOBODYKNOWSTHIS1' },
    status: 4,
    code: 'CREDENTIALS_INVALID',
  },
  {
    name: 'dead endpoint',
    args: ['setup', '--bucket', 'dead', '--yes', '--endpoint-url', 'http://127.0.0.1:9'],
    status: 1,
    code: 'ENDPOINT_UNREACHABLE',
    says: /127\.0\.0\.1:9/,
  },
  {
    name: 'a bucket name that cannot be',
    args: ['setup', '--bucket', 'Not_A_Bucket', '--yes'],
    status: 3,
    code: 'CONFIG_INVALID',
    says: /the flags have a fault .*\n.*bucket must be a bucket name.*not "Not_A_Bucket"\n.*setup --help/,
  },
  {
    name: 'an endpoint that is no address',
    args: ['deploy', '--endpoint-url', 'localhost:4566'],
    status: 3,
    code: 'USAGE',
    says: /http:\/\/127\.0\.0\.1:4566/,
  },
  {
    name: 'a config file that is not there',
    args: ['deploy', '--config', 'nowhere.json'],
    status: 3,
    code: 'CONFIG_MISSING',
    says: /nowhere\.json/,
  },
  {
    name: 'a profile that is not there',
    args: ['deploy', '--profile', 'nobody'],
    config: { name: 'x', bucket: 'b-b-b', distribution: 'E1234567890ABC' },
    status: 4,
    code: 'CREDENTIALS_MISSING',
    says: /nobody/,
  },
  {
    name: 'nothing to invalidate',
    args: ['invalidate', '--yes'],
    status: 3,
    code: 'USAGE',
    says: /--all/,
  },
  {
    name: 'a path with a star in the middle',
    args: ['invalidate', '/photos/*.jpg', '--yes'],
    status: 3,
    code: 'INVALID_PATH',
    says: /last character/,
  },
  {
    name: 'a since that is no time',
    args: ['logs', '--since', 'yesterday'],
    config: { name: 'x', bucket: 'b-b-b', distribution: 'E1234567890ABC' },
    status: 3,
    code: 'USAGE',
    says: /--since 10m/,
  },
  {
    name: 'logs of an endpoint that is dead',
    args: ['logs', '--endpoint-url', 'http://127.0.0.1:9'],
    config: { name: 'x', bucket: 'b-b-b', distribution: 'E1234567890ABC' },
    status: 1,
    code: 'ENDPOINT_UNREACHABLE',
    says: /127\.0\.0\.1:9 does not answer/,
  },
  {
    name: 'delays that are none',
    args: ['dev', '--delays', 'role=soon'],
    status: 3,
    code: 'USAGE',
    says: /role=soon/,
  },
  {
    name: 'a size that does not parse',
    args: ['invalidate', '/a.jpg', '--size', '10by10'],
    config: { name: 'x', bucket: 'b-b-b', distribution: 'E1234567890ABC' },
    status: 3,
    code: 'INVALID_SIZE',
    says: /100x100/,
  },
  {
    name: 'an unknown region',
    args: ['logs', '--region', 'mars-north-1'],
    config: { name: 'x', bucket: 'b-b-b', distribution: 'E1234567890ABC' },
    status: 3,
    code: 'REGION_UNKNOWN',
  },
  {
    name: 'images that are not there',
    args: ['setup', '--bucket', 'no-images', '--upload', 'nowhere', '--yes'],
    status: 3,
    code: 'IMAGES_MISSING',
    says: /nowhere/,
  },
];

function folderOf(one: Case): string {
  const folder = join(session.home, one.name.replaceAll(' ', '-'));
  mkdirSync(folder, { recursive: true });
  if (one.config) {
    const text = typeof one.config === 'string' ? one.config : JSON.stringify(one.config);
    writeFileSync(join(folder, 'edge-resize.config.json'), text);
  }
  return folder;
}

describe('a clear error, and nothing written', () => {
  test.each(CASES)('$name', async (one) => {
    const cwd = folderOf(one);
    await clearRequestLog(session.dev.aws);
    const result = await runCli(one.args, { cwd, env: { ...session.env, ...one.env } });
    expect(result.stderr).toContain(`(${one.code})`);
    expect(result.stderr).toMatch(/\bfix:/);
    if (one.says) expect(result.stderr).toMatch(one.says);
    expect(result.stderr).not.toMatch(/\n\s+at /);
    expect(result.stdout).toBe('');
    expect(result.status).toBe(one.status);
    expect((await requestLog(session.dev.aws)).filter((request) => request.write && request.status < 400)).toEqual([]);
  });

  test('with --json the error is a document on stdout', async () => {
    const result = await runCli(['deploy', '--json'], {
      cwd: folderOf({ name: 'json', args: [], status: 3, code: '' }),
      env: session.env,
    });
    expect(JSON.parse(result.stdout)).toMatchObject({ formatVersion: 1, error: { code: 'CONFIG_MISSING' } });
    expect(result.status).toBe(3);
  });

  test('no credentials at all', async () => {
    const env = cleanEnvironment(session.home, { AWS_ENDPOINT_URL: session.dev.aws });
    const result = await runCli(['setup', '--bucket', 'nobody', '--yes'], { cwd: session.home, env });
    expect(result.stderr).toContain('(CREDENTIALS_MISSING)');
    expect(result.status).toBe(4);
  });

  test("no library's warning reaches the terminal", async () => {
    const result = await session.ok(
      'setup',
      '--bucket',
      'quiet-terminal',
      '--upload',
      IMAGES,
      '--yes',
      '--name',
      'quiet',
    );
    expect(result.stderr).not.toMatch(/Warning|node:\d+|a\.co\//);
  });
});

test('a bucket in another region is named, not guessed', async () => {
  await session.ok('setup', '--bucket', 'far-away', '--region', 'ap-northeast-2', '--name', 'far', '--yes');
  const cwd = folderOf({ name: 'elsewhere', args: [], status: 0, code: '' });
  const result = await runCli(['setup', '--bucket', 'far-away', '--region', 'eu-west-1', '--name', 'far', '--yes'], {
    cwd,
    env: session.env,
  });
  expect(result.stderr).toContain('(BUCKET_REGION)');
  expect(result.stderr).toContain('ap-northeast-2');
  expect(result.status).toBe(3);
});
