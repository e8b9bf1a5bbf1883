import {
  type CachePolicyConfig,
  CreateCachePolicyCommand,
  CreateCloudFrontOriginAccessIdentityCommand,
  CreateOriginAccessControlCommand,
  DeleteCachePolicyCommand,
  DeleteCloudFrontOriginAccessIdentityCommand,
  DeleteOriginAccessControlCommand,
  GetCachePolicyCommand,
  GetCachePolicyConfigCommand,
  GetCloudFrontOriginAccessIdentityConfigCommand,
  GetDistributionConfigCommand,
  GetOriginAccessControlCommand,
  GetOriginAccessControlConfigCommand,
  GetOriginRequestPolicyCommand,
  ListCachePoliciesCommand,
  ListCloudFrontOriginAccessIdentitiesCommand,
  ListOriginAccessControlsCommand,
  ListOriginRequestPoliciesCommand,
  UpdateCachePolicyCommand,
  UpdateOriginAccessControlCommand,
} from '@aws-sdk/client-cloudfront';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../builders/local-aws.ts';
import { CACHING_OPTIMIZED, makeDistribution, sampleConfig, sampleOrigin } from './cloudfront-kit.ts';
import { unique } from './lambda-kit.ts';

let now = Date.now();
let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws({ now: () => now });
});
afterAll(() => aws.close());

const policyConfig = (given: Partial<CachePolicyConfig> = {}): CachePolicyConfig => ({
  Name: unique('policy'),
  MinTTL: 0,
  ParametersInCacheKeyAndForwardedToOrigin: {
    EnableAcceptEncodingGzip: false,
    HeadersConfig: { HeaderBehavior: 'none' },
    CookiesConfig: { CookieBehavior: 'none' },
    QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings: { Quantity: 1, Items: ['d'] } },
  },
  ...given,
});
const makePolicy = async (given: Partial<CachePolicyConfig> = {}) => {
  const made = await aws.clients.cloudfront.send(
    new CreateCachePolicyCommand({ CachePolicyConfig: policyConfig(given) }),
  );
  return { id: made.CachePolicy?.Id ?? '', etag: made.ETag, config: made.CachePolicy?.CachePolicyConfig };
};
const using = (CachePolicyId: string) =>
  sampleConfig({
    DefaultCacheBehavior: { TargetOriginId: 'images', ViewerProtocolPolicy: 'allow-all', CachePolicyId },
  });

describe('cache policies', () => {
  it('are stored with their TTLs and read back', async () => {
    const { id, etag, config } = await makePolicy();
    expect(config).toMatchObject({ MinTTL: 0, DefaultTTL: 86_400, MaxTTL: 31_536_000, Comment: '' });
    const read = await aws.clients.cloudfront.send(new GetCachePolicyCommand({ Id: id }));
    expect(read.ETag).toBe(etag);
    expect(read.CachePolicy?.CachePolicyConfig).toEqual(config);
    expect(aws.world.cloudfront.cachePolicy(id)).toEqual(config);
  });

  it('are listed by type, with those of AWS', async () => {
    const { id } = await makePolicy();
    const list = async (Type: 'custom' | 'managed') => {
      const { CachePolicyList } = await aws.clients.cloudfront.send(new ListCachePoliciesCommand({ Type }));
      return CachePolicyList?.Items?.map((item) => item.CachePolicy?.Id) ?? [];
    };
    expect(await list('custom')).toContain(id);
    expect(await list('managed')).toContain(CACHING_OPTIMIZED);
    expect(await list('managed')).not.toContain(id);
    const optimized = await aws.clients.cloudfront.send(new GetCachePolicyConfigCommand({ Id: CACHING_OPTIMIZED }));
    expect(optimized.CachePolicyConfig).toMatchObject({ Name: 'Managed-CachingOptimized', MinTTL: 1 });
  });

  it('change the ETag of the distributions that use them, and reach the edges like a deployment', async () => {
    const { id, etag } = await makePolicy();
    const used = await makeDistribution(aws, using(id));
    const other = await makeDistribution(aws);
    const etagOf = async (Id: string) =>
      (await aws.clients.cloudfront.send(new GetDistributionConfigCommand({ Id }))).ETag;
    aws.world.delays.deploy = 5000;
    now += 5000;
    const changed = policyConfig({ DefaultTTL: 60 });
    await aws.clients.cloudfront.send(
      new UpdateCachePolicyCommand({ Id: id, IfMatch: etag, CachePolicyConfig: changed }),
    );
    expect(await etagOf(used.id)).not.toBe(used.etag);
    expect(await etagOf(other.id)).toBe(other.etag);
    expect(aws.world.cloudfront.cachePolicy(id)?.DefaultTTL).toBe(86_400);
    now += 5000;
    expect(aws.world.cloudfront.cachePolicy(id)?.DefaultTTL).toBe(60);
    aws.world.delays.deploy = 0;
  });

  it('are changed with a fresh ETag, and deleted when nothing uses them', async () => {
    const { id, etag } = await makePolicy();
    await makeDistribution(aws, using(id));
    const remove = (IfMatch: string | undefined) =>
      aws.clients.cloudfront.send(new DeleteCachePolicyCommand({ Id: id, IfMatch }));
    await expect(remove('E0000000000000')).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await expect(remove(etag)).rejects.toMatchObject({ name: 'CachePolicyInUse' });
    const free = await makePolicy();
    await aws.clients.cloudfront.send(new DeleteCachePolicyCommand({ Id: free.id, IfMatch: free.etag }));
    await expect(aws.clients.cloudfront.send(new GetCachePolicyCommand({ Id: free.id }))).rejects.toMatchObject({
      name: 'NoSuchCachePolicy',
    });
  });
});

