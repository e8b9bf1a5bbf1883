import {
  CreateInvalidationCommand,
  GetDistributionCommand,
  GetInvalidationCommand,
  ListInvalidationsCommand,
} from '@aws-sdk/client-cloudfront';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isPath } from '../../src/local/control/cloudfront/invalidations.ts';
import { startTestAws, type TestAws } from '../builders/local-aws.ts';
import { makeDistribution } from './cloudfront-kit.ts';
import { unique } from './lambda-kit.ts';

let now = Date.now();
let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws({ delays: { invalidation: 1000 }, now: () => now });
});
afterAll(() => aws.close());

const invalidate = async (DistributionId: string, Items: string[], CallerReference = unique('reference')) => {
  const InvalidationBatch = { CallerReference, Paths: { Quantity: Items.length, Items } };
  const made = await aws.clients.cloudfront.send(new CreateInvalidationCommand({ DistributionId, InvalidationBatch }));
  return made.Invalidation?.Id ?? '';
};

it('takes effect at once and is completed later', async () => {
  const { id } = await makeDistribution(aws);
  const Id = await invalidate(id, ['/a.jpg*', '/%ED%95%9C.jpg', '#tag']);
  expect(aws.world.cloudfront.invalidations(id)).toEqual([{ at: now, paths: ['/a.jpg*', '/%ED%95%9C.jpg', '#tag'] }]);
  const status = async () => {
    const read = await aws.clients.cloudfront.send(new GetInvalidationCommand({ DistributionId: id, Id }));
    const { Distribution } = await aws.clients.cloudfront.send(new GetDistributionCommand({ Id: id }));
    return [read.Invalidation?.Status, Distribution?.InProgressInvalidationBatches];
  };
  expect(await status()).toEqual(['InProgress', 1]);
  now += 1000;
  expect(await status()).toEqual(['Completed', 0]);
});

it('given twice with one reference is one invalidation, and never two different ones', async () => {
  const { id } = await makeDistribution(aws);
  const first = await invalidate(id, ['/a', '/b'], 'once');
  expect(await invalidate(id, ['/b', '/a'], 'once')).toBe(first);
  await expect(invalidate(id, ['/c'], 'once')).rejects.toMatchObject({ name: 'InvalidationBatchAlreadyExists' });
  expect(aws.world.cloudfront.invalidations(id)).toHaveLength(1);
});

it('is listed newest first, in pages', async () => {
  const { id } = await makeDistribution(aws);
  const made: string[] = [];
  for (const path of ['/1', '/2', '/3']) made.unshift(await invalidate(id, [path]));
  const list = async (Marker?: string) => {
    const input = { DistributionId: id, MaxItems: 2, Marker };
    return (await aws.clients.cloudfront.send(new ListInvalidationsCommand(input))).InvalidationList;
  };
  const first = await list();
  const rest = await list(first?.NextMarker);
  expect([first?.IsTruncated, rest?.IsTruncated]).toEqual([true, false]);
  expect([...(first?.Items ?? []), ...(rest?.Items ?? [])].map((item) => item.Id)).toEqual(made);
});

it('counts what is in progress, wildcards apart', async () => {
  const { id } = await makeDistribution(aws);
  const wildcards = (count: number) => Array.from({ length: count }, (_, at) => `/${at}*`);
  await invalidate(id, wildcards(10));
  await expect(invalidate(id, wildcards(6))).rejects.toMatchObject({
    name: 'TooManyInvalidationsInProgress',
    message: 'Processing your request will cause you to exceed the maximum number of in-progress invalidations.',
  });
  await invalidate(
    id,
    Array.from({ length: 3000 }, (_, at) => `/${at}`),
  );
  await expect(invalidate(id, ['/one-more'])).rejects.toMatchObject({ name: 'TooManyInvalidationsInProgress' });
  now += 1000;
  await invalidate(id, ['/one-more', ...wildcards(15)]);
});

it('takes the paths of AWS-FACTS 4 and no others', () => {
  for (const good of [
    '/',
    '/*',
    '/a.jpg',
    '/a.jpg?d=1x1&e=~',
    '/a%20b',
    "/(a)'!.jpg",
    '#tag',
    `/${'a'.repeat(3999)}`,
  ]) {
    expect([good, isPath(good)]).toEqual([good, true]);
  }
  for (const bad of ['', 'a.jpg', '*', '/*a', '/a*/b', '/a b', '/한', '#', '#a*', '#a,b', `/${'a'.repeat(4000)}`]) {
    expect([bad, isPath(bad)]).toEqual([bad, false]);
  }
  fc.assert(fc.property(fc.webPath(), (path) => isPath(`/${path.replaceAll('*', '')}*`)));
});
