/** CloudFront's control plane through the SDK. */
import type {
  CloudFrontClient,
  CachePolicy as SdkCachePolicy,
  DistributionConfig as SdkConfig,
  Distribution as SdkDistribution,
} from '@aws-sdk/client-cloudfront';
import type { CachePolicyConfig, DistributionConfig } from '../core/distribution-config.ts';
import type { AccessControl, CachePolicy, Distribution, DistributionSummary } from '../core/state.ts';
import { AppError } from '../errors.ts';
import type { ClientSettings } from './clients.ts';
import { call, isAwsError } from './errors.ts';
import type { CloudFrontPort } from './ports/cloudfront.ts';
import type { RefusalKind } from './ports/refused.ts';
import { refusable } from './refusals.ts';

type Sdk = typeof import('@aws-sdk/client-cloudfront');

/** @throws AppError from every call, see aws/errors */
export async function createCloudFrontPort(settings: ClientSettings): Promise<CloudFrontPort> {
  const sdk = await import('@aws-sdk/client-cloudfront');
  const client = new sdk.CloudFrontClient(settings);
  return {
    ...distributions(sdk, client),
    getTags: (Resource) =>
      call(`read the tags of ${Resource}`, async () => {
        const { Tags } = await client.send(new sdk.ListTagsForResourceCommand({ Resource }));
        return Object.fromEntries((Tags?.Items ?? []).map(({ Key, Value }) => [Key, Value ?? '']));
      }),
    getCachePolicy: (Id) =>
      orMissing(`read cache policy ${Id}`, 'NoSuchCachePolicy', async () =>
        toCachePolicy((await client.send(new sdk.GetCachePolicyCommand({ Id }))).CachePolicy),
      ),
    findCachePolicy: (name) => findCachePolicy(sdk, client, name),
    createCachePolicy: (config) =>
      call(`create cache policy ${config.Name}`, async () => {
        const CachePolicyConfig = config as import('@aws-sdk/client-cloudfront').CachePolicyConfig;
        return toCachePolicy((await client.send(new sdk.CreateCachePolicyCommand({ CachePolicyConfig }))).CachePolicy);
      }),
    findAccessControl: (name) => findAccessControl(sdk, client, name),
    createAccessControl: ({ name, description }) =>
      call(`create origin access control ${name}`, async () => {
        const { OriginAccessControl } = await client.send(
          new sdk.CreateOriginAccessControlCommand({
            OriginAccessControlConfig: {
              Name: name,
              Description: description,
              OriginAccessControlOriginType: 's3',
              SigningProtocol: 'sigv4',
              SigningBehavior: 'always',
            },
          }),
        );
        return { id: OriginAccessControl?.Id ?? '', name, description };
      }),
  };
}

type DistributionCalls = Pick<
  CloudFrontPort,
  'getDistribution' | 'listDistributions' | 'createDistribution' | 'updateDistribution'
>;

function distributions(sdk: Sdk, client: CloudFrontClient): DistributionCalls {
  return {
    getDistribution: (Id) =>
      orMissing(`read distribution ${Id}`, 'NoSuchDistribution', async () =>
        toDistribution(await client.send(new sdk.GetDistributionCommand({ Id }))),
      ),
    listDistributions: () => listDistributions(sdk, client),
    createDistribution: (config, tags) =>
      call('create a distribution', async () => {
        const Items = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
        const DistributionConfigWithTags = { DistributionConfig: sdkConfig(config), Tags: { Items } };
        return toDistribution(
          await client.send(new sdk.CreateDistributionWithTagsCommand({ DistributionConfigWithTags })),
        );
      }),
    updateDistribution: (Id, config, IfMatch) =>
      refusable(
        `update distribution ${Id}`,
        async () =>
          toDistribution(
            await client.send(
              new sdk.UpdateDistributionCommand({ Id, IfMatch, DistributionConfig: sdkConfig(config) }),
            ),
          ),
        kindOf,
      ),
  };
}

/** 412, and a role or version that CloudFront does not see as ready yet (AWS-FACTS 3.1, 10). */
function kindOf(error: Error): RefusalKind | undefined {
  if (isAwsError(error, 'PreconditionFailed', 'InvalidIfMatchVersion')) return 'stale';
  if (!isAwsError(error, 'InvalidLambdaFunctionAssociation')) return undefined;
  return /must be assumable|Active state/i.test(error.message) ? 'role-not-ready' : undefined;
}

async function listDistributions(sdk: Sdk, client: CloudFrontClient): Promise<DistributionSummary[]> {
  return call('list distributions', async () => {
    const found: DistributionSummary[] = [];
    for await (const page of sdk.paginateListDistributions({ client }, {})) {
      for (const one of page.DistributionList?.Items ?? []) {
        found.push({
          id: one.Id ?? '',
          arn: one.ARN ?? '',
          domainName: one.DomainName ?? '',
          originHosts: (one.Origins?.Items ?? []).map(({ DomainName }) => DomainName ?? ''),
        });
      }
    }
    return found;
  });
}

async function findCachePolicy(sdk: Sdk, client: CloudFrontClient, name: string): Promise<CachePolicy | undefined> {
  return call('list cache policies', async () => {
    let Marker: string | undefined;
    do {
      const { CachePolicyList } = await client.send(new sdk.ListCachePoliciesCommand({ Type: 'custom', Marker }));
      const found = CachePolicyList?.Items?.find(({ CachePolicy }) => CachePolicy?.CachePolicyConfig?.Name === name);
      if (found) return toCachePolicy(found.CachePolicy);
      Marker = CachePolicyList?.NextMarker;
    } while (Marker);
    return undefined;
  });
}

async function findAccessControl(sdk: Sdk, client: CloudFrontClient, name: string): Promise<AccessControl | undefined> {
  return call('list origin access controls', async () => {
    let Marker: string | undefined;
    do {
      const { OriginAccessControlList } = await client.send(new sdk.ListOriginAccessControlsCommand({ Marker }));
      const found = OriginAccessControlList?.Items?.find(({ Name }) => Name === name);
      if (found) return { id: found.Id ?? '', name, description: found.Description ?? '' };
      Marker = OriginAccessControlList?.NextMarker;
    } while (Marker);
    return undefined;
  });
}

function orMissing<T>(what: string, missing: string, send: () => Promise<T>): Promise<T | undefined> {
  return call(what, async () => {
    try {
      return await send();
    } catch (error) {
      if (isAwsError(error, missing)) return undefined;
      throw error;
    }
  });
}

function toDistribution(answer: { Distribution?: SdkDistribution; ETag?: string }): Distribution {
  const { Distribution, ETag } = answer;
  if (!Distribution?.Id || !Distribution.DistributionConfig || !ETag) {
    throw new AppError('AWS_ERROR', 'CloudFront answered without a distribution, its config or its ETag');
  }
  return {
    id: Distribution.Id,
    arn: Distribution.ARN ?? '',
    domainName: Distribution.DomainName ?? '',
    status: Distribution.Status ?? '',
    etag: ETag,
    config: Distribution.DistributionConfig,
  };
}

function toCachePolicy(policy: SdkCachePolicy | undefined): CachePolicy {
  return { id: policy?.Id ?? '', config: (policy?.CachePolicyConfig ?? { Name: '', MinTTL: 0 }) as CachePolicyConfig };
}

/** Configs are the SDK's own objects, edited in place, or made whole by core; our type names only the members we touch. */
function sdkConfig(config: DistributionConfig): SdkConfig {
  return config as SdkConfig;
}
