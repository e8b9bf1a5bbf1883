/** setup and deploy in this process, by the real SDK against the local AWS: what is asked, shown, written, and left alone. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Assets } from '../../src/context.ts';
import { clearRequestLog, requestLog } from '../builders/cli.ts';
import { runInProcess } from '../builders/io.ts';
import { startTestAws, type TestAws } from '../builders/local-aws.ts';
import { buildHandler, PACKAGE_ROOT } from '../bundle/built-handler.ts';
import { buildViewerFolder } from '../bundle/built-viewer.ts';

let aws: TestAws;
let assets: Assets;
let cwd: string;
let serial = 0;
let bucket: string;

beforeAll(async () => {
  aws = await startTestAws();
  const [handlerDir, viewerDir] = await Promise.all([buildHandler(), buildViewerFolder()]);
  assets = { handlerDir, viewerDir, packageRoot: PACKAGE_ROOT, runtimeChild: '', version: '0.0.0' };
});

afterAll(async () => {
  await aws.close();
  for (const folder of [assets.handlerDir, assets.viewerDir]) rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'edge-resize-commands-'));
  serial += 1;
  bucket = `bucket-${serial}`;
});

afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const run = (...argv: string[]) => {
  const env = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  return runInProcess([...argv, '--endpoint-url', aws.aws], { cwd, env }, { assets });
};

async function ok(...argv: string[]) {
  const result = await run(...argv);
  expect(result.status, result.stderr).toBe(0);
  return result;
}

async function writesDuring(work: () => Promise<unknown>): Promise<string[]> {
  await clearRequestLog(aws.aws);
  await work();
  return (await requestLog(aws.aws)).filter(({ write }) => write).map((one) => `${one.service}:${one.operation}`);
}

const configFile = () => join(cwd, 'edge-resize.config.json');
const config = () => JSON.parse(readFileSync(configFile(), 'utf8')) as Record<string, unknown>;

describe('setup', () => {
  test('--dry-run shows the plan as the result and touches nothing, on AWS or here', async () => {
    const writes = await writesDuring(async () => {
      const { stdout } = await ok('setup', '--bucket', bucket, '--dry-run');
      expect(stdout).toContain(`setup ${bucket} · account 000000000000 · a new distribution`);
      expect(stdout).toContain('s3:GetObject');
    });
    expect(writes).toEqual([]);
    expect(() => readFileSync(configFile())).toThrow();
  });

  test('nobody to ask: status 5, nothing written, the command to repeat', async () => {
    const writes = await writesDuring(async () => {
      const { status, stderr, stdout } = await run('setup', '--bucket', bucket, '--region', 'eu-west-1');
      expect(status).toBe(5);
      expect(stderr).toContain(
        `edge-resize setup --bucket ${bucket} --region eu-west-1 --endpoint-url ${aws.aws} --yes`,
      );
      expect(stdout).toBe('');
    });
    expect(writes).toEqual([]);
  });

  test('--json: the plan, what was applied and the result, once', async () => {
    const dry = JSON.parse((await ok('setup', '--bucket', bucket, '--json', '--dry-run')).stdout);
    expect(dry).toMatchObject({ formatVersion: 1, command: 'setup', applied: [], result: null });
    const done = JSON.parse((await ok('setup', '--bucket', bucket, '--json', '--yes')).stdout);
    expect(done.applied).toEqual(dry.plan.steps.map((step: { id: string }) => step.id));
    expect(done.result.distribution).toBe(config().distribution);
    const again = JSON.parse((await ok('setup', '--bucket', bucket, '--json')).stdout);
    expect(again).toMatchObject({ applied: [], plan: { steps: [] }, result: done.result });
  });

  test('what it writes down is enough for the next command, and a second run needs no consent', async () => {
    const made = await ok('setup', '--bucket', bucket, '--region', 'eu-west-1', '--name', `n-${serial}`, '--yes');
    expect(made.stdout).toMatch(/^Set up: n-\d+ on distribution E\w+ \(http:\S+\)\n$/);
    expect(config()).toMatchObject({ name: `n-${serial}`, bucket, region: 'eu-west-1', account: '000000000000' });
    expect(await writesDuring(() => ok('setup'))).toEqual([]);
    expect((await requestLog(aws.aws)).length).toBeLessThanOrEqual(13);
    const again = await ok('setup');
    expect(again).toMatchObject({ stdout: made.stdout, stderr: expect.stringMatching(/nothing to do/i) });
    expect(await writesDuring(() => ok('setup', '--bucket', bucket))).toEqual([]);
  });

  test('a config without a distribution is completed; what else it says stays', async () => {
    writeFileSync(configFile(), JSON.stringify({ bucket, name: `c-${serial}`, resize: { quality: 70 } }));
    await ok('setup', '--yes');
    expect(config()).toMatchObject({ bucket, resize: { quality: 70 }, region: 'us-east-1' });
    expect(config().distribution).toMatch(/^E/);
    expect(await writesDuring(() => ok('setup'))).toEqual([]);
  });

  test('flags that name another bucket leave the config file out of it', async () => {
    await ok('setup', '--bucket', bucket, '--yes');
    const before = config();
    await ok('setup', '--bucket', `${bucket}-other`, '--yes');
    expect(config()).toEqual(before);
  });

  test('the policy that was there is saved beside the config before it is replaced', async () => {
    const s3 = aws.clientsFor(aws.credentials).s3;
    const { CreateBucketCommand, PutBucketPolicyCommand } = await import('@aws-sdk/client-s3');
    await s3.send(new CreateBucketCommand({ Bucket: bucket }));
    const policy = `{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::${bucket}/*"}]}`;
    await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: policy }));
    const { stderr } = await ok('setup', '--bucket', bucket, '--yes');
    const saved = /saved as (\S+\.json)/.exec(stderr)?.[1] ?? '';
    expect(readFileSync(saved, 'utf8')).toBe(`${policy}\n`);
    expect(saved).toContain(join(cwd, '.edge-resize/backups'));
    const lines = readFileSync(join(cwd, '.edge-resize/journal.ndjson'), 'utf8').trim().split('\n');
    const phases = lines.map((line) => (JSON.parse(line) as { phase: string }).phase);
    expect(phases.filter((phase) => phase === 'begin').length).toBe(phases.length / 2);
  });

  test('--upload puts the images, with their content types; hidden files and what is no image stay out', async () => {
    const folder = join(cwd, 'images');
    mkdirSync(join(folder, '.edge-resize'), { recursive: true });
    mkdirSync(join(folder, '사진 1'));
    writeFileSync(join(folder, '.edge-resize/journal.ndjson'), 'private');
    writeFileSync(join(folder, '사진 1', 'a+b.png'), 'x');
    writeFileSync(join(folder, 'notes.txt'), 'private');
    writeFileSync(join(folder, 'backup'), 'private');
    symlinkSync('/etc/hostname', join(folder, 'outside.png'));
    const { stderr } = await ok('setup', '--bucket', bucket, '--upload', 'images', '--yes');
    expect(stderr.replace(/\s+/g, ' ')).toContain(
      ' 1 image, 1 byte; left out: 2 other files, 1 hidden, 1 symbolic link ',
    );
    const { HeadObjectCommand, ListObjectsV2Command } = await import('@aws-sdk/client-s3');
    const { Contents } = await aws.clients.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(['사진 1/a+b.png']);
    const head = await aws.clients.s3.send(new HeadObjectCommand({ Bucket: bucket, Key: '사진 1/a+b.png' }));
    expect(head.ContentType).toBe('image/png');
    expect(await writesDuring(() => ok('setup', '--upload', 'images'))).toEqual([]);
  });

  test.each([
    [['--upload', 'nowhere'], 'IMAGES_MISSING'],
    [['--upload', '.'], 'IMAGES_MISSING'],
    [['--distribution', 'E00000000000ZZ'], 'DISTRIBUTION_MISSING'],
  ])('%j: %s, and nothing written', async (flags, code) => {
    const writes = await writesDuring(async () => {
      const { status, stderr } = await run('setup', '--bucket', bucket, '--yes', ...flags);
      expect(stderr).toContain(`(${code})`);
      expect(status).toBe(3);
    });
    expect(writes).toEqual([]);
  });

  test('another region than the one the bucket is in is an error that names it', async () => {
    await ok('setup', '--bucket', bucket, '--region', 'ap-northeast-2', '--yes');
    rmSync(configFile());
    const { stderr, status } = await run('setup', '--bucket', bucket, '--region', 'eu-west-1', '--yes');
    expect(stderr).toMatch(/ap-northeast-2.*\(BUCKET_REGION\)/);
    expect(status).toBe(3);
    // Without a word about the region it is the bucket's own.
    await ok('setup', '--bucket', bucket, '--yes');
    expect(config().region).toBe('ap-northeast-2');
  });

  test('another account than the config names: no write', async () => {
    writeFileSync(configFile(), JSON.stringify({ bucket, account: '999999999999' }));
    const writes = await writesDuring(async () => {
      expect((await run('setup', '--yes')).stderr).toContain('(ACCOUNT_MISMATCH)');
      expect((await run('deploy', '--yes')).stderr).toContain('(ACCOUNT_MISMATCH)');
    });
    expect(writes).toEqual([]);
  });
});

describe('deploy', () => {
  test('dry, refused, done, and nothing to do; the URL is that of the local CDN', async () => {
    await ok('setup', '--bucket', bucket, '--yes');
    const writes = await writesDuring(async () => {
      expect((await ok('deploy', '--dry-run')).stdout).toContain('origin-response: the new version');
      expect((await run('deploy')).status).toBe(5);
    });
    expect(writes).toEqual([]);
    const done = await ok('deploy', '--yes');
    // Other tests' distributions are there too, so this one is shown under a host name of its own.
    const { host, port } = new URL(
      aws.cdn.replace('127.0.0.1', `${String(config().distribution).toLowerCase()}.localhost`),
    );
    expect(done.stderr).toMatch(/ ✔ packaged the function: \d+(\.\d)? MB, loads on Node\.js [\d.]+/);
    expect(done.stdout).toBe(`http://${host}/image.jpg?d=100x100\n`);
    const answer = await new Promise<number | undefined>((seen) => {
      get({ port, path: '/image.jpg?d=100x100', headers: { host } }, ({ statusCode }) => seen(statusCode));
    });
    expect(answer).toBe(404);
    const again = await writesDuring(async () => {
      const { stderr, stdout } = await ok('deploy');
      expect(stderr).toMatch(/nothing to do/i);
      expect(stdout).toBe(done.stdout);
    });
    expect(again).toEqual([]);
    // One of each, none twice: it is run in every pipeline. A viewer function has two stages.
    const calls = (await requestLog(aws.aws)).map(({ service, operation }) => `${service}:${operation}`);
    expect(calls.toSorted()).toEqual([
      'cloudfront:DescribeFunction',
      'cloudfront:DescribeFunction',
      'cloudfront:GetCachePolicy',
      'cloudfront:GetDistribution',
      'cloudfront:GetFunction',
      'cloudfront:GetFunction',
      'cloudfront:ListTagsForResource',
      'iam:GetRole',
      'lambda:GetFunction',
      'lambda:ListVersionsByFunction',
      's3:HeadBucket',
      's3:ListObjectsV2',
      'sts:GetCallerIdentity',
    ]);
  });

  test('a distribution that the config does not name is found by the role', async () => {
    await ok('setup', '--bucket', bucket, '--yes');
    const { distribution, ...rest } = config();
    writeFileSync(configFile(), JSON.stringify(rest));
    expect((await ok('deploy', '--dry-run')).stdout).toContain(`distribution ${String(distribution)}`);
  });

  test('a region in the config that is not that of the bucket would break every read: BUCKET_REGION', async () => {
    await ok('setup', '--bucket', bucket, '--region', 'eu-west-1', '--yes');
    writeFileSync(configFile(), JSON.stringify({ ...config(), region: 'us-east-1' }));
    const { stderr, status } = await run('deploy', '--yes');
    expect(stderr).toContain('set "region": "eu-west-1"');
    expect(status).toBe(3);
  });
});
