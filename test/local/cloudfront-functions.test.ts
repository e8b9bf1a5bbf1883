import {
  CreateFunctionCommand,
  DescribeFunctionCommand,
  GetDistributionCommand,
  GetFunctionCommand,
  ListFunctionsCommand,
  ListTagsForResourceCommand,
  PublishFunctionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionCommand,
} from '@aws-sdk/client-cloudfront';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../builders/local-aws.ts';
import { makeDistribution } from './cloudfront-kit.ts';
import { codeOf, configOf, makeStore, makeViewerFunction, onViewerRequest, SOURCE } from './viewer-kit.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.close());

const describeFunction = (Name: string, Stage?: 'LIVE') =>
  aws.clients.cloudfront.send(new DescribeFunctionCommand({ Name, Stage }));
const code = async (Name: string, Stage?: 'LIVE') => {
  const { FunctionCode } = await aws.clients.cloudfront.send(new GetFunctionCommand({ Name, Stage }));
  return Buffer.from(FunctionCode ?? []).toString();
};

describe('stages', () => {
  it('a new function is in DEVELOPMENT alone', async () => {
    const { FunctionSummary, ETag, Location } = await aws.clients.cloudfront.send(
      new CreateFunctionCommand({
        Name: 'new',
        FunctionConfig: configOf({ Comment: 'c' }),
        FunctionCode: codeOf(SOURCE),
      }),
    );
    const arn = 'arn:aws:cloudfront::000000000000:function/new';
    expect(FunctionSummary).toMatchObject({
      Name: 'new',
      Status: 'UNPUBLISHED',
      FunctionConfig: { Comment: 'c', Runtime: 'cloudfront-js-2.0' },
      FunctionMetadata: { FunctionARN: arn, Stage: 'DEVELOPMENT', CreatedTime: expect.any(Date) },
    });
    expect(Location).toMatch(/\/function\/new$/);
    expect(await describeFunction('new')).toMatchObject({ ETag, FunctionSummary });
    expect(await code('new')).toBe(SOURCE);
    await expect(describeFunction('new', 'LIVE')).rejects.toMatchObject({ name: 'NoSuchFunctionExists' });
    await expect(code('new', 'LIVE')).rejects.toMatchObject({ name: 'NoSuchFunctionExists' });
    expect(aws.world.cloudfront.viewerFunction?.(arn, 'DEVELOPMENT')).toMatchObject({
      name: 'new',
      code: SOURCE,
      etag: ETag,
    });
    expect(aws.world.cloudfront.viewerFunction?.(arn, 'LIVE')).toBeUndefined();
    expect(aws.world.cloudfront.viewerFunction?.(arn.replace('0:', '1:'), 'DEVELOPMENT')).toBeUndefined();
  });

  it('publishing copies; a later update leaves what is live alone', async () => {
    const { name, arn, etag } = await makeViewerFunction(aws);
    const { FunctionSummary } = await describeFunction(name, 'LIVE');
    expect(FunctionSummary).toMatchObject({ Status: 'UNASSOCIATED', FunctionMetadata: { Stage: 'LIVE' } });
    const live = aws.world.cloudfront.viewerFunction?.(arn, 'LIVE');
    expect(live).toMatchObject({ code: SOURCE, runtime: 'cloudfront-js-2.0' });
    expect(live?.etag).not.toBe(etag);

    const changed = `${SOURCE} // changed`;
    const update = { Name: name, IfMatch: etag, FunctionConfig: configOf(), FunctionCode: codeOf(changed) };
    const { ETag } = await aws.clients.cloudfront.send(new UpdateFunctionCommand(update));
    expect(ETag).toMatch(/^E[A-Z0-9]{13}$/);
    expect(ETag).not.toBe(etag);
    expect((await describeFunction(name)).FunctionSummary?.Status).toBe('UNPUBLISHED');
    expect([await code(name), await code(name, 'LIVE')]).toEqual([changed, SOURCE]);
    expect(aws.world.cloudfront.viewerFunction?.(arn, 'LIVE')).toEqual(live);
    await aws.clients.cloudfront.send(new PublishFunctionCommand({ Name: name, IfMatch: ETag }));
    expect(aws.world.cloudfront.viewerFunction?.(arn, 'LIVE')?.code).toBe(changed);
  });

  it('bytes come back as they were sent', async () => {
    const text = `// é한\r\n${SOURCE}\n`;
    const { name } = await makeViewerFunction(aws, { code: text });
    const sent = await aws.clients.cloudfront.send(new GetFunctionCommand({ Name: name }));
    expect(Buffer.from(sent.FunctionCode ?? []).toString()).toBe(text);
    expect(sent.ContentType).toBe('application/octet-stream');
  });

  it('a function knows its key value store', async () => {
    const store = await makeStore(aws);
    const { arn, name } = await makeViewerFunction(aws, { stores: [store.arn] });
    expect(aws.world.cloudfront.viewerFunction?.(arn, 'LIVE')?.keyValueStore).toBe(store.arn);
    expect((await describeFunction(name)).FunctionSummary?.FunctionConfig?.KeyValueStoreAssociations).toEqual({
      Quantity: 1,
      Items: [{ KeyValueStoreARN: store.arn }],
    });
  });
});

