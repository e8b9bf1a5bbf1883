import {
  CreateDistributionCommand,
  CreateDistributionWithTagsCommand,
  DeleteDistributionCommand,
  type DistributionConfig,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  ListDistributionsCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateDistributionCommand,
  waitUntilDistributionDeployed,
} from '@aws-sdk/client-cloudfront';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../builders/local-aws.ts';
import { madeOf, makeDistribution, sampleConfig, sampleOrigin } from './cloudfront-kit.ts';
import { unique } from './lambda-kit.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.close());

const read = (Id: string) => aws.clients.cloudfront.send(new GetDistributionConfigCommand({ Id }));
const update = (Id: string, IfMatch: string | undefined, config: DistributionConfig | undefined) =>
  aws.clients.cloudfront.send(new UpdateDistributionCommand({ Id, IfMatch, DistributionConfig: config }));

describe('a distribution', () => {
  it('gets an id, a domain name and an ETag, and is read back', async () => {
    const config = sampleConfig({ Comment: 'a & b <c>' });
    const made = await aws.clients.cloudfront.send(new CreateDistributionCommand({ DistributionConfig: config }));
    expect(made.Distribution).toMatchObject({
      Id: expect.stringMatching(/^E[A-Z0-9]{13}$/),
      ARN: `arn:aws:cloudfront::000000000000:distribution/${made.Distribution?.Id}`,
      DomainName: expect.stringMatching(/^d[a-z0-9]{13}\.cloudfront\.net$/),
      Status: 'Deployed',
    });
    expect(made.Location).toContain(made.Distribution?.Id);
    const again = await aws.clients.cloudfront.send(new GetDistributionCommand({ Id: made.Distribution?.Id }));
    expect(again.ETag).toBe(made.ETag);
    expect(again.Distribution).toEqual(made.Distribution);
  });

  it('is stored with defaults in every place that was left open', async () => {
    const { config } = await makeDistribution(aws);
    expect(config).toMatchObject({
      Aliases: { Quantity: 0 },
      DefaultRootObject: '',
      OriginGroups: { Quantity: 0 },
      CacheBehaviors: { Quantity: 0 },
      CustomErrorResponses: { Quantity: 0 },
      PriceClass: 'PriceClass_All',
      HttpVersion: 'http2',
      IsIPV6Enabled: false,
      ViewerCertificate: { CloudFrontDefaultCertificate: true },
      Restrictions: { GeoRestriction: { RestrictionType: 'none', Quantity: 0 } },
    });
    expect(config.DefaultCacheBehavior).toMatchObject({
      AllowedMethods: { Quantity: 2, Items: ['HEAD', 'GET'], CachedMethods: { Quantity: 2 } },
      Compress: false,
      SmoothStreaming: false,
      LambdaFunctionAssociations: { Quantity: 0 },
      FunctionAssociations: { Quantity: 0 },
      FieldLevelEncryptionId: '',
    });
    expect(config.Origins?.Items?.[0]).toMatchObject({
      ConnectionAttempts: 3,
      ConnectionTimeout: 10,
      OriginShield: { Enabled: false },
      CustomHeaders: { Quantity: 0 },
      OriginAccessControlId: '',
    });
  });

  it('created again with the same reference and config is the same one', async () => {
    const config = sampleConfig();
    const first = await makeDistribution(aws, config);
    expect((await makeDistribution(aws, config)).id).toBe(first.id);
    await expect(makeDistribution(aws, { ...config, Comment: 'other' })).rejects.toMatchObject({
      name: 'DistributionAlreadyExists',
      message: expect.stringContaining(`Already exists: ${first.id}`),
    });
  });

  it('has tags from the start and later, which change no ETag', async () => {
    const made = madeOf(
      await aws.clients.cloudfront.send(
        new CreateDistributionWithTagsCommand({
          DistributionConfigWithTags: {
            DistributionConfig: sampleConfig(),
            Tags: { Items: [{ Key: 'a', Value: '1' }] },
          },
        }),
      ),
    );
    const { cloudfront } = aws.clients;
    await cloudfront.send(
      new TagResourceCommand({
        Resource: made.arn,
        Tags: {
          Items: [
            { Key: 'b', Value: '2' },
            { Key: 'a', Value: '3' },
          ],
        },
      }),
    );
    await cloudfront.send(new UntagResourceCommand({ Resource: made.arn, TagKeys: { Items: ['b'] } }));
    const tags = await cloudfront.send(new ListTagsForResourceCommand({ Resource: made.arn }));
    expect(tags.Tags?.Items).toEqual([{ Key: 'a', Value: '3' }]);
    expect((await read(made.id)).ETag).toBe(made.etag);
    await expect(cloudfront.send(new ListTagsForResourceCommand({ Resource: `${made.arn}X` }))).rejects.toMatchObject({
      name: 'NoSuchResource',
    });
  });

  it('is deleted when disabled, with its ETag', async () => {
    const { id, etag, config } = await makeDistribution(aws);
    const remove = (IfMatch: string | undefined) =>
      aws.clients.cloudfront.send(new DeleteDistributionCommand({ Id: id, IfMatch }));
    await expect(remove(etag)).rejects.toMatchObject({ name: 'DistributionNotDisabled' });
    const { ETag } = await update(id, etag, { ...config, Enabled: false });
    await expect(remove(etag)).rejects.toMatchObject({ name: 'PreconditionFailed' });
    await remove(ETag);
    await expect(read(id)).rejects.toMatchObject({
      name: 'NoSuchDistribution',
      message: 'The specified distribution does not exist.',
    });
    expect(aws.world.cloudfront.live().map((live) => live.id)).not.toContain(id);
  });

  it('is listed in pages', async () => {
    for (let i = 0; i < 3; i++) await makeDistribution(aws);
    const seen: string[] = [];
    for (let Marker: string | undefined, more = true; more; ) {
      const { DistributionList: list } = await aws.clients.cloudfront.send(
        new ListDistributionsCommand({ Marker, MaxItems: 2 }),
      );
      expect(list?.Items?.length).toBe(list?.Quantity);
      seen.push(...(list?.Items ?? []).map((item) => item.Id ?? ''));
      Marker = list?.NextMarker;
      more = list?.IsTruncated ?? false;
    }
    expect(seen.sort()).toEqual(
      aws.world.cloudfront
        .live()
        .map((live) => live.id)
        .sort(),
    );
  });
});

