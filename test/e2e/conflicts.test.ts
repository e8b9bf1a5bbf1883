/** Others at work at the same time, and others' things under our names: what is theirs stays, or the run is refused. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFrontClient,
  CreateCachePolicyCommand,
  CreateOriginAccessControlCommand,
  type DistributionConfig,
  GetDistributionConfigCommand,
  ListDistributionsCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';
import { CreateFunctionCommand, LambdaClient, PublishVersionCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clearRequestLog, requestLog, runCli } from '../builders/cli.ts';
import { type AwsProxy, startProxy } from '../builders/proxy.ts';
import { sampleZip } from '../local/lambda-kit.ts';
import { type Session, startSession } from './session.ts';

let session: Session;
let proxy: AwsProxy;
let cloudfront: CloudFrontClient;
let lambda: LambdaClient;

beforeAll(async () => {
  session = await startSession();
  proxy = await startProxy(session.dev.aws);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const settings = { endpoint: session.dev.aws, region: 'us-east-1', credentials };
  cloudfront = new CloudFrontClient(settings);
  lambda = new LambdaClient(settings);
}, 60_000);

afterAll(async () => {
  proxy.close();
  await session.end();
});

/** Runs a command in a folder of its own for each installation. */
function run(name: string, ...args: string[]) {
  const cwd = join(session.home, name);
  mkdirSync(cwd, { recursive: true });
  return runCli(args, { cwd, env: { ...session.env, AWS_ENDPOINT_URL: proxy.url } });
}

const setup = (name: string) => run(name, 'setup', '--bucket', name, '--name', name, '--yes');

async function distributionOf(name: string): Promise<string> {
  const { DistributionList } = await cloudfront.send(new ListDistributionsCommand({}));
  const ours = DistributionList?.Items?.find((one) => one.Origins?.Items?.[0]?.DomainName?.startsWith(`${name}.`));
  return ours?.Id ?? '';
}

async function configOf(Id: string) {
  const { DistributionConfig: config, ETag } = await cloudfront.send(new GetDistributionConfigCommand({ Id }));
  if (!config) throw new Error(`no config of ${Id}`);
  return { config, ETag };
}

/** Somebody else's edit, made when our update of the distribution is on its way, as often as is said. */
function editsMeanwhile(Id: string, times: number, edit: (config: DistributionConfig, turn: number) => void) {
  let turn = 0;
  proxy.beforeWrite = async (call) => {
    if (!call.endsWith(`/distribution/${Id}/config`) || turn === times) return;
    turn += 1;
    const { config, ETag } = await configOf(Id);
    edit(config, turn);
    await cloudfront.send(new UpdateDistributionCommand({ Id, DistributionConfig: config, IfMatch: ETag }));
  };
  return () => turn;
}

async function writesSince(): Promise<string[]> {
  return (await requestLog(session.dev.aws)).filter(({ write }) => write).map(({ operation }) => operation);
}

async function functionOfOthers(FunctionName: string, name: string): Promise<string | undefined> {
  const made = {
    FunctionName,
    Role: `arn:aws:iam::000000000000:role/edge-resize-${name}`,
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Code: { ZipFile: await sampleZip() },
  } as const;
  await lambda.send(new CreateFunctionCommand(made));
  return (await lambda.send(new PublishVersionCommand({ FunctionName }))).FunctionArn;
}

test("others' edits between deploy's read and its write stay, and deploy ends", async () => {
  expect((await setup('edited')).status).toBe(0);
  const id = await distributionOf('edited');
  const turns = editsMeanwhile(id, 2, (config, turn) => {
    config.Comment = `theirs ${turn}`;
    config.PriceClass = 'PriceClass_100';
  });
  const { status } = await run('edited', 'deploy', '--yes');
  expect([status, turns()]).toEqual([0, 2]);
  const { config } = await configOf(id);
  expect([config.Comment, config.PriceClass]).toEqual(['theirs 2', 'PriceClass_100']);
  const [association] = config.DefaultCacheBehavior?.LambdaFunctionAssociations?.Items ?? [];
  expect(association?.LambdaFunctionARN).toMatch(/:edge-resize-edited:1$/);
}, 60_000);

test('a function that others put on the event meanwhile is not overwritten', async () => {
  expect((await setup('taken-meanwhile')).status).toBe(0);
  const id = await distributionOf('taken-meanwhile');
  const theirs = await functionOfOthers('theirs', 'taken-meanwhile');
  editsMeanwhile(id, 1, ({ DefaultCacheBehavior: behavior }) => {
    const Items = [{ EventType: 'origin-response', LambdaFunctionARN: theirs, IncludeBody: false } as const];
    if (behavior) behavior.LambdaFunctionAssociations = { Quantity: 1, Items };
  });
  const { status, stderr } = await run('taken-meanwhile', 'deploy', '--yes');
  expect([status, stderr]).toEqual([1, expect.stringContaining('(FOREIGN_ASSOCIATION)')]);
  const { config } = await configOf(id);
  const items = config.DefaultCacheBehavior?.LambdaFunctionAssociations?.Items ?? [];
  expect(items.map(({ LambdaFunctionARN }) => LambdaFunctionARN)).toEqual([theirs]);
}, 60_000);

test('a function of our name that others made is refused, with no write', async () => {
  expect((await setup('their-function')).status).toBe(0);
  await functionOfOthers('edge-resize-their-function', 'their-function');
  await clearRequestLog(session.dev.aws);
  const { status, stderr } = await run('their-function', 'deploy', '--yes');
  expect([status, stderr]).toEqual([1, expect.stringContaining('(FOREIGN_RESOURCE)')]);
  expect(await writesSince()).toEqual([]);
}, 60_000);

test.each([
  [
    'their-control',
    (Name: string) =>
      cloudfront.send(
        new CreateOriginAccessControlCommand({
          OriginAccessControlConfig: {
            Name,
            SigningBehavior: 'always',
            SigningProtocol: 'sigv4',
            OriginAccessControlOriginType: 's3',
          },
        }),
      ),
  ],
  [
    'their-policy',
    (Name: string) => cloudfront.send(new CreateCachePolicyCommand({ CachePolicyConfig: { Name, MinTTL: 0 } })),
  ],
])(
  '%s: an access control or cache policy of our name that others made is refused, with no write',
  async (name, make) => {
    await make(`edge-resize-${name}`);
    await clearRequestLog(session.dev.aws);
    const { status, stderr } = await setup(name);
    expect([status, stderr]).toEqual([1, expect.stringContaining('(FOREIGN_RESOURCE)')]);
    expect(await writesSince()).toEqual([]);
  },
);
