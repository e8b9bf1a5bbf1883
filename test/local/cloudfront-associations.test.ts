import {
  DeleteDistributionCommand,
  type DistributionConfig,
  type EventType,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';
import { DeleteFunctionCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../builders/local-aws.ts';
import { configWith, makeDistribution, onOriginResponse, sampleConfig } from './cloudfront-kit.ts';
import { makeFunction } from './lambda-kit.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.close());

const update = async (made: { id: string; etag: string }, config: DistributionConfig) => {
  const input = { Id: made.id, IfMatch: made.etag, DistributionConfig: config };
  return { ...made, etag: (await aws.clients.cloudfront.send(new UpdateDistributionCommand(input))).ETag ?? '' };
};
const deleteFunction = (FunctionName: string) => aws.clients.lambda.send(new DeleteFunctionCommand({ FunctionName }));

describe('timeouts', () => {
  const limits: [EventType, number][] = [
    ['viewer-request', 5],
    ['viewer-response', 5],
    ['origin-request', 30],
    ['origin-response', 30],
  ];
  it.each(limits)('of a function on %s are at most %i seconds', async (EventType, most) => {
    const fits = await makeFunction(aws, { Timeout: most });
    await makeDistribution(aws, configWith({ LambdaFunctionARN: fits.arn, EventType }));
    const slow = await makeFunction(aws, { Timeout: most + 1 });
    await expect(makeDistribution(aws, configWith({ LambdaFunctionARN: slow.arn, EventType }))).rejects.toMatchObject({
      name: 'InvalidLambdaFunctionAssociation',
      message: `The function timeout is larger than the maximum allowed for functions that are triggered by a CloudFront event: ${most + 1} Max allowed: ${most} Function: ${slow.arn}`,
    });
  });
});

it('a function on another behavior than the default one is checked too', async () => {
  const { arn } = await makeFunction(aws, { Environment: { Variables: { A: '1' } } });
  const { DefaultCacheBehavior } = onOriginResponse(arn);
  const config = sampleConfig({
    CacheBehaviors: { Quantity: 1, Items: [{ ...DefaultCacheBehavior, PathPattern: 'img/*' } as never] },
  });
  await expect(makeDistribution(aws, config)).rejects.toMatchObject({
    message: `The function cannot have environment variables. Function: ${arn}`,
  });
});

it('a refused association leaves no distribution and no replica behind', async () => {
  const [good, bad] = [await makeFunction(aws), await makeFunction(aws, { Timeout: 31 })];
  const before = aws.world.cloudfront.live().length;
  const both = configWith(
    { LambdaFunctionARN: good.arn, EventType: 'origin-request' },
    { LambdaFunctionARN: bad.arn, EventType: 'origin-response' },
  );
  await expect(makeDistribution(aws, both)).rejects.toThrow('timeout');
  expect(aws.world.cloudfront.live()).toHaveLength(before);
  await deleteFunction(good.name);
});

it('a version is held by every distribution that uses it, until the last one lets go', async () => {
  const { name, arn } = await makeFunction(aws);
  const first = await makeDistribution(aws, onOriginResponse(arn));
  const second = await makeDistribution(aws, onOriginResponse(arn));
  const without = (config: DistributionConfig): DistributionConfig => ({
    ...config,
    Enabled: false,
    DefaultCacheBehavior: { ...config.DefaultCacheBehavior, LambdaFunctionAssociations: { Quantity: 0 } } as never,
  });
  await update(first, without(first.config));
  await expect(deleteFunction(name)).rejects.toThrow('replicated function');
  // Disabled but still associated, then deleted with the association on it.
  const off = await update(second, { ...second.config, Enabled: false });
  await expect(deleteFunction(name)).rejects.toThrow('replicated function');
  await aws.clients.cloudfront.send(new DeleteDistributionCommand({ Id: off.id, IfMatch: off.etag }));
  await deleteFunction(name);
});