describe('an update', () => {
  it('replaces the whole config under a new ETag', async () => {
    const { id, etag, config } = await makeDistribution(aws);
    const answer = await update(id, etag, { ...config, Comment: 'new', PriceClass: 'PriceClass_100' });
    expect(answer.ETag).not.toBe(etag);
    expect((await read(id)).DistributionConfig).toEqual({ ...config, Comment: 'new', PriceClass: 'PriceClass_100' });
  });

  it('with a stale ETag or none never changes anything', async () => {
    const { id, etag, config } = await makeDistribution(aws);
    const { ETag: fresh } = await update(id, etag, { ...config, Comment: 'theirs' });
    const stale = fc.stringMatching(/^E[A-Z0-9]{5,14}$/).filter((tag) => tag !== fresh);
    const given = fc.oneof(fc.constant(undefined), fc.constant(etag), fc.constant(''), stale, fc.constant('*'));
    await fc.assert(
      fc.asyncProperty(given, async (ifMatch) => {
        const attempt = update(id, ifMatch, { ...config, Comment: 'ours' });
        await expect(attempt).rejects.toMatchObject({
          name: expect.stringMatching(/^(PreconditionFailed|InvalidIfMatchVersion)$/),
        });
        const now = await read(id);
        expect(now.ETag).toBe(fresh);
        expect(now.DistributionConfig?.Comment).toBe('theirs');
      }),
      { numRuns: 20 },
    );
  });

  it('may not leave out what updates require, nor change the reference', async () => {
    const { id, etag, config } = await makeDistribution(aws);
    const { LambdaFunctionAssociations: _, ...behavior } = config.DefaultCacheBehavior ?? { TargetOriginId: '' };
    const partial = { ...config, DefaultCacheBehavior: behavior } as DistributionConfig;
    await expect(update(id, etag, partial)).rejects.toMatchObject({
      name: 'InvalidArgument',
      message: 'The parameter Lambda function associations is required.',
    });
    await expect(update(id, etag, { ...config, CallerReference: 'other' })).rejects.toMatchObject({
      name: 'IllegalUpdate',
    });
    expect((await read(id)).ETag).toBe(etag);
  });

  it('is served by the edges when it is deployed, and not before', async () => {
    let now = Date.now();
    const slow = await startTestAws({ delays: { deploy: 5000 }, now: () => now });
    const { cloudfront } = slow.clients;
    try {
      const { id, config } = await makeDistribution(slow, sampleConfig({ Comment: 'first' }));
      const status = async () => (await cloudfront.send(new GetDistributionCommand({ Id: id }))).Distribution?.Status;
      const live = () => slow.world.cloudfront.live().find((one) => one.id === id)?.config?.Comment;
      expect([await status(), live()]).toEqual(['InProgress', undefined]);
      now += 5000;
      expect([await status(), live()]).toEqual(['Deployed', 'first']);
      for (const Comment of ['second', 'third']) {
        const { ETag } = await cloudfront.send(new GetDistributionConfigCommand({ Id: id }));
        await cloudfront.send(
          new UpdateDistributionCommand({ Id: id, IfMatch: ETag, DistributionConfig: { ...config, Comment } }),
        );
        now += 2000;
      }
      expect([await status(), live()]).toEqual(['InProgress', 'first']);
      now += 1000;
      expect([await status(), live()]).toEqual(['InProgress', 'second']);
      now += 2000;
      expect([await status(), live()]).toEqual(['Deployed', 'third']);
      await waitUntilDistributionDeployed({ client: cloudfront, maxWaitTime: 5, minDelay: 1 }, { Id: id });
    } finally {
      await slow.close();
    }
  });
});

