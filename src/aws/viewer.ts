/** CloudFront Functions and key value stores through the SDK. */
import type {
  CloudFrontClient,
  FunctionConfig,
  FunctionRuntime,
  FunctionStage,
  KeyValueStore,
} from '@aws-sdk/client-cloudfront';
import type { KeyStore, ViewerFunction, ViewerStage } from '../core/state.ts';
import { AppError } from '../errors.ts';
import type { ClientSettings } from './clients.ts';
import { call, isAwsError } from './errors.ts';
import type { RefusalKind } from './ports/refused.ts';
import type { ViewerContent, ViewerPort, ViewerTestResult } from './ports/viewer.ts';
import { refusable } from './refusals.ts';

type Sdk = typeof import('@aws-sdk/client-cloudfront');

/** @throws AppError from every call, see aws/errors */
export async function createViewerPort(settings: ClientSettings): Promise<ViewerPort> {
  const sdk = await import('@aws-sdk/client-cloudfront');
  const client = new sdk.CloudFrontClient(settings);
  return {
    getFunction: (name) => getFunction(sdk, client, name),
    createFunction: async ({ name, tags, ...content }) => {
      await call(`create CloudFront Function ${name}`, () =>
        client.send(new sdk.CreateFunctionCommand({ Name: name, ...members(content), Tags: tagList(tags) })),
      );
    },
    updateFunction: (name, content, IfMatch) =>
      change(`update CloudFront Function ${name}`, () =>
        client.send(new sdk.UpdateFunctionCommand({ Name: name, IfMatch, ...members(content) })),
      ),
    testFunction: (name, etag, event) => testFunction(sdk, client, { name, etag, event }),
    publishFunction: (Name, IfMatch) =>
      change(`publish CloudFront Function ${Name}`, () =>
        client.send(new sdk.PublishFunctionCommand({ Name, IfMatch })),
      ),
    getKeyStore: (name) => getKeyStore(sdk, client, name),
    createKeyStore: ({ name, comment, tags }) =>
      call(`create key value store ${name}`, async () => {
        const input = { Name: name, Comment: comment, Tags: tagList(tags) };
        const { KeyValueStore } = await client.send(new sdk.CreateKeyValueStoreCommand(input));
        return toKeyStore(KeyValueStore, tags);
      }),
    tag: async (Resource, tags) => {
      await call(`tag ${Resource}`, () => client.send(new sdk.TagResourceCommand({ Resource, Tags: tagList(tags) })));
    },
  };
}

/** Code and settings are two calls a stage; none of the four waits for another. */
async function getFunction(sdk: Sdk, client: CloudFrontClient, name: string): Promise<ViewerFunction | undefined> {
  return call(`read CloudFront Function ${name}`, async () => {
    const [development, live] = await Promise.all(
      (['DEVELOPMENT', 'LIVE'] as const).map((stage) => readStage(sdk, client, name, stage)),
    );
    if (!development) return undefined;
    const { arn } = development;
    return { arn, development: development.stage, live: live?.stage, tags: await tagsOf(sdk, client, arn) };
  });
}

async function readStage(
  sdk: Sdk,
  client: CloudFrontClient,
  Name: string,
  Stage: FunctionStage,
): Promise<{ arn: string; stage: ViewerStage } | undefined> {
  try {
    const [described, got] = await Promise.all([
      client.send(new sdk.DescribeFunctionCommand({ Name, Stage })),
      client.send(new sdk.GetFunctionCommand({ Name, Stage })),
    ]);
    const config = described.FunctionSummary?.FunctionConfig;
    const stage = {
      etag: described.ETag ?? '',
      runtime: config?.Runtime ?? '',
      code: new TextDecoder().decode(got.FunctionCode),
      store: config?.KeyValueStoreAssociations?.Items?.[0]?.KeyValueStoreARN,
    };
    return { arn: described.FunctionSummary?.FunctionMetadata?.FunctionARN ?? '', stage };
  } catch (error) {
    if (isAwsError(error, 'NoSuchFunctionExists')) return undefined;
    throw error;
  }
}

async function testFunction(
  sdk: Sdk,
  client: CloudFrontClient,
  { name, etag, event }: { name: string; etag: string; event: unknown },
): Promise<ViewerTestResult> {
  return refusable(
    `test CloudFront Function ${name}`,
    async () => {
      const { TestResult } = await client.send(
        new sdk.TestFunctionCommand({
          Name: name,
          IfMatch: etag,
          Stage: 'DEVELOPMENT',
          EventObject: new TextEncoder().encode(JSON.stringify(event)),
        }),
      );
      return {
        output: parsed(TestResult?.FunctionOutput),
        error: TestResult?.FunctionErrorMessage || undefined,
        logs: TestResult?.FunctionExecutionLogs ?? [],
        timeUsed: percent(TestResult?.ComputeUtilization),
      };
    },
    staleness,
  );
}

async function change(what: string, send: () => Promise<unknown>): Promise<void> {
  await refusable(what, send, staleness);
}

function staleness(error: Error): RefusalKind | undefined {
  return isAwsError(error, 'PreconditionFailed', 'InvalidIfMatchVersion') ? 'stale' : undefined;
}

async function getKeyStore(sdk: Sdk, client: CloudFrontClient, Name: string): Promise<KeyStore | undefined> {
  return call(`read key value store ${Name}`, async () => {
    try {
      const { KeyValueStore: store } = await client.send(new sdk.DescribeKeyValueStoreCommand({ Name }));
      return toKeyStore(store, await tagsOf(sdk, client, store?.ARN ?? ''));
    } catch (error) {
      if (isAwsError(error, 'EntityNotFound')) return undefined;
      throw error;
    }
  });
}

function toKeyStore(store: KeyValueStore | undefined, tags: Record<string, string>): KeyStore {
  if (!store?.ARN) throw new AppError('AWS_ERROR', 'CloudFront answered without a key value store');
  return { arn: store.ARN, status: store.Status ?? '', tags };
}

async function tagsOf(sdk: Sdk, client: CloudFrontClient, Resource: string): Promise<Record<string, string>> {
  const { Tags } = await client.send(new sdk.ListTagsForResourceCommand({ Resource }));
  return Object.fromEntries((Tags?.Items ?? []).map(({ Key, Value }) => [Key, Value ?? '']));
}

function tagList(tags: Record<string, string>) {
  return { Items: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
}

/** An association that is left out is taken away: config and code are replaced whole. */
function members({ code, runtime, comment, store }: ViewerContent): {
  FunctionConfig: FunctionConfig;
  FunctionCode: Uint8Array;
} {
  const Items = store === undefined ? [] : [{ KeyValueStoreARN: store }];
  return {
    FunctionConfig: {
      Comment: comment,
      Runtime: runtime as FunctionRuntime,
      ...(store !== undefined && { KeyValueStoreAssociations: { Quantity: Items.length, Items } }),
    },
    FunctionCode: new TextEncoder().encode(code),
  };
}

function percent(text: string | undefined): number | undefined {
  const value = Number.parseInt(text ?? '', 10);
  return Number.isNaN(value) ? undefined : value;
}

function parsed(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? '');
  } catch {
    return undefined;
  }
}
