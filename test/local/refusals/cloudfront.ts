/** CloudFront's refusals, provoked through the SDK. Those of Lambda associations are in ../cloudfront-lambda-refusals.ts. */
import {
  CreateCachePolicyCommand,
  CreateCloudFrontOriginAccessIdentityCommand,
  CreateInvalidationCommand,
  CreateOriginAccessControlCommand,
  type DefaultCacheBehavior,
  DeleteCachePolicyCommand,
  DeleteCloudFrontOriginAccessIdentityCommand,
  DeleteDistributionCommand,
  DeleteOriginAccessControlCommand,
  type DistributionConfig,
  GetCachePolicyCommand,
  type Origin,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';
import type { TestAws } from '../../builders/local-aws.ts';
import { CACHING_OPTIMIZED, makeDistribution, sampleConfig, sampleOrigin } from '../cloudfront-kit.ts';
import { rows as lambdaRows } from '../cloudfront-lambda-refusals.ts';
import { unique } from '../lambda-kit.ts';
import type { RefusalRow } from './row.ts';

const INVALID = 'InvalidArgument';
const STALE = 'E0000000000000';

/** A row for a distribution that cannot be created so. */
const creating = (id: string, error: string, message: RegExp, given: Partial<DistributionConfig>): RefusalRow => ({
  id,
  error,
  message,
  provoke: (aws) => makeDistribution(aws, sampleConfig(given)),
});

const behavior = (given: Partial<DefaultCacheBehavior>): Partial<DistributionConfig> => ({
  DefaultCacheBehavior: {
    TargetOriginId: 'images',
    ViewerProtocolPolicy: 'allow-all',
    CachePolicyId: CACHING_OPTIMIZED,
    ...given,
  },
});
const origins = (...Items: Origin[]): Partial<DistributionConfig> => ({ Origins: { Quantity: Items.length, Items } });
const origin = (given: Partial<Origin>): Partial<DistributionConfig> => origins({ ...sampleOrigin(), ...given });
const LEGACY = { QueryString: false, Cookies: { Forward: 'none' as const } };
const CUSTOM = { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'https-only' as const };
const pattern = {
  PathPattern: 'a/*',
  TargetOriginId: 'images',
  ViewerProtocolPolicy: 'allow-all' as const,
  CachePolicyId: CACHING_OPTIMIZED,
};

const configs: RefusalRow[] = [
  creating('cloudfront.values', INVALID, /HttpVersion/, { HttpVersion: 'http9' as 'http2' }),
  creating(
    'cloudfront.quantities',
    'InconsistentQuantities',
    /^The specified quantity of Aliases \(1\) does not match the actual quantity supplied \(0\)\.$/,
    { Aliases: { Quantity: 1 } },
  ),
  creating('cloudfront.default-root-object', 'InvalidDefaultRootObject', /./, { DefaultRootObject: '/index.html' }),
  creating('cloudfront.origin-exists', 'NoSuchOrigin', /do not exist/, behavior({ TargetOriginId: 'none' })),
  creating('cloudfront.origin-ids', INVALID, /duplicates/, origins(sampleOrigin(), sampleOrigin())),
  creating('cloudfront.origin-kind', INVALID, /^Exactly one of/, origin({ CustomOriginConfig: CUSTOM })),
  creating('cloudfront.origin-domain', INVALID, /valid S3 bucket/, origin({ DomainName: 'example.com' })),
  creating('cloudfront.origin-path', INVALID, /OriginPath/, origin({ OriginPath: 'a/' })),
  creating('cloudfront.path-patterns', INVALID, /PathPattern/, {
    CacheBehaviors: { Quantity: 2, Items: [pattern, pattern] },
  }),
  creating('cloudfront.oac-exists', 'InvalidOriginAccessControl', /./, origin({ OriginAccessControlId: STALE })),
  creating(
    'cloudfront.oai-exists',
    'InvalidOriginAccessIdentity',
    /./,
    origin({ S3OriginConfig: { OriginAccessIdentity: `origin-access-identity/cloudfront/${STALE}` } }),
  ),
  creating('cloudfront.cache-policy-exists', 'NoSuchCachePolicy', /./, behavior({ CachePolicyId: STALE })),
  creating(
    'cloudfront.origin-request-policy-exists',
    'NoSuchOriginRequestPolicy',
    /./,
    behavior({ OriginRequestPolicyId: STALE }),
  ),
  creating(
    'cloudfront.response-headers-policy-exists',
    'NoSuchResponseHeadersPolicy',
    /./,
    behavior({ ResponseHeadersPolicyId: STALE }),
  ),
  creating('cloudfront.cache-policy-and-legacy', INVALID, /ForwardedValues/, behavior({ ForwardedValues: LEGACY })),
  creating(
    'cloudfront.forwarded-values',
    INVALID,
    /^The parameter ForwardedValues is required\.$/,
    behavior({ CachePolicyId: undefined }),
  ),
  creating(
    'cloudfront.ttl-order',
    'InvalidTTLOrder',
    /^MinTTL, MaxTTL and DefaultTTL should follow order/,
    behavior({ CachePolicyId: undefined, ForwardedValues: LEGACY, MinTTL: 10, DefaultTTL: 5 }),
  ),
];

const update = (aws: TestAws, Id: string, IfMatch: string | undefined, config: DistributionConfig) =>
  aws.clients.cloudfront.send(new UpdateDistributionCommand({ Id, IfMatch, DistributionConfig: config }));
const remove = (aws: TestAws, { id, etag }: { id: string; etag: string }) =>
  aws.clients.cloudfront.send(new DeleteDistributionCommand({ Id: id, IfMatch: etag }));

const distributions: RefusalRow[] = [
  {
    id: 'cloudfront.if-match',
    error: 'InvalidIfMatchVersion',
    async provoke(aws) {
      const { id, config } = await makeDistribution(aws);
      return update(aws, id, undefined, config);
    },
  },
  {
    id: 'cloudfront.etag',
    error: 'PreconditionFailed',
    message: /^The request failed because it didn't meet the preconditions/,
    async provoke(aws) {
      const { id, config } = await makeDistribution(aws);
      return update(aws, id, STALE, config);
    },
  },
  {
    id: 'cloudfront.update-members',
    error: INVALID,
    message: /^The parameter Aliases is required\.$/,
    async provoke(aws) {
      const { id, etag, config } = await makeDistribution(aws);
      return update(aws, id, etag, { ...config, Aliases: undefined });
    },
  },
  {
    id: 'cloudfront.caller-reference',
    error: 'IllegalUpdate',
    async provoke(aws) {
      const { id, etag, config } = await makeDistribution(aws);
      return update(aws, id, etag, { ...config, CallerReference: 'other' });
    },
  },
  {
    id: 'cloudfront.distribution-exists',
    error: 'DistributionAlreadyExists',
    async provoke(aws) {
      const { CallerReference } = (await makeDistribution(aws)).config;
      return makeDistribution(aws, sampleConfig({ CallerReference, Comment: 'other' }));
    },
  },
  {
    id: 'cloudfront.cname-unique',
    error: 'CNAMEAlreadyExists',
    async provoke(aws) {
      const Aliases = { Quantity: 1, Items: ['images.example.com'] };
      await makeDistribution(aws, sampleConfig({ Aliases }));
      return makeDistribution(aws, sampleConfig({ Aliases }));
    },
  },
  {
    id: 'cloudfront.delete-enabled',
    error: 'DistributionNotDisabled',
    provoke: async (aws) => remove(aws, await makeDistribution(aws)),
  },
  {
    id: 'cloudfront.delete-in-progress',
    error: 'DistributionNotDisabled',
    async provoke(aws) {
      aws.world.delays.deploy = 60_000;
      return remove(aws, await makeDistribution(aws, sampleConfig({ Enabled: false })));
    },
  },
];

async function makeControl(aws: TestAws, Name = unique('control')) {
  const made = await aws.clients.cloudfront.send(
    new CreateOriginAccessControlCommand({
      OriginAccessControlConfig: {
        Name,
        SigningProtocol: 'sigv4',
        SigningBehavior: 'always',
        OriginAccessControlOriginType: 's3',
      },
    }),
  );
  return { Id: made.OriginAccessControl?.Id, IfMatch: made.ETag };
}

async function makeIdentity(aws: TestAws, CallerReference = unique('identity'), Comment = '') {
  const made = await aws.clients.cloudfront.send(
    new CreateCloudFrontOriginAccessIdentityCommand({
      CloudFrontOriginAccessIdentityConfig: { CallerReference, Comment },
    }),
  );
  const Id = made.CloudFrontOriginAccessIdentity?.Id;
  return { Id, IfMatch: made.ETag, path: `origin-access-identity/cloudfront/${Id}` };
}

const access: RefusalRow[] = [
  {
    id: 'cloudfront.oac-and-oai',
    error: 'IllegalOriginAccessConfiguration',
    async provoke(aws) {
      const { Id } = await makeControl(aws);
      const { path } = await makeIdentity(aws);
      const both = origin({ OriginAccessControlId: Id, S3OriginConfig: { OriginAccessIdentity: path } });
      return makeDistribution(aws, sampleConfig(both));
    },
  },
  {
    id: 'cloudfront.oac-name',
    error: 'OriginAccessControlAlreadyExists',
    message: /^An origin access control with the same name already exists\.$/,
    async provoke(aws) {
      await makeControl(aws, 'one');
      return makeControl(aws, 'one');
    },
  },
  {
    id: 'cloudfront.oac-in-use',
    error: 'OriginAccessControlInUse',
    async provoke(aws) {
      const control = await makeControl(aws);
      await makeDistribution(aws, sampleConfig(origin({ OriginAccessControlId: control.Id })));
      return aws.clients.cloudfront.send(new DeleteOriginAccessControlCommand(control));
    },
  },
  {
    id: 'cloudfront.oai-caller-reference',
    error: 'CloudFrontOriginAccessIdentityAlreadyExists',
    async provoke(aws) {
      await makeIdentity(aws, 'one', 'a');
      return makeIdentity(aws, 'one', 'b');
    },
  },
  {
    id: 'cloudfront.oai-in-use',
    error: 'CloudFrontOriginAccessIdentityInUse',
    async provoke(aws) {
      const { Id, IfMatch, path } = await makeIdentity(aws);
      await makeDistribution(aws, sampleConfig(origin({ S3OriginConfig: { OriginAccessIdentity: path } })));
      return aws.clients.cloudfront.send(new DeleteCloudFrontOriginAccessIdentityCommand({ Id, IfMatch }));
    },
  },
];

async function makePolicy(aws: TestAws, names: string[], Name = unique('policy')) {
  const QueryStrings = names.length > 0 ? { Quantity: names.length, Items: names } : undefined;
  const made = await aws.clients.cloudfront.send(
    new CreateCachePolicyCommand({
      CachePolicyConfig: {
        Name,
        MinTTL: 0,
        ParametersInCacheKeyAndForwardedToOrigin: {
          EnableAcceptEncodingGzip: false,
          HeadersConfig: { HeaderBehavior: 'none' },
          CookiesConfig: { CookieBehavior: 'none' },
          QueryStringsConfig: { QueryStringBehavior: 'whitelist', QueryStrings },
        },
      },
    }),
  );
  return { Id: made.CachePolicy?.Id, IfMatch: made.ETag };
}

const policies: RefusalRow[] = [
  {
    id: 'cloudfront.policy-name',
    error: 'CachePolicyAlreadyExists',
    async provoke(aws) {
      await makePolicy(aws, ['d'], 'one');
      return makePolicy(aws, ['d'], 'one');
    },
  },
  {
    id: 'cloudfront.policy-limit',
    error: 'TooManyCachePolicies',
    async provoke(aws) {
      for (let at = 0; at < 20; at++) await makePolicy(aws, ['d']);
      return makePolicy(aws, ['d']);
    },
  },
  {
    id: 'cloudfront.policy-in-use',
    error: 'CachePolicyInUse',
    async provoke(aws) {
      const policy = await makePolicy(aws, ['d']);
      await makeDistribution(aws, sampleConfig(behavior({ CachePolicyId: policy.Id })));
      return aws.clients.cloudfront.send(new DeleteCachePolicyCommand(policy));
    },
  },
  {
    id: 'cloudfront.policy-managed',
    error: 'IllegalDelete',
    async provoke(aws) {
      const { ETag } = await aws.clients.cloudfront.send(new GetCachePolicyCommand({ Id: CACHING_OPTIMIZED }));
      return aws.clients.cloudfront.send(new DeleteCachePolicyCommand({ Id: CACHING_OPTIMIZED, IfMatch: ETag }));
    },
  },
  { id: 'cloudfront.policy-names', error: INVALID, message: /QueryString/, provoke: (aws) => makePolicy(aws, []) },
  {
    id: 'cloudfront.policy-name-limit',
    error: 'TooManyQueryStringsInCachePolicy',
    provoke: (aws) => makePolicy(aws, [...'abcdefghijk']),
  },
];

async function invalidate(aws: TestAws, Items: string[], id?: string) {
  return aws.clients.cloudfront.send(
    new CreateInvalidationCommand({
      DistributionId: id ?? (await makeDistribution(aws)).id,
      InvalidationBatch: { CallerReference: 'one', Paths: { Quantity: Items.length, Items } },
    }),
  );
}

const invalidations: RefusalRow[] = [
  {
    id: 'cloudfront.invalidation-paths',
    error: INVALID,
    message: /^Your request contains one or more invalid invalidation paths\.$/,
    provoke: (aws) => invalidate(aws, ['no-slash']),
  },
  {
    id: 'cloudfront.invalidation-caller-reference',
    error: 'InvalidationBatchAlreadyExists',
    async provoke(aws) {
      const { id } = await makeDistribution(aws);
      await invalidate(aws, ['/a'], id);
      return invalidate(aws, ['/b'], id);
    },
  },
  {
    id: 'cloudfront.invalidation-batch',
    error: 'BatchTooLarge',
    provoke: (aws) =>
      invalidate(
        aws,
        Array.from({ length: 3001 }, (_, at) => `/${at}`),
      ),
  },
  {
    id: 'cloudfront.invalidations-in-progress',
    error: 'TooManyInvalidationsInProgress',
    provoke: (aws) =>
      invalidate(
        aws,
        Array.from({ length: 16 }, (_, at) => `/${at}*`),
      ),
  },
];

export const rows: RefusalRow[] = [
  ...configs,
  ...distributions,
  ...access,
  ...policies,
  ...invalidations,
  ...lambdaRows,
];
