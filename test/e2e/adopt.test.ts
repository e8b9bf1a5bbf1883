/** Setup on what others made: nothing foreign changes, and what cannot be done safely is refused. */
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import {
  CloudFrontClient,
  CreateCloudFrontOriginAccessIdentityCommand,
  CreateDistributionCommand,
  type DistributionConfig,
  GetDistributionConfigCommand,
} from '@aws-sdk/client-cloudfront';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { clearRequestLog, IMAGES, requestLog, runCli } from '../builders/cli.ts';
import { sampleZip } from '../local/lambda-kit.ts';
import { type Session, startSession, view } from './session.ts';

let session: Session;
let s3: S3Client;
let cloudfront: CloudFrontClient;

beforeAll(async () => {
  session = await startSession();
  const settings = {
    endpoint: session.dev.aws,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  s3 = new S3Client({ ...settings, forcePathStyle: true });
  cloudfront = new CloudFrontClient(settings);
}, 60_000);

afterAll(() => session.end());

const FOREIGN = {
  Version: '2012-10-17',
  Id: 'theirs',
  Statement: [
    {
      Sid: 'Auditors',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::000000000000:root' },
      Action: ['s3:ListBucket', 's3:GetBucketPolicy'],
      Resource: 'arn:aws:s3:::BUCKET',
    },
    {
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: 'arn:aws:s3:::BUCKET/secret/*',
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ],
};

/** A bucket with a foreign policy, and a distribution as the old guides made it: OAI, ForwardedValues without `d`. */
async function handMade(bucket: string, overrides: (config: DistributionConfig) => void = () => undefined) {
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const policy = JSON.stringify(FOREIGN).replaceAll('BUCKET', bucket);
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: policy }));
  const photo = await readFile(join(IMAGES, 'rocket.jpg'));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'rocket.jpg', Body: photo, ContentType: 'image/jpeg' }));
  const identity = await cloudfront.send(
    new CreateCloudFrontOriginAccessIdentityCommand({
      CloudFrontOriginAccessIdentityConfig: { CallerReference: bucket, Comment: 'by hand' },
    }),
  );
  const config: DistributionConfig = {
    CallerReference: bucket,
    Comment: 'made by hand',
    Enabled: true,
    Origins: {
      Quantity: 1,
      Items: [
        {
          Id: 'the-bucket',
          DomainName: `${bucket}.s3.us-east-1.amazonaws.com`,
          S3OriginConfig: {
            OriginAccessIdentity: `origin-access-identity/cloudfront/${identity.CloudFrontOriginAccessIdentity?.Id}`,
          },
        },
      ],
    },
    DefaultCacheBehavior: {
      TargetOriginId: 'the-bucket',
      ViewerProtocolPolicy: 'allow-all',
      MinTTL: 100,
      ForwardedValues: { QueryString: false, Cookies: { Forward: 'none' } },
    },
    PriceClass: 'PriceClass_100',
  };
  overrides(config);
  const { Distribution } = await cloudfront.send(new CreateDistributionCommand({ DistributionConfig: config }));
  if (!Distribution?.Id) throw new Error('no distribution');
  return { bucket, distribution: Distribution.Id, policy };
}

async function configOf(id: string): Promise<DistributionConfig> {
  const { DistributionConfig } = await cloudfront.send(new GetDistributionConfigCommand({ Id: id }));
  if (!DistributionConfig) throw new Error('no config');
  return DistributionConfig;
}

async function policyOf(bucket: string) {
  return JSON.parse((await s3.send(new GetBucketPolicyCommand({ Bucket: bucket }))).Policy ?? '') as typeof FOREIGN;
}

function folder(name: string): string {
  const path = join(session.home, name);
  mkdirSync(path, { recursive: true });
  return path;
}

/** Several distributions are there, so the viewer says by Host which one it means. */
async function viewOf(cwd: string, path: string) {
  const { distribution } = JSON.parse(await readFile(join(cwd, 'edge-resize.config.json'), 'utf8')) as {
    distribution: string;
  };
  const headers = { host: `${distribution}.localhost` };
  const answer = await new Promise<IncomingMessage>((done, fail) =>
    get(session.dev.cdn + path, { headers }, done).on('error', fail),
  );
  answer.resume();
  return answer;
}

