/** Steps of a setup that concern CloudFront: a distribution made, or `d` added to the key of an adopted one. */
import { AppError } from '../../errors.ts';
import { cachePolicyWithSize, keyHasSize, policyHasSize, sameCaching, sizeCachePolicy } from '../cache-key.ts';
import type { Behavior, CachePolicyConfig } from '../distribution-config.ts';
import { ownerMark, resourceName } from '../names.ts';
import type { SetupActual } from '../state.ts';
import { checkMark } from './ownership.ts';
import type { Scope } from './scope.ts';
import { base } from './step.ts';
import type { Step, Value } from './types.ts';

/** @throws AppError FOREIGN_RESOURCE */
export function distributionSteps({ desired, actual, region }: Scope): Step[] {
  const name = resourceName(desired.name);
  const steps: Step[] = [];
  if (actual.accessControl) {
    checkMark(`the origin access control ${name}`, desired.name, actual.accessControl.description);
  } else {
    const description = ownerMark(desired.name);
    steps.push({
      ...base('cloudfront.createAccessControl', name, 'the bucket stays private: CloudFront signs its reads'),
      name,
      description,
    });
  }
  const cachePolicy = ownCachePolicy(desired.name, actual, steps, sizeCachePolicy(desired.name));
  steps.push({
    ...base('cloudfront.createDistribution', `of ${desired.bucket}`, 'serves the images'),
    changes: [
      { what: 'viewers', before: null, after: 'redirect to HTTPS, GET and HEAD, HTTP/2, IPv6' },
      { what: 'origin', before: null, after: `${desired.bucket} in ${region}` },
      { what: 'default root object', before: null, after: 'index.html' },
    ],
    name: desired.name,
    bucket: desired.bucket,
    region,
    accessControl: actual.accessControl?.id ?? { ref: 'accessControl.id' },
    cachePolicy,
  });
  return steps;
}

/** Our cache policy: the one that is there, or a step that makes it. */
function ownCachePolicy(name: string, actual: SetupActual, steps: Step[], config: CachePolicyConfig): Value {
  const present = actual.cachePolicy;
  if (!present) {
    steps.push({
      ...base('cloudfront.createCachePolicy', resourceName(name), 'a size is a cache entry of its own'),
      changes: [{ what: 'cache key', before: null, after: 'path and query parameter d' }],
      config,
    });
    return { ref: 'cachePolicy.id' };
  }
  checkMark(`the cache policy ${resourceName(name)}`, name, present.config.Comment);
  if (policyHasSize(present.config)) return present.id;
  throw new AppError('DISTRIBUTION_UNSUPPORTED', `the cache policy ${resourceName(name)} has lost the parameter d`, {
    why: 'Someone edited it. Without d in the key everyone would get the size that was asked for first.',
    fix: 'add the query string d to that policy in the CloudFront console, and run setup again',
  });
}

/** @throws AppError DISTRIBUTION_UNSUPPORTED when our policy is there and was made for another behavior */
function checkSame(name: string, ours: CachePolicyConfig | undefined, theirs: CachePolicyConfig | undefined): void {
  if (!ours || !theirs || sameCaching(ours, cachePolicyWithSize(name, theirs))) return;
  throw new AppError(
    'DISTRIBUTION_UNSUPPORTED',
    `the cache policy ${resourceName(name)} is not ${theirs.Name} with d`,
    {
      why: 'It was made for another distribution; with it this one would cache otherwise than it does.',
      fix: `choose another name: --name ${name}-2, or remove that policy if nothing uses it`,
    },
  );
}

/** @throws AppError DISTRIBUTION_UNSUPPORTED: a policy that caches nothing can have no key, says CloudFront */
function checkCaches(policy: CachePolicyConfig | undefined): void {
  if (policy?.MaxTTL !== 0) return;
  throw new AppError('DISTRIBUTION_UNSUPPORTED', `the cache policy ${policy.Name} of the behavior caches nothing`, {
    why: 'Its maximum TTL is 0, so every view of an image would resize it anew, and CloudFront takes no d in such a key.',
    fix: 'give the behavior a policy that caches (Managed-CachingOptimized), then run setup again; or leave --distribution out',
  });
}

/** `d` joins the key of a behavior that lacks it; the step is its own, so that it is agreed to as such. */
export function cacheKeySteps({ desired, actual }: Scope, behavior: Behavior): Step[] {
  const { distribution, behaviorPolicy } = actual;
  if (!distribution || keyHasSize(behavior, behaviorPolicy?.config)) return [];
  const steps: Step[] = [];
  const theirs = behaviorPolicy?.config;
  checkCaches(theirs);
  const cachePolicy = theirs
    ? ownCachePolicy(desired.name, actual, steps, cachePolicyWithSize(desired.name, theirs))
    : null;
  const after = cachePolicy === null ? 'its own settings, with d' : `${resourceName(desired.name)} (the same, with d)`;
  checkSame(desired.name, actual.cachePolicy?.config, theirs);
  steps.push({
    ...base(
      'cloudfront.addCacheKey',
      `${distribution.id} behavior ${desired.behavior}`,
      'd joins the cache key: without it everyone would get the first size that was asked for',
    ),
    changes: [{ what: 'cache key', before: theirs?.Name ?? 'its own settings, without d', after }],
    distribution: distribution.id,
    behavior: desired.behavior,
    cachePolicy,
    replaces: behaviorPolicy?.id ?? null,
  });
  return steps;
}
