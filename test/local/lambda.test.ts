import { createHash } from 'node:crypto';
import { UpdateDistributionCommand } from '@aws-sdk/client-cloudfront';
import {
  DeleteFunctionCommand,
  GetAccountSettingsCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  ListFunctionsCommand,
  ListTagsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../builders/local-aws.ts';
import { makeDistribution, onOriginResponse } from './cloudfront-kit.ts';
import { makeFunction, makeRole, sampleZip, unique } from './lambda-kit.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.close());

const versions = async (name: string) => {
  const list = await aws.clients.lambda.send(new ListVersionsByFunctionCommand({ FunctionName: name }));
  return list.Versions?.map((version) => version.Version);
};
const publish = async (name: string, more = {}) =>
  (await aws.clients.lambda.send(new PublishVersionCommand({ FunctionName: name, ...more }))).Version;
const updateCode = async (name: string, text: string, more = {}) =>
  aws.clients.lambda.send(
    new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile: await sampleZip(text), ...more }),
  );

describe('a function', () => {
  it('is read back as it was made, with the hash of its zip', async () => {
    const zip = await sampleZip('read back');
    const role = await makeRole(aws);
    const { name } = await makeFunction(aws, {
      Role: role,
      Code: { ZipFile: zip },
      MemorySize: 512,
      Timeout: 10,
      Tags: { stage: 'prod' },
      Publish: false,
    });
    const read = await aws.clients.lambda.send(new GetFunctionCommand({ FunctionName: name }));
    expect(read.Configuration).toMatchObject({
      FunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
      Role: role,
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      MemorySize: 512,
      Timeout: 10,
      CodeSize: zip.byteLength,
      CodeSha256: createHash('sha256').update(zip).digest('base64'),
      Version: '$LATEST',
      State: 'Active',
      Architectures: ['x86_64'],
      PackageType: 'Zip',
    });
    expect(read.Tags).toEqual({ stage: 'prod' });
    expect(read.Code?.Location).toMatch(/^https:/);
  });

  it('is found by ARN, by part of an ARN and by version', async () => {
    const { name, arn } = await makeFunction(aws);
    for (const FunctionName of [name, arn, `000000000000:function:${name}`, `${name}:1`]) {
      const read = await aws.clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
      expect(read.FunctionName).toBe(name);
    }
    const read = await aws.clients.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: name, Qualifier: '1' }),
    );
    expect(read).toMatchObject({
      Version: '1',
      FunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}:1`,
    });
  });

  it('that is missing is said with its ARN', async () => {
    await expect(aws.clients.lambda.send(new GetFunctionCommand({ FunctionName: 'none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Function not found: arn:aws:lambda:us-east-1:000000000000:function:none',
    });
  });

  it('lives in the region of the call', async () => {
    const elsewhere = aws.clientsFor(aws.credentials, 'eu-west-1').lambda;
    const { name } = await makeFunction(aws, {}, elsewhere);
    await expect(aws.clients.lambda.send(new GetFunctionCommand({ FunctionName: name }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    const list = await elsewhere.send(new ListFunctionsCommand({}));
    expect(list.Functions?.map((found) => found.FunctionName)).toEqual([name]);
  });

  it('can take its code from a bucket, and says what is wrong there', async () => {
    const bucket = unique('code');
    const zip = await sampleZip('from a bucket');
    await aws.clients.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    await aws.clients.s3.send(new PutObjectCommand({ Bucket: bucket, Key: 'a b/한.zip', Body: zip }));
    const made = await makeFunction(aws, { Code: { S3Bucket: bucket, S3Key: 'a b/한.zip' } });
    expect(made.codeSha256).toBe(createHash('sha256').update(zip).digest('base64'));
    await expect(makeFunction(aws, { Code: { S3Bucket: bucket, S3Key: 'none.zip' } })).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      message: expect.stringContaining('S3 Error Code: NoSuchKey'),
    });
  });

  it('has tags that can be added and taken away', async () => {
    const { name } = await makeFunction(aws, { Tags: { a: '1' } });
    const Resource = `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
    await aws.clients.lambda.send(new TagResourceCommand({ Resource, Tags: { b: '2' } }));
    await aws.clients.lambda.send(new UntagResourceCommand({ Resource, TagKeys: ['a'] }));
    expect((await aws.clients.lambda.send(new ListTagsCommand({ Resource }))).Tags).toEqual({ b: '2' });
  });
});

describe('versions', () => {
  it('are numbered, frozen, and the same again when nothing changed', async () => {
    const { name } = await makeFunction(aws, { Publish: false });
    expect(await publish(name)).toBe('1');
    expect(await publish(name)).toBe('1');
    await updateCode(name, 'second');
    expect(await publish(name, { Description: 'second' })).toBe('2');
    await aws.clients.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: name, MemorySize: 256 }));
    expect(await publish(name)).toBe('3');
    expect(await publish(name)).toBe('3');
    expect(await versions(name)).toEqual(['$LATEST', '1', '2', '3']);
    const second = await aws.clients.lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: name, Qualifier: '2' }),
    );
    expect(second).toMatchObject({ MemorySize: 128, Description: 'second' });
  });

  it('never get a number twice, not even after the function was deleted', async () => {
    const { name } = await makeFunction(aws);
    await aws.clients.lambda.send(new DeleteFunctionCommand({ FunctionName: name, Qualifier: '1' }));
    await updateCode(name, 'again');
    expect(await publish(name)).toBe('2');
    await aws.clients.lambda.send(new DeleteFunctionCommand({ FunctionName: name }));
    await makeFunction(aws, { FunctionName: name });
    expect(await versions(name)).toEqual(['$LATEST', '3']);
  });

  it('are listed in pages', async () => {
    const { name } = await makeFunction(aws);
    await updateCode(name, 'second', { Publish: true });
    const first = await aws.clients.lambda.send(new ListVersionsByFunctionCommand({ FunctionName: name, MaxItems: 2 }));
    expect(first.Versions?.map((version) => version.Version)).toEqual(['$LATEST', '1']);
    const rest = await aws.clients.lambda.send(
      new ListVersionsByFunctionCommand({ FunctionName: name, Marker: first.NextMarker }),
    );
    expect(rest.Versions?.map((version) => version.Version)).toEqual(['2']);
    expect(rest.NextMarker).toBeUndefined();
  });
});

