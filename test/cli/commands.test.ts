/** `logs` and `invalidate` in this process, against the local AWS over HTTP. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateDistributionCommand, ListInvalidationsCommand } from '@aws-sdk/client-cloudfront';
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../builders/cli.ts';
import { runInProcess } from '../builders/io.ts';
import { startTestAws, type TestAws } from '../builders/local-aws.ts';

const GROUP = '/aws/lambda/us-east-1.edge-resize-pics';
const A = '8f5d8b1c-0000-4000-8000-00000000000a';
const B = '8f5d8b1c-0000-4000-8000-00000000000b';
const folder = temporaryFolder();
const env = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
let aws: TestAws;
let distribution: string;
let cfGroup: string;

beforeAll(async () => {
  aws = await startTestAws();
  await aws.clients.s3.send(new CreateBucketCommand({ Bucket: 'pics-bucket' }));
  for (const Key of ['cat.jpg', 'dog 1.png', 'notes.txt', 'trip/사진.webp']) {
    await aws.clients.s3.send(new PutObjectCommand({ Bucket: 'pics-bucket', Key, Body: 'x' }));
  }
  distribution = await makeDistribution();
  cfGroup = `/aws/cloudfront/LambdaEdge/${distribution}`;
  writeConfig({});
}, 60_000);

afterAll(async () => {
  await aws.close();
  folder.remove();
});

function writeConfig(more: Record<string, unknown>): void {
  const config = { name: 'pics', bucket: 'pics-bucket', distribution, ...more };
  writeFileSync(join(folder.path, 'edge-resize.config.json'), JSON.stringify(config));
}

async function makeDistribution(originPath = ''): Promise<string> {
  const origin = {
    Id: 'o',
    OriginPath: originPath,
    DomainName: 'pics-bucket.s3.us-east-1.amazonaws.com',
    S3OriginConfig: { OriginAccessIdentity: '' },
  };
  const { Distribution } = await aws.clients.cloudfront.send(
    new CreateDistributionCommand({
      DistributionConfig: {
        CallerReference: `test${originPath}`,
        Comment: '',
        Enabled: true,
        Origins: { Quantity: 1, Items: [origin] },
        DefaultCacheBehavior: {
          TargetOriginId: 'o',
          ViewerProtocolPolicy: 'allow-all',
          MinTTL: 0,
          ForwardedValues: { QueryString: true, Cookies: { Forward: 'none' } },
        },
      },
    }),
  );
  return Distribution?.Id ?? '';
}

const run = (argv: string[], signal?: AbortSignal) =>
  runInProcess([...argv, '--endpoint-url', aws.aws], { cwd: folder.path, env, signal });

/** The environment of a new user who may do what the policy says. */
async function userWith(policy: unknown): Promise<Record<string, string>> {
  const { iam } = aws.clients;
  await iam.send(new CreateUserCommand({ UserName: 'reader' }));
  const PolicyDocument = JSON.stringify(policy);
  await iam.send(new PutUserPolicyCommand({ UserName: 'reader', PolicyName: 'p', PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'reader' }));
  return { AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId ?? '', AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey ?? '' };
}

async function invalidated(): Promise<number> {
  const { InvalidationList } = await aws.clients.cloudfront.send(
    new ListInvalidationsCommand({ DistributionId: distribution }),
  );
  return InvalidationList?.Items?.length ?? 0;
}

function putRequest(region: string, id: string, at: number, key: string): void {
  const record = { edgeResize: 1, key, d: '77x77', w: 77, h: 77, fmt: 'jpeg', bytes: 1_245, ms: 20 };
  aws.world.logs.put(region, GROUP, '2026/11/22/s', [
    { timestamp: at, message: `START RequestId: ${id} Version: 1\n` },
    { timestamp: at + 1, message: `2026-11-22T10:00:00.000Z\t${id}\tINFO\t${JSON.stringify(record)}\n` },
    {
      timestamp: at + 2,
      message: `REPORT RequestId: ${id}\tDuration: 21.5 ms\tBilled Duration: 22 ms\tMemory Size: 1024 MB\tMax Memory Used: 76 MB\t\n`,
    },
  ]);
}