it("origin request policies are AWS's own", async () => {
  const { cloudfront } = aws.clients;
  const { OriginRequestPolicyList: list } = await cloudfront.send(new ListOriginRequestPoliciesCommand({}));
  const names = list?.Items?.map((item) => item.OriginRequestPolicy?.OriginRequestPolicyConfig?.Name);
  expect(names).toContain('Managed-AllViewerExceptHostHeader');
  const one = await cloudfront.send(
    new GetOriginRequestPolicyCommand({ Id: list?.Items?.[0]?.OriginRequestPolicy?.Id }),
  );
  expect(one.OriginRequestPolicy).toEqual(list?.Items?.[0]?.OriginRequestPolicy);
});

describe('origin access controls', () => {
  const config = () => ({
    Name: unique('control'),
    SigningProtocol: 'sigv4' as const,
    SigningBehavior: 'always' as const,
    OriginAccessControlOriginType: 's3' as const,
  });

  it('are made, changed, listed, used and deleted', async () => {
    const { cloudfront } = aws.clients;
    const given = config();
    const made = await cloudfront.send(new CreateOriginAccessControlCommand({ OriginAccessControlConfig: given }));
    const Id = made.OriginAccessControl?.Id ?? '';
    const read = await cloudfront.send(new GetOriginAccessControlCommand({ Id }));
    expect(read.OriginAccessControl?.OriginAccessControlConfig).toEqual({ ...given, Description: '' });
    expect(aws.world.cloudfront.accessControl(Id)).toEqual({ signs: true });
    const distribution = await makeDistribution(
      aws,
      sampleConfig({ Origins: { Quantity: 1, Items: [{ ...sampleOrigin(), OriginAccessControlId: Id }] } }),
    );
    expect(distribution.config.Origins?.Items?.[0]?.OriginAccessControlId).toBe(Id);
    await expect(
      cloudfront.send(new DeleteOriginAccessControlCommand({ Id, IfMatch: read.ETag })),
    ).rejects.toMatchObject({ name: 'OriginAccessControlInUse' });
    const OriginAccessControlConfig = { ...given, SigningBehavior: 'never' as const };
    await cloudfront.send(new UpdateOriginAccessControlCommand({ Id, IfMatch: read.ETag, OriginAccessControlConfig }));
    expect(aws.world.cloudfront.accessControl(Id)).toEqual({ signs: false });
    const changed = await cloudfront.send(new GetOriginAccessControlConfigCommand({ Id }));
    expect(changed.ETag).not.toBe(read.ETag);
    const list = await cloudfront.send(new ListOriginAccessControlsCommand({}));
    expect(list.OriginAccessControlList?.Items?.map((item) => item.Id)).toContain(Id);
  });
});

describe('origin access identities', () => {
  it('are made once for a reference, listed, used and deleted', async () => {
    const { cloudfront } = aws.clients;
    const given = { CallerReference: unique('reference'), Comment: 'images' };
    const create = () =>
      cloudfront.send(new CreateCloudFrontOriginAccessIdentityCommand({ CloudFrontOriginAccessIdentityConfig: given }));
    const { CloudFrontOriginAccessIdentity: made, ETag } = await create();
    expect((await create()).CloudFrontOriginAccessIdentity).toEqual(made);
    expect(made?.S3CanonicalUserId).toMatch(/^[0-9a-f]{64}$/);
    const Id = made?.Id ?? '';
    expect(aws.world.cloudfront.identityExists(Id)).toBe(true);
    const read = await cloudfront.send(new GetCloudFrontOriginAccessIdentityConfigCommand({ Id }));
    expect(read.CloudFrontOriginAccessIdentityConfig).toEqual(given);
    const origin = {
      ...sampleOrigin(),
      S3OriginConfig: { OriginAccessIdentity: `origin-access-identity/cloudfront/${Id}` },
    };
    await makeDistribution(aws, sampleConfig({ Origins: { Quantity: 1, Items: [origin] } }));
    await expect(
      cloudfront.send(new DeleteCloudFrontOriginAccessIdentityCommand({ Id, IfMatch: ETag })),
    ).rejects.toMatchObject({ name: 'CloudFrontOriginAccessIdentityInUse' });
    const list = await cloudfront.send(new ListCloudFrontOriginAccessIdentitiesCommand({}));
    expect(list.CloudFrontOriginAccessIdentityList?.Items).toEqual([
      { Id, S3CanonicalUserId: made?.S3CanonicalUserId, Comment: 'images' },
    ]);
  });
});
