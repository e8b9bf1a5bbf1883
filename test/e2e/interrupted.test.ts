/** setup and deploy killed in the middle: the next run goes on, ends where an undisturbed one does, and makes nothing twice. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFrontClient,
  DescribeFunctionCommand as DescribeViewerCommand,
  GetDistributionCommand,
  GetFunctionCommand as GetViewerCommand,
} from '@aws-sdk/client-cloudfront';
import { GetRoleCommand, GetRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetFunctionCommand, LambdaClient, ListVersionsByFunctionCommand } from '@aws-sdk/client-lambda';
import { GetBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clearRequestLog, requestLog, runCli } from '../builders/cli.ts';
import { type AwsProxy, startProxy } from '../builders/proxy.ts';
import { type Session, startSession } from './session.ts';

let session: Session;
let proxy: AwsProxy;

beforeAll(async () => {
  session = await startSession();
  proxy = await startProxy(session.dev.aws);
}, 90_000);

afterAll(async () => {
  proxy.close();
  await session.end();
});

function folder(name: string): string {
  const path = join(session.home, name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** The calls that wrote, in their order, and what the work gave. */
async function written<T>(work: () => Promise<T>): Promise<{ writes: string[]; result: T }> {
  await clearRequestLog(session.dev.aws);
  const result = await work();
  const log = await requestLog(session.dev.aws);
  return { writes: log.filter(({ write, status }) => write && status < 300).map(({ operation }) => operation), result };
}

/** Runs a command; it is killed, or given a signal, when its `at`th write has taken effect, before it has the answer. */
async function run(
  cwd: string,
  args: string[],
  { at, signal = 'SIGKILL' }: { at?: number; signal?: NodeJS.Signals } = {},
) {
  let kill = () => undefined as unknown;
  let seen = 0;
  proxy.afterWrite = async () => {
    seen += 1;
    if (seen !== at) return;
    kill();
    await new Promise((later) => setTimeout(later, 100));
  };
  return runCli(args, {
    cwd,
    env: { ...session.env, AWS_ENDPOINT_URL: proxy.url },
    started: (child) => {
      kill = () => child.kill(signal);
    },
  });
}

const commands = (name: string) => [
  ['setup', '--bucket', name, '--name', name, '--yes'],
  ['deploy', '--yes'],
];

/** What an installation is on AWS, with names and ids that differ from one to the next put aside. */
async function stateOf(name: string) {
  const settings = {
    endpoint: session.dev.aws,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const s3 = new S3Client({ ...settings, forcePathStyle: true, region: 'eu-west-1' });
  const [cloudfront, iam, lambda] = [
    new CloudFrontClient(settings),
    new IAMClient(settings),
    new LambdaClient(settings),
  ];
  const FunctionName = `edge-resize-${name}`;
  const config = JSON.parse(readFileSync(join(session.home, name, 'edge-resize.config.json'), 'utf8')) as Record<
    string,
    string
  >;
  const { Distribution } = await cloudfront.send(new GetDistributionCommand({ Id: config.distribution }));
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: FunctionName }));
  const { Configuration, Tags } = await lambda.send(new GetFunctionCommand({ FunctionName }));
  const live = { Name: FunctionName, Stage: 'LIVE' as const };
  const viewer = await cloudfront.send(new DescribeViewerCommand(live));
  const { FunctionCode } = await cloudfront.send(new GetViewerCommand(live));
  const { DefaultCacheBehavior: behavior, Origins, DefaultRootObject } = Distribution?.DistributionConfig ?? {};
  const state = {
    config,
    policy: (await s3.send(new GetBucketPolicyCommand({ Bucket: name }))).Policy,
    role: [Role?.AssumeRolePolicyDocument, Role?.Tags, Role?.Description],
    logs: (await iam.send(new GetRolePolicyCommand({ RoleName: FunctionName, PolicyName: 'logs' }))).PolicyDocument,
    distribution: { behavior, Origins, DefaultRootObject },
    fn: [Configuration?.Runtime, Configuration?.MemorySize, Configuration?.Timeout, Configuration?.Role, Tags],
    versions: (await lambda.send(new ListVersionsByFunctionCommand({ FunctionName }))).Versions?.map(
      (one) => one.Version,
    ),
    viewer: [viewer.FunctionSummary?.FunctionConfig, new TextDecoder().decode(FunctionCode)],
  };
  const own: [string | undefined, string][] = [
    [config.distribution, 'DISTRIBUTION'],
    [behavior?.CachePolicyId, 'CACHE-POLICY'],
    [Origins?.Items?.[0]?.OriginAccessControlId, 'ACCESS-CONTROL'],
    [name.charAt(0).toUpperCase() + name.slice(1), 'Name'],
    [name, 'NAME'],
  ];
  return own.reduce((text, [value = '?', word]) => text.replaceAll(value, word), JSON.stringify(state, null, 1));
}

test('killed after every single write: each run does one more, and the end is that of a run that was left alone', async () => {
  const alone = await written(async () => {
    for (const args of commands('alone')) expect((await run(folder('alone'), args)).status).toBe(0);
  });
  expect(alone.writes.length).toBe(12);

  const killed = await written(async () => {
    let deaths = 0;
    for (const args of commands('killed')) {
      let status: number | null = null;
      while (status === null && deaths < 20) {
        ({ status } = await run(folder('killed'), args, { at: 1 }));
        if (status === null) deaths += 1;
      }
      expect(status).toBe(0);
    }
    return deaths;
  });
  expect(killed.result).toBe(12);
  expect(killed.writes).toEqual(alone.writes);
  expect(await stateOf('killed')).toBe(await stateOf('alone'));
}, 180_000);

test('Ctrl-C in the middle: status 130, what to do next, and the next run goes on from there', async () => {
  const [setup = [], deploy = []] = commands('stopped');
  const cwd = folder('stopped');
  const first = await run(cwd, setup, { at: 4, signal: 'SIGINT' });
  expect(first.status).toBe(130);
  expect(first.stderr).toContain(`fix:  edge-resize ${setup.join(' ')}`);
  expect((await run(cwd, setup)).status).toBe(0);
  const second = await run(cwd, deploy, { at: 2, signal: 'SIGINT' });
  expect(second.status).toBe(130);
  const { writes, result } = await written(() => run(cwd, deploy));
  expect(result.status).toBe(0);
  expect(writes).toEqual(['CreateFunction', 'PublishFunction', 'UpdateDistribution']);
  expect(await stateOf('stopped')).toBe(await stateOf('alone'));
}, 90_000);