describe('logs', () => {
  test('nothing there: says where it looked, and that is no failure', async () => {
    const { status, stdout, stderr } = await run(['logs']);
    expect([status, stdout]).toEqual([0, '']);
    expect(stderr).toContain(GROUP);
    expect(stderr).toContain(cfGroup);
    expect(stderr).toContain('sa-east-1');
  });

  test('two regions and both groups in time order; one region alone; a filter; the stored events', async () => {
    const now = Date.now() - 60_000;
    putRequest('eu-west-1', A, now + 20, 'cat.jpg');
    putRequest('ap-northeast-2', B, now, 'trip/사진.webp');
    aws.world.logs.put('eu-west-1', cfGroup, 's', [{ timestamp: now + 30, message: 'failed validation: too big' }]);
    const all = await run(['logs']);
    expect(all.stdout.split('\n').map((line) => line.slice(25))).toEqual([
      'ap-northeast-2 jpeg     77x77      1.2 kB   22 ms      /trip/사진.webp',
      'eu-west-1      jpeg     77x77      1.2 kB   22 ms      /cat.jpg',
      'eu-west-1      refused  failed validation: too big',
      '',
    ]);
    expect(all.stderr).toContain('+ ap-northeast-2 (3 lines) · + eu-west-1 (4 lines) · nothing in 11 regions');
    expect((await run(['logs', '--region', 'eu-west-1'])).stdout).not.toContain('ap-northeast-2');
    expect((await run(['logs', '--filter', 'cat.jpg'])).stdout.trim().split('\n')).toHaveLength(1);
    expect((await run(['logs', '--since', '5s'])).stdout).toBe('');
    const { stdout } = await run(['logs', '--json', '--filter', A]);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events).toHaveLength(3);
    expect(events[0]).toMatchObject({
      region: 'eu-west-1',
      group: GROUP,
      message: `START RequestId: ${A} Version: 1\n`,
    });
  });

  test('regions that may not be read are left out by name, the others are shown', async () => {
    const Action = 'logs:FilterLogEvents';
    const only = {
      Statement: [{ Effect: 'Allow', Action, Resource: 'arn:aws:logs:eu-west-1:*:*' }],
      Version: '2012-10-17',
    };
    const env = await userWith(only);
    const regions = ['logs', '--region', 'eu-west-1,ap-northeast-2', '--endpoint-url', aws.aws];
    const { status, stdout, stderr } = await runInProcess(regions, { cwd: folder.path, env });
    expect(status).toBe(0);
    expect(stdout).toContain('/cat.jpg');
    expect(stdout).not.toContain('ap-northeast-2');
    expect(stderr).toMatch(/! ap-northeast-2 is left out: .*not allowed/);
    expect(stderr).not.toContain('! eu-west-1');
    const none = await runInProcess(['logs', '--region', 'ap-northeast-2', '--endpoint-url', aws.aws], {
      cwd: folder.path,
      env,
    });
    expect([none.status, none.stderr.includes('(ACCESS_DENIED)')]).toEqual([4, true]);
  });

  test('--follow shows what comes, once, from a region it knows; the signal is its normal end', async () => {
    const stop = new AbortController();
    const running = run(['logs', '--follow', '--since', '1s', '--region', 'eu-west-1'], stop.signal);
    const id = '8f5d8b1c-0000-4000-8000-00000000000c';
    setTimeout(() => putRequest('eu-west-1', id, Date.now(), 'late.jpg'), 1_000);
    setTimeout(() => stop.abort(), 6_500);
    const { status, stdout } = await running;
    expect(status).toBe(0);
    expect(stdout.match(/late\.jpg/g)).toHaveLength(1);
  });

  test('keys that nobody knows are wrong keys, not thirteen regions that are not enabled', async () => {
    const nobody = { AWS_ACCESS_KEY_ID: 'AKIANOBODYKNOWSTHIS1', AWS_SECRET_ACCESS_KEY: 'x' };
    const { status, stderr } = await runInProcess(['logs', '--endpoint-url', aws.aws], {
      cwd: folder.path,
      env: nobody,
    });
    expect(status).toBe(4);
    expect(stderr).toContain('(CREDENTIALS_INVALID)');
  });
});