/** Parts of a config that a caller may give or leave open. */
const partialConfig = fc.record(
  {
    Comment: fc.string({ unit: 'grapheme-ascii', maxLength: 40 }).map((text) => text.trim()),
    DefaultRootObject: fc.constantFrom('', 'index.html'),
    PriceClass: fc.constantFrom('PriceClass_100' as const, 'PriceClass_200' as const),
    HttpVersion: fc.constantFrom('http1.1' as const, 'http2and3' as const),
    IsIPV6Enabled: fc.boolean(),
    Enabled: fc.boolean(),
    Origins: fc
      .record({
        OriginPath: fc.constantFrom('', '/a', '/a/b'),
        ConnectionAttempts: fc.integer({ min: 1, max: 3 }),
      })
      .map((more) => ({ Quantity: 1, Items: [{ ...sampleOrigin(), ...more }] })),
    CacheBehaviors: fc
      .uniqueArray(fc.stringMatching(/^[a-z]{1,8}\/\*$/), { minLength: 1, maxLength: 4 })
      .map((patterns) => ({
        Quantity: patterns.length,
        Items: patterns.map((PathPattern) => ({
          PathPattern,
          TargetOriginId: 'images',
          ViewerProtocolPolicy: 'allow-all' as const,
          Compress: true,
          MinTTL: 0,
          ForwardedValues: {
            QueryString: true,
            Cookies: { Forward: 'none' as const },
            QueryStringCacheKeys: { Quantity: 1, Items: ['d'] },
          },
        })),
      })),
    CustomErrorResponses: fc
      .constantFrom(0, 5)
      .map((ErrorCachingMinTTL) => ({ Quantity: 1, Items: [{ ErrorCode: 404, ErrorCachingMinTTL }] })),
  },
  { requiredKeys: [] },
);

/** What of `full` is not in `given`: AWS's defaults are members that the caller left open, at any depth. */
function withoutDefaults(full: unknown, given: unknown): unknown {
  if (Array.isArray(full) && Array.isArray(given)) return full.map((item, at) => withoutDefaults(item, given[at]));
  if (typeof full !== 'object' || full === null || typeof given !== 'object' || given === null) return full;
  const wanted = Object.entries(given) as [keyof typeof full, unknown][];
  return Object.fromEntries(wanted.map(([name, value]) => [name, withoutDefaults(full[name], value)]));
}

describe('any config', () => {
  it('is read back as it was written, once the defaults are taken away, and written back unchanged', async () => {
    await fc.assert(
      fc.asyncProperty(partialConfig, async (part) => {
        const given = sampleConfig({ ...part, CallerReference: unique('any') });
        const { id, etag, config } = await makeDistribution(aws, given);
        expect(withoutDefaults(config, given)).toEqual(given);
        await update(id, etag, config);
        expect((await read(id)).DistributionConfig).toEqual(config);
      }),
      { numRuns: 25 },
    );
  });
});
