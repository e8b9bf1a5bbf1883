/** What tests of CloudFront Functions and key value stores make. */
import {
  CreateFunctionCommand,
  CreateKeyValueStoreCommand,
  type DistributionConfig,
  type FunctionAssociation,
  type FunctionConfig,
  PublishFunctionCommand,
  type Tag,
} from '@aws-sdk/client-cloudfront';
import type { TestAws } from '../builders/local-aws.ts';
import { CACHING_OPTIMIZED, sampleConfig } from './cloudfront-kit.ts';
import { unique } from './lambda-kit.ts';

export const SOURCE = 'function handler(event) { return event.request; }';

export const codeOf = (text: string): Uint8Array => new TextEncoder().encode(text);

export const configOf = (given: Partial<FunctionConfig> = {}): FunctionConfig => ({
  Comment: '',
  Runtime: 'cloudfront-js-2.0',
  ...given,
});

export const storesOf = (...arns: string[]) => ({
  Quantity: arns.length,
  Items: arns.map((KeyValueStoreARN) => ({ KeyValueStoreARN })),
});

interface Wanted {
  name?: string;
  code?: string;
  stores?: string[];
  tags?: Tag[];
  /** Published unless false. */
  publish?: boolean;
}

/** `etag` is that of the development stage. */
export async function makeViewerFunction(aws: TestAws, wanted: Wanted = {}) {
  const { name = unique('viewer'), code = SOURCE, stores = [], tags = [], publish = true } = wanted;
  const { FunctionSummary, ETag: etag = '' } = await aws.clients.cloudfront.send(
    new CreateFunctionCommand({
      Name: name,
      FunctionConfig: configOf(stores.length > 0 ? { KeyValueStoreAssociations: storesOf(...stores) } : {}),
      FunctionCode: codeOf(code),
      ...(tags.length > 0 && { Tags: { Items: tags } }),
    }),
  );
  if (publish) await aws.clients.cloudfront.send(new PublishFunctionCommand({ Name: name, IfMatch: etag }));
  return { name, etag, arn: FunctionSummary?.FunctionMetadata?.FunctionARN ?? '' };
}

export async function makeStore(aws: TestAws, name = unique('store')) {
  const { KeyValueStore, ETag: etag = '' } = await aws.clients.cloudfront.send(
    new CreateKeyValueStoreCommand({ Name: name }),
  );
  return { name, etag, arn: KeyValueStore?.ARN ?? '', id: KeyValueStore?.Id ?? '' };
}

/** A config whose default behavior has these functions. */
export function withFunctions(...items: FunctionAssociation[]): DistributionConfig {
  const config = sampleConfig();
  return {
    ...config,
    DefaultCacheBehavior: {
      TargetOriginId: 'images',
      ViewerProtocolPolicy: 'allow-all',
      CachePolicyId: CACHING_OPTIMIZED,
      FunctionAssociations: { Quantity: items.length, Items: items },
    },
  };
}

export const onViewerRequest = (arn: string) => withFunctions({ FunctionARN: arn, EventType: 'viewer-request' });