describe('invalidate', () => {
  test('nobody to ask and no --yes: status 5, the command to repeat, nothing written', async () => {
    const before = await invalidated();
    const { status, stderr, stdout } = await run(['invalidate', '/dog 1.png', '--size', '10x10', '--wait']);
    expect([status, stdout]).toEqual([5, '']);
    expect(stderr).toMatch(/fix: {2}edge-resize invalidate '\/dog 1\.png' --size 10x10 --wait .*--yes\n/);
    expect(await invalidated()).toBe(before);
  });

  test('one size of one image: its exact path, done before it returns with --wait', async () => {
    const before = await invalidated();
    const { status, stdout } = await run(['invalidate', 'dog 1.png', '--size', '10x10', '--wait', '--yes', '--json']);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      formatVersion: 1,
      command: 'invalidate',
      plan: { distribution, paths: ['/dog%201.png?d=10x10'], price: { least: 0, most: 0.005 } },
      applied: true,
      invalidations: [{ status: 'Completed' }],
    });
    expect(await invalidated()).toBe(before + 1);
  });

  test('sizes without a path: every image of the bucket, no other file', async () => {
    const before = await invalidated();
    const { stdout } = await run(['invalidate', '--size', '10x10', '20x20', '--dry-run', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      applied: false,
      plan: {
        paths: [
          '/cat.jpg?d=10x10',
          '/cat.jpg?d=20x20',
          '/dog%201.png?d=10x10',
          '/dog%201.png?d=20x20',
          '/trip/%EC%82%AC%EC%A7%84.webp?d=10x10',
          '/trip/%EC%82%AC%EC%A7%84.webp?d=20x20',
        ],
      },
    });
    const below = await run(['invalidate', '/trip/*', '--size', '10x10', '--dry-run', '--json']);
    expect(JSON.parse(below.stdout).plan.paths).toEqual(['/trip/%EC%82%AC%EC%A7%84.webp?d=10x10']);
    expect(await invalidated()).toBe(before);
  });

  test('variants as d has them: options, one side, a preset, every format that f=auto comes to; each once', async () => {
    writeConfig({ url: { options: ['format', 'fit'], presets: { thumb: '50x50,f=auto' } } });
    const sizes = ['300X200,q=74,f=webp', '300x', 'thumb', '0300x', '50x50'];
    const { stdout } = await run(['invalidate', '/cat.jpg', '--size', ...sizes, '--dry-run', '--json']);
    const off = await run(['invalidate', '/cat.jpg', '--size', '9x9,blur=2', '--yes']);
    writeConfig({});
    expect(JSON.parse(stdout).plan.paths).toEqual([
      '/cat.jpg?d=300x200,f=webp,q=75',
      '/cat.jpg?d=300x',
      '/cat.jpg?d=50x50,f=avif',
      '/cat.jpg?d=50x50,f=webp',
      '/cat.jpg?d=50x50',
    ]);
    expect([off.status, off.stderr.includes('add "effects" to url.options')]).toEqual([3, true]);
  });

  test('an origin with a path: what lies in its folder, by the URLs that viewers use', async () => {
    writeConfig({ distribution: await makeDistribution('/trip') });
    const all = await run(['invalidate', '--size', '10x10', '--dry-run', '--json']);
    const below = await run(['invalidate', '/trip/*', '--size', '10x10', '--dry-run']);
    writeConfig({});
    expect(JSON.parse(all.stdout).plan.paths).toEqual(['/%EC%82%AC%EC%A7%84.webp?d=10x10']);
    expect(below.stdout).toContain('Nothing to invalidate.');
  });

  test('more than a month has free: the price, and the one path that is cheaper', async () => {
    const keys = Array.from({ length: 501 }, (_, index) => `many/${index}.jpg`);
    for (const Key of keys) await aws.clients.s3.send(new PutObjectCommand({ Bucket: 'pics-bucket', Key, Body: 'x' }));
    const { stdout } = await run(['invalidate', '/many/*', '--size', '1x1', '2x2', '--dry-run']);
    expect(stdout).toContain('1,002 paths: $0.01 to $5.01');
    expect(stdout).toContain("edge-resize invalidate '/many/*'");
    expect(stdout).toContain('… and 992 further paths');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('a path after --size is a path; one without sizes says what else it covers', async () => {
    const sized = await run(['invalidate', '--size', '10x10', '/cat.jpg', '--dry-run', '--json']);
    expect(JSON.parse(sized.stdout).plan.paths).toEqual(['/cat.jpg?d=10x10']);
    const { stdout } = await run(['invalidate', '/cat.jpg', '--dry-run']);
    expect(stdout).toContain('- /cat.jpg*');
    expect(stdout).toContain('longer names');
    expect(stdout).toContain('first 1,000 paths of the month');
  });

  test.each([
    [['invalidate'], 'USAGE'],
    [['invalidate', '--all', '/cat.jpg'], 'USAGE'],
    [['invalidate', '/cat.jpg?d=1x1', '--size', '2x2'], 'INVALID_PATH'],
    [['invalidate', '/a*b'], 'INVALID_PATH'],
    [['invalidate', '/cat.jpg', '--size', '10by10'], 'INVALID_SIZE'],
  ])('%j -> %s', async (argv, code) => {
    const { status, stderr } = await run([...argv, '--yes']);
    expect(stderr).toContain(`(${code})`);
    expect(stderr).toMatch(/fix:/);
    expect(status).toBe(3);
  });

  test('another account in the config: refused before anything is written', async () => {
    const before = await invalidated();
    writeConfig({ account: '999999999999' });
    const { status, stderr } = await run(['invalidate', '--all', '--yes']);
    writeConfig({});
    expect(status).toBe(4);
    expect(stderr).toContain('(ACCOUNT_MISMATCH)');
    expect(await invalidated()).toBe(before);
  });

  test('no such distribution', async () => {
    writeConfig({ distribution: 'E00000000000ZZ' });
    const { status, stderr } = await run(['invalidate', '--all', '--yes']);
    writeConfig({});
    expect([status, stderr.includes('(DISTRIBUTION_MISSING)')]).toEqual([3, true]);
  });
});
