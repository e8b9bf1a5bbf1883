import {
  type CacheBehavior,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DescribeFunctionCommand,
  GetDistributionCommand,
  GetFunctionCommand,
  ListFunctionsCommand,
  ListTagsForResourceCommand,
  PublishFunctionCommand,
  TagResourceCommand,
  TestFunctionCommand,
  UntagResourceCommand,
  UpdateDistributionCommand,
  UpdateFunctionCommand,
} from '@aws-sdk/client-cloudfront';
import { DescribeKeyValueStoreCommand, PutKeyCommand } from '@aws-sdk/client-cloudfront-keyvaluestore';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../builders/local-aws.ts';
import { makeDistribution } from './cloudfront-kit.ts';
import { makeFunction } from './lambda-kit.ts';
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

describe('TestFunction', () => {
  const EVENT = { version: '1.0', context: {}, viewer: {}, request: { method: 'GET', uri: '/a', headers: {} } };
  const run = async (code: string, given: { Stage?: 'LIVE'; stores?: string[]; etag?: string } = {}) => {
    const { name, etag } = await makeViewerFunction(aws, { code, stores: given.stores });
    const live = given.Stage && (await describeFunction(name, given.Stage)).ETag;
    const EventObject = codeOf(JSON.stringify(EVENT));
    const input = { Name: name, IfMatch: given.etag ?? live ?? etag, EventObject, Stage: given.Stage };
    return (await aws.clients.cloudfront.send(new TestFunctionCommand(input))).TestResult;
  };

  it('answers what the function returned and logged', async () => {
    const result = await run(
      "function handler(event) { console.log('hello'); event.request.uri = '/b'; return event.request; }",
    );
    expect(JSON.parse(result?.FunctionOutput ?? '')).toEqual({ request: { method: 'GET', uri: '/b', headers: {} } });
    expect(result).toMatchObject({
      FunctionExecutionLogs: ['hello'],
      FunctionErrorMessage: '',
      ComputeUtilization: expect.stringMatching(/^\d+$/),
      FunctionSummary: { FunctionMetadata: { Stage: 'DEVELOPMENT' } },
    });
  });

  it('runs what is live, and tells a response from a request', async () => {
    const result = await run('function handler(event) { return { statusCode: 403 }; }', { Stage: 'LIVE' });
    expect(JSON.parse(result?.FunctionOutput ?? '')).toEqual({ response: { statusCode: 403 } });
    expect(result?.FunctionSummary?.FunctionMetadata?.Stage).toBe('LIVE');
  });

  it('reads the key value store', async () => {
    const { arn: KvsARN } = await makeStore(aws);
    const { ETag: IfMatch } = await aws.clients.keyValues.send(new DescribeKeyValueStoreCommand({ KvsARN }));
    await aws.clients.keyValues.send(new PutKeyCommand({ KvsARN, Key: 'k', Value: '/from-store', IfMatch }));
    const code = `import cf from 'cloudfront';
      async function handler(event) { event.request.uri = await cf.kvs().get('k'); return event.request; }`;
    expect(JSON.parse((await run(code, { stores: [KvsARN] }))?.FunctionOutput ?? '')).toMatchObject({
      request: { uri: '/from-store' },
    });
  });

  it('a function that throws is no error of the call', async () => {
    expect(await run("function handler(event) { throw new Error('no picture'); }")).toMatchObject({
      FunctionErrorMessage: expect.stringContaining('no picture'),
      FunctionOutput: '',
    });
  });

  it('wants the ETag of the stage', async () => {
    await expect(run(SOURCE, { etag: 'E0000000000000' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });
});

describe('associations', () => {
  it('are checked on every behavior of an update, and go with it', async () => {
    const { cloudfront } = aws.clients;
    const [live, draft] = [await makeViewerFunction(aws), await makeViewerFunction(aws, { publish: false })];
    const made = await makeDistribution(aws, onViewerRequest(live.arn));
    const update = (arn: string | undefined, IfMatch: string) => {
      const Items = arn === undefined ? [] : [{ FunctionARN: arn, EventType: 'viewer-response' as const }];
      const behavior = { ...made.config.DefaultCacheBehavior, PathPattern: 'img/*' } as CacheBehavior;
      const second = { ...behavior, FunctionAssociations: { Quantity: Items.length, Items } };
      return cloudfront.send(
        new UpdateDistributionCommand({
          Id: made.id,
          IfMatch,
          DistributionConfig: { ...made.config, CacheBehaviors: { Quantity: 1, Items: [second] } },
        }),
      );
    };
    await expect(update(draft.arn, made.etag)).rejects.toMatchObject({ name: 'InvalidFunctionAssociation' });
    await expect(update(`${live.arn}-none`, made.etag)).rejects.toMatchObject({ name: 'InvalidFunctionAssociation' });
    const { ETag = '', Distribution } = await update(live.arn, made.etag);
    expect(Distribution?.DistributionConfig?.CacheBehaviors?.Items?.[0]?.FunctionAssociations).toEqual({
      Quantity: 1,
      Items: [{ FunctionARN: live.arn, EventType: 'viewer-response' }],
    });
    await update(undefined, ETag);
  });

  it('a function beside one of Lambda@Edge on the events of the origin', async () => {
    const [viewer, request, response] = [
      await makeViewerFunction(aws),
      await makeFunction(aws),
      await makeFunction(aws),
    ];
    const config = onViewerRequest(viewer.arn);
    Object.assign(config.DefaultCacheBehavior ?? {}, {
      LambdaFunctionAssociations: {
        Quantity: 2,
        Items: [
          { LambdaFunctionARN: request.arn, EventType: 'origin-request' },
          { LambdaFunctionARN: response.arn, EventType: 'origin-response' },
        ],
      },
    });
    const { config: stored } = await makeDistribution(aws, config);
    expect(stored.DefaultCacheBehavior?.FunctionAssociations?.Quantity).toBe(1);
    expect(stored.DefaultCacheBehavior?.LambdaFunctionAssociations?.Quantity).toBe(2);
  });

  it('a function goes when its last association went', async () => {
    const { cloudfront } = aws.clients;
    const { name, arn, etag } = await makeViewerFunction(aws);
    const made = await makeDistribution(aws, onViewerRequest(arn));
    const remove = () => cloudfront.send(new DeleteFunctionCommand({ Name: name, IfMatch: etag }));
    await expect(remove()).rejects.toMatchObject({
      name: 'FunctionInUse',
      message: `Cannot delete function ${name}, it is in use by 1 distributions`,
    });
    const without = { ...made.config, Enabled: false };
    without.DefaultCacheBehavior = {
      ...made.config.DefaultCacheBehavior,
      FunctionAssociations: { Quantity: 0 },
    } as never;
    await cloudfront.send(
      new UpdateDistributionCommand({ Id: made.id, IfMatch: made.etag, DistributionConfig: without }),
    );
    await remove();
    await expect(describeFunction(name)).rejects.toMatchObject({ name: 'NoSuchFunctionExists' });
    expect(aws.world.cloudfront.viewerFunction?.(arn, 'LIVE')).toBeUndefined();
  });
});

it.each([
  // Nothing to send it in: the schema says that it is required.
  [undefined, 'MalformedXML'],
  ['nonsense', 'InvalidIfMatchVersion'],
  ['E0000000000000', 'PreconditionFailed'],
])('changes with the If-Match %s are refused', async (IfMatch, name) => {
  const { cloudfront } = aws.clients;
  const made = await makeViewerFunction(aws, { publish: false });
  const named = { Name: made.name, IfMatch };
  const update = new UpdateFunctionCommand({ ...named, FunctionConfig: configOf(), FunctionCode: codeOf(SOURCE) });
  await expect(cloudfront.send(update)).rejects.toMatchObject({ name });
  await expect(cloudfront.send(new PublishFunctionCommand(named))).rejects.toMatchObject({ name });
  await expect(cloudfront.send(new DeleteFunctionCommand(named))).rejects.toMatchObject({ name });
});