describe('updates', () => {
  it('give every change a new revision, and DryRun none', async () => {
    const { name, revisionId } = await makeFunction(aws, { Publish: false });
    const dry = await updateCode(name, 'dry', { DryRun: true });
    expect(dry.RevisionId).toBe(revisionId);
    const read = () => aws.clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
    expect((await read()).CodeSha256).not.toBe(dry.CodeSha256);
    const wet = await updateCode(name, 'dry', { RevisionId: revisionId });
    expect(wet.RevisionId).not.toBe(revisionId);
    expect((await read()).CodeSha256).toBe(dry.CodeSha256);
  });

  it('leave alone what a configuration does not name, and replace the environment whole', async () => {
    const { name } = await makeFunction(aws, { Timeout: 7, Environment: { Variables: { A: '1', B: '2' } } });
    const update = new UpdateFunctionConfigurationCommand({
      FunctionName: name,
      Environment: { Variables: { C: '3' } },
    });
    expect(await aws.clients.lambda.send(update)).toMatchObject({ Timeout: 7, Environment: { Variables: { C: '3' } } });
  });

  it('pass through Pending and InProgress', async () => {
    const slow = await startTestAws({ delays: { lambda: 400 } });
    try {
      const client = slow.clients.lambda;
      const { name } = await makeFunction(slow, { Publish: false });
      const state = () => client.send(new GetFunctionConfigurationCommand({ FunctionName: name }));
      expect((await state()).State).toBe('Pending');
      await waitUntilFunctionActiveV2({ client, maxWaitTime: 10, minDelay: 1 }, { FunctionName: name });
      const update = () => client.send(new UpdateFunctionConfigurationCommand({ FunctionName: name, Timeout: 9 }));
      expect((await update()).LastUpdateStatus).toBe('InProgress');
      await expect(update()).rejects.toMatchObject({
        name: 'ResourceConflictException',
        message: `The operation cannot be performed at this time. An update is in progress for resource: arn:aws:lambda:us-east-1:000000000000:function:${name}`,
      });
      await waitUntilFunctionUpdatedV2({ client, maxWaitTime: 10, minDelay: 1 }, { FunctionName: name });
      expect((await state()).State).toBe('Active');
    } finally {
      await slow.close();
    }
  });
});

describe('replicas', () => {
  const inRegion = async (region: string) => {
    const client = aws.clientsFor(aws.credentials, region).lambda;
    const list = await client.send(new ListFunctionsCommand({ MasterRegion: 'us-east-1', FunctionVersion: 'ALL' }));
    return list.Functions?.map((found) => found.FunctionArn) ?? [];
  };

  it('are in the regions of the edges, keep their version, and go with the last association', async () => {
    const { name, arn } = await makeFunction(aws);
    expect(await inRegion('eu-west-1')).toEqual([]);
    const { id, etag, config } = await makeDistribution(aws, onOriginResponse(arn));
    expect(await inRegion('eu-west-1')).toEqual([`arn:aws:lambda:eu-west-1:000000000000:function:us-east-1.${name}:1`]);
    expect(await inRegion('eu-north-1')).toEqual([]);
    for (const Qualifier of ['1', undefined]) {
      const attempt = aws.clients.lambda.send(new DeleteFunctionCommand({ FunctionName: name, Qualifier }));
      await expect(attempt).rejects.toMatchObject({
        name: 'InvalidParameterValueException',
        message: `Lambda was unable to delete ${arn} because it is a replicated function. Please see our documentation for Deleting Lambda@Edge Functions and Replicas.`,
      });
    }
    const without = {
      ...config,
      DefaultCacheBehavior: config.DefaultCacheBehavior && {
        ...config.DefaultCacheBehavior,
        LambdaFunctionAssociations: { Quantity: 0 },
      },
    };
    aws.world.delays.replica = 60_000;
    await aws.clients.cloudfront.send(
      new UpdateDistributionCommand({ Id: id, IfMatch: etag, DistributionConfig: without }),
    );
    const attempt = () => aws.clients.lambda.send(new DeleteFunctionCommand({ FunctionName: name }));
    await expect(attempt()).rejects.toThrow('replicated function');
    aws.world.delays.replica = 0;
    await attempt();
    expect(await inRegion('eu-west-1')).toEqual([]);
  });
});

it('account settings count functions and their code', async () => {
  const region = aws.clientsFor(aws.credentials, 'ap-south-1').lambda;
  await makeFunction(aws, {}, region);
  const settings = await region.send(new GetAccountSettingsCommand({}));
  expect(settings.AccountLimit).toMatchObject({ ConcurrentExecutions: 1000, CodeSizeZipped: 52_428_800 });
  expect(settings.AccountUsage?.FunctionCount).toBe(1);
  expect(settings.AccountUsage?.TotalCodeSize).toBeGreaterThan(0);
});
