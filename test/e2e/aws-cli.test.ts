/** What setup and deploy made, read back by another implementation: the aws CLI. In CI it must be there. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IMAGES, runProgram } from '../builders/cli.ts';
import { type Session, startSession, view } from './session.ts';

const AWS = ['/usr/bin/aws', '/usr/local/bin/aws'].find((path) => existsSync(path));

describe.skipIf(AWS === undefined)('the aws CLI reads back', () => {
  let session: Session;
  let distribution: string;

  beforeAll(async () => {
    session = await startSession();
    await session.ok('setup', '--bucket', 'read-back', '--region', 'eu-west-1', '--upload', IMAGES, '--yes');
    await session.ok('deploy', '--yes');
    await view(session, '/rocket.jpg?d=31x31');
    const list = await aws('cloudfront', 'list-distributions');
    distribution = list.DistributionList.Items[0].Id;
  }, 120_000);

  afterAll(() => session.end());

  // biome-ignore lint/suspicious/noExplicitAny: the documents have as many shapes as there are commands.
  async function aws(...args: string[]): Promise<any> {
    const options = { cwd: session.home, env: { ...session.env, AWS_REGION: 'us-east-1', AWS_PAGER: '' } };
    const result = await runProgram(
      AWS ?? 'aws',
      ['--endpoint-url', session.dev.aws, '--output', 'json', ...args],
      options,
    );
    if (result.status !== 0) throw new Error(`aws ${args.join(' ')}: ${result.stderr}`);
    return JSON.parse(result.stdout);
  }

  test('sts: the account', async () => {
    expect((await aws('sts', 'get-caller-identity')).Account).toBe('000000000000');
  });

  test('iam: the role trusts lambda and edgelambda', async () => {
    const { Role } = await aws('iam', 'get-role', '--role-name', 'edge-resize-read-back');
    const services = Role.AssumeRolePolicyDocument.Statement.flatMap(
      (statement: { Principal: { Service: string | string[] } }) => statement.Principal.Service,
    );
    expect(services.sort()).toEqual(['edgelambda.amazonaws.com', 'lambda.amazonaws.com']);
  });

  test('s3api: the bucket policy lets this distribution and the role read', async () => {
    const { Policy } = await aws('s3api', 'get-bucket-policy', '--bucket', 'read-back');
    expect(Policy).toContain(`distribution/${distribution}`);
    expect(Policy).toContain('role/edge-resize-read-back');
    const { Contents } = await aws('s3api', 'list-objects-v2', '--bucket', 'read-back');
    expect(Contents.map((object: { Key: string }) => object.Key)).toContain('rocket.jpg');
  });

  test('lambda and cloudfront: the numbered version is associated', async () => {
    const { Versions } = await aws('lambda', 'list-versions-by-function', '--function-name', 'edge-resize-read-back');
    const numbered = Versions.find((version: { Version: string }) => version.Version !== '$LATEST');
    const { DistributionConfig } = await aws('cloudfront', 'get-distribution-config', '--id', distribution);
    const { Items } = DistributionConfig.DefaultCacheBehavior.LambdaFunctionAssociations;
    expect(Items).toEqual([
      { LambdaFunctionARN: numbered.FunctionArn, EventType: 'origin-response', IncludeBody: false },
    ]);
    const { CachePolicy } = await aws(
      'cloudfront',
      'get-cache-policy',
      '--id',
      DistributionConfig.DefaultCacheBehavior.CachePolicyId,
    );
    expect(
      CachePolicy.CachePolicyConfig.ParametersInCacheKeyAndForwardedToOrigin.QueryStringsConfig.QueryStrings.Items,
    ).toEqual(['d']);
  });

  test('logs: the events of the region that served', async () => {
    const { events } = await aws(
      ...['logs', 'filter-log-events', '--region', 'eu-west-1'],
      ...['--log-group-name', '/aws/lambda/us-east-1.edge-resize-read-back'],
    );
    const messages = events.map((event: { message: string }) => event.message).join('\n');
    expect(messages).toMatch(/START RequestId/);
    expect(messages).toMatch(/REPORT RequestId.*Max Memory Used/);
  });
});