it('lists by stage, in pages', async () => {
  const local = await startTestAws();
  const { cloudfront } = local.clients;
  for (const name of ['c', 'a', 'b']) await makeViewerFunction(local, { name, publish: name !== 'b' });
  const list = (input: object) => cloudfront.send(new ListFunctionsCommand(input));
  const names = (page: Awaited<ReturnType<typeof list>>) => page.FunctionList?.Items?.map((item) => item.Name);
  expect(names(await list({}))).toEqual(['a', 'b', 'c']);
  const live = await list({ Stage: 'LIVE' });
  expect(names(live)).toEqual(['a', 'c']);
  expect(live.FunctionList?.Items?.[0]?.FunctionMetadata?.Stage).toBe('LIVE');
  const first = await list({ MaxItems: 2 });
  expect(first.FunctionList).toMatchObject({ Quantity: 2, MaxItems: 2 });
  const second = await list({ MaxItems: 2, Marker: first.FunctionList?.NextMarker });
  expect([names(second), second.FunctionList?.NextMarker]).toEqual([['c'], undefined]);
  await local.close();
});

it('has tags of its own, as a key value store has', async () => {
  const { cloudfront } = aws.clients;
  const { arn } = await makeViewerFunction(aws, { tags: [{ Key: 'a', Value: '1' }] });
  const store = await makeStore(aws);
  const tags = async (Resource: string) =>
    (await cloudfront.send(new ListTagsForResourceCommand({ Resource }))).Tags?.Items ?? [];
  expect(await tags(arn)).toEqual([{ Key: 'a', Value: '1' }]);
  for (const Resource of [arn, store.arn]) {
    await cloudfront.send(new TagResourceCommand({ Resource, Tags: { Items: [{ Key: 'b', Value: '2' }] } }));
    expect(await tags(Resource)).toContainEqual({ Key: 'b', Value: '2' });
    await cloudfront.send(new UntagResourceCommand({ Resource, TagKeys: { Items: ['a', 'b'] } }));
    expect(await tags(Resource)).toEqual([]);
  }
  await expect(tags(`${arn}-none`)).rejects.toMatchObject({ name: 'NoSuchResource' });
});

it('a newly published copy is served when the distributions are deployed, and they have another ETag', async () => {
  const clock = { now: Date.now() };
  const local = await startTestAws({ delays: { deploy: 1000 }, now: () => clock.now });
  const { cloudfront } = local.clients;
  const { arn, name, etag } = await makeViewerFunction(local);
  const { id, etag: before } = await makeDistribution(local, onViewerRequest(arn));
  const status = async () =>
    (await cloudfront.send(new DescribeFunctionCommand({ Name: name }))).FunctionSummary?.Status;
  const distribution = () => cloudfront.send(new GetDistributionCommand({ Id: id }));
  expect(await status()).toBe('IN_PROGRESS');
  clock.now += 1000;
  expect(await status()).toBe('DEPLOYED');

  const next = { Name: name, IfMatch: etag, FunctionConfig: configOf(), FunctionCode: codeOf(`${SOURCE} // 2`) };
  const { ETag } = await cloudfront.send(new UpdateFunctionCommand(next));
  await cloudfront.send(new PublishFunctionCommand({ Name: name, IfMatch: ETag }));
  const during = await distribution();
  expect(during.Distribution?.Status).toBe('InProgress');
  expect(during.ETag).not.toBe(before);
  expect(local.world.cloudfront.viewerFunction?.(arn, 'LIVE')?.code).toBe(SOURCE);
  clock.now += 1000;
  expect((await distribution()).Distribution?.Status).toBe('Deployed');
  expect(local.world.cloudfront.viewerFunction?.(arn, 'LIVE')?.code).toBe(`${SOURCE} // 2`);
  await local.close();
});
