/** The aws CLI reads what the SDK's schemas wrote: botocore is another implementation of the same protocols. */
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../../builders/local-aws.ts';
import { LAMBDA_TRUST } from '../refusals/iam.ts';

const run = promisify(execFile);
const installed = spawnSync('aws', ['--version']).status === 0;

// The CLI takes a second or more to start, on a busy machine several.
describe.skipIf(!installed)('the aws CLI', { timeout: 180_000 }, () => {
  let local: TestAws;
  const folder = mkdtempSync(join(tmpdir(), 'edge-resize-cli-'));
  beforeAll(async () => {
    local = await startTestAws();
  });
  afterAll(() => local.close());

  async function aws(...args: string[]): Promise<Record<string, unknown>> {
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_PAGER: '',
    };
    const { stdout } = await run('aws', ['--endpoint-url', local.aws, '--output', 'json', ...args], { env });
    return stdout.trim() === '' ? {} : JSON.parse(stdout);
  }

  it('speaks query: STS and IAM', async () => {
    expect(await aws('sts', 'get-caller-identity')).toMatchObject({ Account: '000000000000' });
    const document = ['--assume-role-policy-document', LAMBDA_TRUST];
    await aws('iam', 'create-role', '--role-name', 'cli', ...document, '--tags', 'Key=a,Value=b c', 'Key=d,Value=é');
    expect(await aws('iam', 'get-role', '--role-name', 'cli')).toMatchObject({
      Role: {
        AssumeRolePolicyDocument: JSON.parse(LAMBDA_TRUST),
        Tags: [
          { Key: 'a', Value: 'b c' },
          { Key: 'd', Value: 'é' },
        ],
      },
    });
    await expect(aws('iam', 'create-role', '--role-name', 'cli', ...document)).rejects.toMatchObject({
      stderr: expect.stringContaining(
        'An error occurred (EntityAlreadyExists) when calling the CreateRole operation: Role with name cli already exists.',
      ),
    });
    await expect(aws('iam', 'create-group', '--group-name', 'g')).rejects.toMatchObject({
      stderr: expect.stringContaining('The local AWS does not have iam:CreateGroup'),
    });
  });

  it('speaks rest-xml: S3', async () => {
    await aws(
      's3api',
      'create-bucket',
      '--bucket',
      'cli-bucket',
      '--create-bucket-configuration',
      'LocationConstraint=eu-west-1',
    );
    expect(await aws('s3api', 'get-bucket-location', '--bucket', 'cli-bucket')).toEqual({
      LocationConstraint: 'eu-west-1',
    });
    const file = join(folder, 'body');
    writeFileSync(file, 'hello');
    const key = '/a b+%41//한글/';
    await aws('s3api', 'put-object', '--bucket', 'cli-bucket', '--key', key, '--body', file, '--metadata', 'a=b');
    expect(await aws('s3api', 'get-object', '--bucket', 'cli-bucket', '--key', key, `${file}.got`)).toMatchObject({
      ContentLength: 5,
      Metadata: { a: 'b' },
    });
    expect(readFileSync(`${file}.got`, 'utf8')).toBe('hello');
    expect(await aws('s3api', 'list-objects-v2', '--bucket', 'cli-bucket')).toMatchObject({ Contents: [{ Key: key }] });
    await expect(aws('s3api', 'head-object', '--bucket', 'cli-bucket', '--key', 'none')).rejects.toMatchObject({
      stderr: expect.stringContaining('(404)'),
    });
  });

  it('speaks rest-xml: CloudFront', async () => {
    const config = {
      Name: 'cli',
      MinTTL: 0,
      DefaultTTL: 86_400,
      ParametersInCacheKeyAndForwardedToOrigin: {
        EnableAcceptEncodingGzip: false,
        HeadersConfig: { HeaderBehavior: 'none' },
        CookiesConfig: { CookieBehavior: 'none' },
        QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: { Quantity: 1, Items: ['d'] } },
      },
    };
    const created = await aws('cloudfront', 'create-cache-policy', '--cache-policy-config', JSON.stringify(config));
    const { Id } = created.CachePolicy as { Id: string };
    expect(await aws('cloudfront', 'get-cache-policy', '--id', Id)).toMatchObject({
      ETag: created.ETag,
      CachePolicy: { CachePolicyConfig: config },
    });
    await expect(aws('cloudfront', 'get-distribution', '--id', 'ENOTHERE')).rejects.toMatchObject({
      stderr: expect.stringContaining('(NoSuchDistribution)'),
    });
  });

  it('speaks rest-xml with bytes and ETags: CloudFront Functions', async () => {
    const file = join(folder, 'viewer.js');
    const source = 'function handler(event) {\n  return event.request;\n}\n';
    writeFileSync(file, source);
    const cloudfront = (command: string, ...args: string[]) => aws('cloudfront', command, ...args);
    const named = ['--name', 'cli-viewer'];
    const content = ['--function-config', 'Comment=c,Runtime=cloudfront-js-2.0', '--function-code', `fileb://${file}`];
    const { ETag: first } = await cloudfront('create-function', ...named, ...content);
    const { ETag: second } = await cloudfront('update-function', ...named, ...content, '--if-match', String(first));
    expect(second).not.toBe(first);
    expect(await cloudfront('publish-function', ...named, '--if-match', String(second))).toMatchObject({
      FunctionSummary: { Status: 'UNASSOCIATED', FunctionMetadata: { Stage: 'LIVE' } },
    });
    expect(await cloudfront('get-function', ...named, '--stage', 'LIVE', `${file}.got`)).toMatchObject({
      ContentType: 'application/octet-stream',
    });
    expect(readFileSync(`${file}.got`, 'utf8')).toBe(source);
    const event = join(folder, 'event.json');
    writeFileSync(event, JSON.stringify({ version: '1.0', request: { method: 'GET', uri: '/cli' } }));
    const tested = await cloudfront(
      'test-function',
      ...[...named, '--if-match', String(second), '--event-object', `fileb://${event}`],
    );
    expect((tested.TestResult as { FunctionOutput: string }).FunctionOutput).toContain('/cli');
    expect(await cloudfront('list-functions', '--stage', 'LIVE')).toMatchObject({
      FunctionList: { Quantity: 1, Items: [{ Name: 'cli-viewer' }] },
    });
    await expect(cloudfront('delete-function', ...named, '--if-match', String(first))).rejects.toMatchObject({
      stderr: expect.stringContaining('(PreconditionFailed)'),
    });
    await cloudfront('delete-function', ...named, '--if-match', String(second));
  });

  // The data API of key value stores is left out: without awscrt the CLI cannot sign for it.
  it('speaks rest-xml: key value stores', async () => {
    const created = await aws('cloudfront', 'create-key-value-store', '--name', 'cli', '--comment', 'c');
    expect(await aws('cloudfront', 'describe-key-value-store', '--name', 'cli')).toMatchObject({
      ETag: created.ETag,
      KeyValueStore: { Status: 'READY', Comment: 'c' },
    });
    await aws('cloudfront', 'delete-key-value-store', '--name', 'cli', '--if-match', String(created.ETag));
  });

  it('speaks rest-json: Lambda', async () => {
    expect(await aws('lambda', 'get-account-settings')).toMatchObject({ AccountLimit: { CodeSizeZipped: 52_428_800 } });
    await expect(aws('lambda', 'get-function', '--function-name', 'none')).rejects.toMatchObject({
      stderr: expect.stringContaining('(ResourceNotFoundException)'),
    });
  });

  it('speaks json: CloudWatch Logs', async () => {
    local.world.logs.put('eu-west-1', '/aws/lambda/cli', 's', [{ timestamp: Date.now(), message: 'hello 한\n' }]);
    expect(await aws('logs', 'describe-log-groups')).toMatchObject({
      logGroups: [{ logGroupName: '/aws/lambda/cli' }],
    });
    expect(await aws('logs', 'filter-log-events', '--log-group-name', '/aws/lambda/cli')).toMatchObject({
      events: [{ message: 'hello 한\n' }],
    });
  });
});
