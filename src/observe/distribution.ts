/** Finding the distribution of an installation. What exists is read from AWS: ids given, tags on what was made. */
import type { CloudFrontPort } from '../aws/ports/cloudfront.ts';
import { findBehavior } from '../core/distribution.ts';
import { isBucketHost, TAG_NAME } from '../core/names.ts';
import type { CachePolicy, Distribution } from '../core/state.ts';
import { AppError } from '../errors.ts';

/** @throws AppError DISTRIBUTION_MISSING */
export async function namedDistribution(cloudfront: CloudFrontPort, id: string): Promise<Distribution> {
  const found = await cloudfront.getDistribution(id);
  if (found) return found;
  throw new AppError('DISTRIBUTION_MISSING', `there is no distribution ${id} in this account`, {
    why: 'CloudFront does not know the id, or it belongs to another account.',
    fix: 'see what there is: aws cloudfront list-distributions; then correct --distribution or "distribution" in the config',
  });
}

export interface Served {
  /** Ids of distributions with our tag. */
  ours: string[];
  /** Ids of the others that have the bucket as an origin. */
  others: string[];
}

/** The distributions that serve a bucket, told apart by their tags. */
export async function distributionsOf(cloudfront: CloudFrontPort, name: string, bucket: string): Promise<Served> {
  const all = await cloudfront.listDistributions();
  const serving = all.filter((one) => one.originHosts.some((host) => isBucketHost(host, bucket)));
  const tags = await Promise.all(serving.map((one) => cloudfront.getTags(one.arn)));
  const ours = serving.filter((_, at) => tags[at]?.[TAG_NAME] === name);
  return { ours: ours.map(({ id }) => id), others: serving.filter((one) => !ours.includes(one)).map(({ id }) => id) };
}

/** @throws AppError DISTRIBUTION_AMBIGUOUS when several carry our tag */
export function onlyOne(ids: string[], name: string): string | undefined {
  if (ids.length <= 1) return ids[0];
  throw new AppError('DISTRIBUTION_AMBIGUOUS', `${ids.length} distributions are tagged ${TAG_NAME}=${name}`, {
    why: `They are ${ids.join(', ')}, and which one is meant cannot be told.`,
    fix: `name it: edge-resize setup --distribution ${ids[0]}`,
  });
}

/** The cache policy that a behavior uses; undefined for legacy settings. */
export async function policyOfBehavior(
  cloudfront: CloudFrontPort,
  distribution: Distribution,
  pattern: string,
): Promise<CachePolicy | undefined> {
  const id = findBehavior(distribution.config, pattern).CachePolicyId;
  return id ? cloudfront.getCachePolicy(id) : undefined;
}
