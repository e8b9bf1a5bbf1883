/** Distribution edits: only our behavior, our key, our association; everything else as AWS sent it. */
import { describe, expect, test } from 'vitest';
import { cachePolicyWithSize, keyHasSize, policyHasSize, sizeCachePolicy } from '../../src/core/cache-key.ts';
import {
  findBehavior,
  findOrigin,
  newDistributionConfig,
  originAccess,
  withSizeInKey,
} from '../../src/core/distribution.ts';
import type { CachePolicyConfig, DistributionConfig } from '../../src/core/distribution-config.ts';
import { isBucketHost } from '../../src/core/names.ts';
import { withVersion } from '../builders/associated.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:edge-resize-photos';

const config = (): DistributionConfig =>
  newDistributionConfig({
    name: 'photos',
    bucket: 'photos',
    region: 'eu-west-1',
    accessControl: 'A1',
    cachePolicy: 'P1',
    callerReference: 'r',
  });

describe('refusals', () => {
  test('a config that was not read whole is never written back', () => {
    for (const part of ['CallerReference', 'Origins'] as const) {
      const broken = { ...config(), [part]: undefined };
      expect(() => withVersion(broken, '*', `${FUNCTION}:1`)).toThrow(
        expect.objectContaining({ code: 'DISTRIBUTION_UNSUPPORTED' }),
      );
      expect(() => withSizeInKey(broken, '*', 'P2')).toThrow(/read whole/);
    }
  });

  test('a behavior that is not there names those that are', () => {
    expect(() => findBehavior(config(), '/img/*')).toThrow(
      expect.objectContaining({ code: 'DISTRIBUTION_UNSUPPORTED', why: expect.stringContaining('*') }),
    );
  });

  test('an origin of another bucket, another kind, or a group', () => {
    const behavior = findBehavior(config(), '*');
    expect(() => findOrigin(config(), behavior, 'other')).toThrow(/not the bucket other/);
    const custom = config();
    const origin = custom.Origins?.Items?.[0];
    if (origin) origin.S3OriginConfig = undefined;
    expect(() => findOrigin(custom, behavior, 'photos')).toThrow(/not an S3 origin/);
    expect(() => findOrigin(config(), { TargetOriginId: 'group' }, 'photos')).toThrow(/no single origin/);
  });
});

test.each([
  ['photos.s3.eu-west-1.amazonaws.com', true],
  ['photos.s3.amazonaws.com', true],
  ['photos.s3-eu-west-1.amazonaws.com', true],
  ['photos.s3.dualstack.eu-west-1.amazonaws.com', true],
  ['photos-2.s3.amazonaws.com', false],
  ['my.photos.s3.amazonaws.com', false],
  ['photos.s3-website-eu-west-1.amazonaws.com.evil.com', false],
])('%s is a host of the bucket: %s', (host, is) => {
  expect(isBucketHost(host, 'photos')).toBe(is);
});

test('how CloudFront reads the origin', () => {
  const origin = { Id: 'o', DomainName: 'd', S3OriginConfig: { OriginAccessIdentity: '' } };
  expect(originAccess(origin)).toEqual({ kind: 'none' });
  expect(originAccess({ ...origin, OriginAccessControlId: 'A1' })).toEqual({ kind: 'access-control', id: 'A1' });
  const identity = { OriginAccessIdentity: 'origin-access-identity/cloudfront/E1' };
  expect(originAccess({ ...origin, S3OriginConfig: identity })).toEqual({ kind: 'access-identity', id: 'E1' });
});

describe('the cache key', () => {
  const policy = (QueryStringBehavior: string, names: string[] = []): CachePolicyConfig => {
    const config = sizeCachePolicy('theirs');
    const key = config.ParametersInCacheKeyAndForwardedToOrigin;
    if (key) {
      key.QueryStringsConfig = {
        QueryStringBehavior,
        ...(names.length > 0 && { QueryStrings: { Quantity: names.length, Items: names } }),
      };
    }
    return config;
  };

  test.each([
    [policy('none'), false, { QueryStringBehavior: 'whitelist', QueryStrings: { Quantity: 1, Items: ['d'] } }],
    [
      policy('whitelist', ['v']),
      false,
      { QueryStringBehavior: 'whitelist', QueryStrings: { Quantity: 2, Items: ['v', 'd'] } },
    ],
    [policy('whitelist', ['d']), true, undefined],
    [policy('all'), true, undefined],
    [policy('allExcept', ['utm']), true, undefined],
    [policy('allExcept', ['d']), false, { QueryStringBehavior: 'all' }],
    [
      policy('allExcept', ['d', 'utm']),
      false,
      { QueryStringBehavior: 'allExcept', QueryStrings: { Quantity: 1, Items: ['utm'] } },
    ],
  ])('policy %#', (before, has, wanted) => {
    expect(policyHasSize(before)).toBe(has);
    if (has) return;
    const ours = cachePolicyWithSize('photos', before);
    expect(policyHasSize(ours)).toBe(true);
    expect(ours.ParametersInCacheKeyAndForwardedToOrigin?.QueryStringsConfig).toEqual(wanted);
    expect(ours).toMatchObject({ Name: 'edge-resize-photos', DefaultTTL: before.DefaultTTL, MinTTL: before.MinTTL });
  });

  test.each([
    [{ QueryString: false }, false, ['d']],
    [{ QueryString: false, QueryStringCacheKeys: { Quantity: 1, Items: ['stale'] } }, false, ['d']],
    [{ QueryString: true }, true, undefined],
    [{ QueryString: true, QueryStringCacheKeys: { Quantity: 0 } }, true, undefined],
    [{ QueryString: true, QueryStringCacheKeys: { Quantity: 1, Items: ['v'] } }, false, ['v', 'd']],
  ])('legacy settings %#', (ForwardedValues, has, keys) => {
    const legacy = config();
    legacy.DefaultCacheBehavior = { TargetOriginId: 's3-photos', ForwardedValues };
    expect(keyHasSize(findBehavior(legacy, '*'), undefined)).toBe(has);
    if (has) return;
    const after = findBehavior(withSizeInKey(legacy, '*'), '*');
    expect(keyHasSize(after, undefined)).toBe(true);
    expect(after.ForwardedValues?.QueryStringCacheKeys?.Items).toEqual(keys);
    expect(after.CachePolicyId).toBeUndefined();
  });
});