const run = (cwd: string, ...args: string[]) => runCli(args, { cwd, env: session.env });

test('a distribution with OAI and legacy cache settings: d joins the key, our functions come, nothing else changes, and it resizes', async () => {
  const { bucket, distribution, policy } = await handMade('by-hand');
  const before = await configOf(distribution);
  const cwd = folder('adopt');
  const setup = await run(cwd, 'setup', '--bucket', bucket, '--distribution', distribution, '--yes');
  expect(setup.stderr + setup.stdout).toMatch(/d\b.*cache key|cache key.*\bd\b/i);
  expect(setup.status).toBe(0);
  expect((await run(cwd, 'deploy', '--yes')).status).toBe(0);

  const after = await configOf(distribution);
  const behavior = structuredClone(after.DefaultCacheBehavior);
  expect(behavior?.ForwardedValues?.QueryString).toBe(true);
  expect(behavior?.ForwardedValues?.QueryStringCacheKeys?.Items).toEqual(['d']);
  expect(behavior?.LambdaFunctionAssociations?.Quantity).toBe(1);
  expect({ ...after, DefaultCacheBehavior: undefined }).toEqual({ ...before, DefaultCacheBehavior: undefined });
  expect(behavior?.FunctionAssociations?.Items?.map(({ EventType }) => EventType)).toEqual(['viewer-request']);
  const ours = { ForwardedValues: undefined, LambdaFunctionAssociations: undefined, FunctionAssociations: undefined };
  expect({ ...behavior, ...ours }).toEqual({ ...before.DefaultCacheBehavior, ...ours });

  const statements = (await policyOf(bucket)).Statement;
  expect(statements.slice(0, 2)).toEqual((JSON.parse(policy) as typeof FOREIGN).Statement);
  expect((await policyOf(bucket)).Id).toBe('theirs');
  expect((await view(session, '/rocket.jpg?d=21x21')).note).toContain('w=21');
});

test('what else the cache key of an adopted behavior tells apart goes on telling it apart, after d', async () => {
  const { bucket, distribution } = await handMade('busted', (config) => {
    if (config.DefaultCacheBehavior?.ForwardedValues) config.DefaultCacheBehavior.ForwardedValues.QueryString = true;
  });
  const cwd = folder('busted');
  expect((await run(cwd, 'setup', '--bucket', bucket, '--distribution', distribution, '--yes')).status).toBe(0);
  expect((await run(cwd, 'deploy', '--yes')).status).toBe(0);
  const met = async (query: string) => {
    const { headers } = await viewOf(cwd, `/rocket.jpg?${query}`);
    return `${String(headers['x-cache']).split(' ')[0]} ${String(headers['edge-resize'] ?? 'original').split(';')[0]}`;
  };
  expect(await met('v=1')).toBe('Miss original');
  expect(await met('v=2')).toBe('Miss original');
  expect(await met('v=1')).toBe('Hit original');
  expect(await met('v=1&d=21x21')).toBe('Miss w=21');
  expect(await met('v=2&d=21X21')).toBe('Miss w=21');
  expect(await met('D=21x21&v=1')).toBe('Hit w=21');
  await clearRequestLog(session.dev.aws);
  expect((await run(cwd, 'deploy')).status).toBe(0);
  expect((await requestLog(session.dev.aws)).filter(({ write }) => write)).toEqual([]);
});

test('adopting shows what becomes readable and what is written, and without consent writes nothing', async () => {
  const { bucket, distribution } = await handMade('not-agreed');
  await clearRequestLog(session.dev.aws);
  const result = await run(folder('not-agreed'), 'setup', '--bucket', bucket, '--distribution', distribution);
  expect(result.status).toBe(5);
  expect(result.stderr).toMatch(/1 object/);
  expect((await requestLog(session.dev.aws)).filter((request) => request.write)).toEqual([]);
});

