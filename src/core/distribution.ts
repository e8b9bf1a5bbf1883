/**
 * Reading and editing a distribution's config. Edits return a changed clone of the object that AWS sent, so members
 * unknown here travel back as they came; only our behavior's key, policy and associations (core/association) ever change.
 */
import { AppError } from '../errors.ts';
import { addSizeToForwardedValues } from './cache-key.ts';
import type { Behavior, DistributionConfig, Origin } from './distribution-config.ts';
import { bucketHost, isBucketHost } from './names.ts';

/** How CloudFront reads the origin. */
export type OriginAccess =
  | { kind: 'access-control'; id: string }
  | { kind: 'access-identity'; id: string }
  | { kind: 'none' };

/**
 * The behavior of a path pattern; `*` is the default behavior.
 * @throws AppError DISTRIBUTION_UNSUPPORTED when there is none
 */
export function findBehavior(config: DistributionConfig, pattern: string): Behavior {
  const named = config.CacheBehaviors?.Items ?? [];
  const found = pattern === '*' ? config.DefaultCacheBehavior : named.find((one) => one.PathPattern === pattern);
  if (found) return found;
  const patterns = ['*', ...named.map((one) => one.PathPattern ?? '')];
  throw new AppError('DISTRIBUTION_UNSUPPORTED', `the distribution has no behavior for ${pattern}`, {
    why: `Its behaviors are for ${patterns.join(', ')}.`,
    fix: 'set "behavior" in the config to one of them, or add the behavior to the distribution first',
  });
}

/**
 * The S3 origin that a behavior reads, checked to be `bucket`.
 * @throws AppError DISTRIBUTION_UNSUPPORTED
 */
export function findOrigin(config: DistributionConfig, behavior: Behavior, bucket: string): Origin {
  const origin = config.Origins?.Items?.find((one) => one.Id === behavior.TargetOriginId);
  if (!origin) {
    throw unsupported(`the behavior's origin ${behavior.TargetOriginId} is no single origin`, {
      why: 'It names an origin group, and which bucket an image came from could not be told.',
    });
  }
  if (!origin.S3OriginConfig) {
    throw unsupported(`the behavior's origin ${origin.DomainName} is not an S3 origin`, {
      why: 'Website endpoints and other hosts do not tell the function which bucket to read.',
    });
  }
  if (!isBucketHost(origin.DomainName ?? '', bucket)) {
    throw unsupported(`the behavior's origin is ${origin.DomainName}, not the bucket ${bucket}`, {
      why: "The function reads originals from the origin's bucket, so both must be one.",
    });
  }
  return origin;
}

/** @throws AppError DISTRIBUTION_UNSUPPORTED for a kind of distribution that is not edited here */
export function checkKind(config: DistributionConfig): void {
  if (config.Staging) {
    throw unsupported('this is a staging distribution', { why: 'It gets its settings by its primary distribution.' });
  }
  if (config.ConnectionMode === 'tenant-only') {
    throw unsupported('this is a multi-tenant distribution', { why: 'Its behaviors are shared by its tenants.' });
  }
}

function unsupported(what: string, { why }: { why: string }): AppError {
  return new AppError('DISTRIBUTION_UNSUPPORTED', what, {
    why,
    fix: 'pass another one: --distribution ID, or leave it out and setup makes a distribution for the bucket',
  });
}

export function originAccess(origin: Origin): OriginAccess {
  if (origin.OriginAccessControlId) return { kind: 'access-control', id: origin.OriginAccessControlId };
  const identity = origin.S3OriginConfig?.OriginAccessIdentity?.split('/').at(-1);
  return identity ? { kind: 'access-identity', id: identity } : { kind: 'none' };
}

/** What every key that a behavior serves begins with and no URL has: `photos/` for the origin path `/photos`; empty for most. */
export function keyFolder(config: DistributionConfig, pattern: string, bucket: string): string {
  const { OriginPath } = findOrigin(config, findBehavior(config, pattern), bucket);
  return OriginPath ? `${OriginPath.slice(1)}/` : '';
}

/** The config with `d` in a behavior's key: by another cache policy, or in its legacy settings when none is given. */
export function withSizeInKey(config: DistributionConfig, pattern: string, cachePolicy?: string): DistributionConfig {
  return edited(config, pattern, (behavior) => {
    if (cachePolicy === undefined) addSizeToForwardedValues(behavior);
    else behavior.CachePolicyId = cachePolicy;
  });
}

/**
 * A clone of the config with one behavior edited in place.
 * @throws AppError DISTRIBUTION_UNSUPPORTED when the config was not read whole, so that writing it back would lose settings
 */
export function edited(
  config: DistributionConfig,
  pattern: string,
  edit: (behavior: Behavior) => void,
): DistributionConfig {
  if (!config.CallerReference || !config.Origins?.Items?.length) {
    throw new AppError('DISTRIBUTION_UNSUPPORTED', "the distribution's config could not be read whole", {
      why: 'It came without CallerReference or Origins; written back it would wipe the distribution (AWS-FACTS 10).',
      fix: 'check what the endpoint answers: aws cloudfront get-distribution-config --id ID',
    });
  }
  const clone = structuredClone(config);
  edit(findBehavior(clone, pattern));
  return clone;
}

export interface NewDistribution {
  name: string;
  bucket: string;
  region: string;
  accessControl: string;
  cachePolicy: string;
  /** Unique for each distribution that is made. */
  callerReference: string;
}

/** The config of a distribution that setup makes. */
export function newDistributionConfig(wanted: NewDistribution) {
  const origin = `s3-${wanted.bucket}`;
  return {
    CallerReference: wanted.callerReference,
    Comment: `edge-resize ${wanted.name}: images of ${wanted.bucket}`,
    Enabled: true,
    DefaultRootObject: 'index.html',
    PriceClass: 'PriceClass_All' as const,
    HttpVersion: 'http2' as const,
    IsIPV6Enabled: true,
    Aliases: { Quantity: 0 },
    Origins: {
      Quantity: 1,
      Items: [
        {
          Id: origin,
          DomainName: bucketHost(wanted.bucket, wanted.region),
          OriginPath: '',
          CustomHeaders: { Quantity: 0 },
          // The element must be there, and empty, beside an access control (AWS-FACTS 3.1).
          S3OriginConfig: { OriginAccessIdentity: '' },
          OriginAccessControlId: wanted.accessControl,
        },
      ],
    },
    DefaultCacheBehavior: {
      TargetOriginId: origin,
      ViewerProtocolPolicy: 'redirect-to-https' as const,
      AllowedMethods: {
        Quantity: 2,
        Items: ['GET', 'HEAD'],
        CachedMethods: { Quantity: 2, Items: ['GET', 'HEAD'] },
      },
      // Images are compressed already.
      Compress: false,
      CachePolicyId: wanted.cachePolicy,
      LambdaFunctionAssociations: { Quantity: 0 },
    },
  };
}