test('a role with our name that is not ours is refused, with no write', async () => {
  const { bucket, distribution } = await handMade('taken');
  const iam = new IAMClient({
    endpoint: session.dev.aws,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
  };
  await iam.send(
    new CreateRoleCommand({ RoleName: 'edge-resize-taken', AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  await clearRequestLog(session.dev.aws);
  const result = await run(folder('taken'), 'setup', '--bucket', bucket, '--distribution', distribution, '--yes');
  expect(result.stderr).toContain('(FOREIGN_RESOURCE)');
  expect(result.stderr).toContain('edge-resize-taken');
  expect((await requestLog(session.dev.aws)).filter((request) => request.write)).toEqual([]);
});

test('--grant role-policy: the role reads by its own policy, the bucket policy names CloudFront alone, and it resizes', async () => {
  const cwd = folder('own-policy');
  expect(
    (
      await run(
        cwd,
        'setup',
        '--bucket',
        'own-policy',
        '--region',
        'us-east-1',
        '--grant',
        'role-policy',
        '--upload',
        IMAGES,
        '--yes',
      )
    ).status,
  ).toBe(0);
  expect((await run(cwd, 'deploy', '--yes')).status).toBe(0);
  const principals = (await policyOf('own-policy')).Statement.map(({ Principal }) => Principal);
  expect(principals).toEqual([{ Service: 'cloudfront.amazonaws.com' }, { Service: 'cloudfront.amazonaws.com' }]);
  const { statusCode, headers } = await viewOf(cwd, '/rocket.jpg?d=33x22');
  expect(statusCode).toBe(200);
  expect(headers['edge-resize']).toContain('w=33;h=22');
});

test('two names on one bucket: each has statements of its own, and neither run touches those of the other', async () => {
  const [one, two] = [folder('shared-one'), folder('shared-two')];
  const setup = (cwd: string, name: string) =>
    run(cwd, 'setup', '--bucket', 'shared', '--region', 'us-east-1', '--name', name, '--yes');
  expect((await setup(one, 'shared-one')).status).toBe(0);
  const before = (await policyOf('shared')).Statement;
  expect((await setup(two, 'shared-two')).status).toBe(0);
  const both = (await policyOf('shared')).Statement;
  expect(both.slice(0, before.length)).toEqual(before);
  expect(both).toHaveLength(2 * before.length);
  expect(new Set(both.map(({ Sid }) => Sid)).size).toBe(both.length);

  // One changes its mind about the role; the other's statements stay as they are, and so does its state.
  expect((await run(one, 'setup', '--grant', 'role-policy', '--yes')).status).toBe(0);
  const after = (await policyOf('shared')).Statement;
  expect(after.slice(-before.length)).toEqual(both.slice(-before.length));
  expect(after).toHaveLength(2 * before.length - 2);
  await clearRequestLog(session.dev.aws);
  expect((await setup(two, 'shared-two')).status).toBe(0);
  expect((await run(one, 'setup')).status).toBe(0);
  expect((await requestLog(session.dev.aws)).filter(({ write }) => write)).toEqual([]);
});

test('another function on the event is refused, not overwritten', async () => {
  const settings = {
    endpoint: session.dev.aws,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: ['lambda.amazonaws.com', 'edgelambda.amazonaws.com'] },
        Action: 'sts:AssumeRole',
      },
    ],
  };
  const { Role } = await new IAMClient(settings).send(
    new CreateRoleCommand({ RoleName: 'theirs', AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  const theirs = await new LambdaClient(settings).send(
    new CreateFunctionCommand({
      FunctionName: 'theirs',
      Role: Role?.Arn,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: await sampleZip() },
      Publish: true,
    }),
  );
  const { bucket, distribution } = await handMade('occupied', (config) => {
    if (!config.DefaultCacheBehavior) return;
    config.DefaultCacheBehavior.LambdaFunctionAssociations = {
      Quantity: 1,
      Items: [{ EventType: 'origin-response', LambdaFunctionARN: theirs.FunctionArn }],
    };
  });
  const before = await configOf(distribution);
  await clearRequestLog(session.dev.aws);
  const result = await run(folder('occupied'), 'setup', '--bucket', bucket, '--distribution', distribution, '--yes');
  expect(result.stderr).toContain('(FOREIGN_ASSOCIATION)');
  expect(result.stderr).toContain('function:theirs:1');
  expect((await requestLog(session.dev.aws)).filter((request) => request.write)).toEqual([]);
  expect(await configOf(distribution)).toEqual(before);
});
