/** What a deploy meets on AWS. Reads alone. */
import type { AwsPorts } from '../aws/ports/index.ts';
import { findBehavior } from '../core/distribution.ts';
import type { Behavior } from '../core/distribution-config.ts';
import { resourceName, TAG_DISTRIBUTION, TAG_NAME } from '../core/names.ts';
import { notSetUp } from '../core/plan/deploy.ts';
import type { DeployActual, Role } from '../core/state.ts';
import { namedDistribution, policyOfBehavior } from './distribution.ts';
import { observeKeyStore } from './keys.ts';
import { taggedDistributionExists } from './setup.ts';

type Ports = Pick<AwsPorts, 's3' | 'iam' | 'lambda' | 'cloudfront' | 'viewer' | 'signingKeys'>;

/** Where to look. */
export interface DeployTarget {
  name: string;
  bucket: string;
  region: string;
  behavior: string;
  /** A viewer function is wanted. */
  viewerFunction: boolean;
  /** Only signed URLs are to make variants. */
  signed: boolean;
  /** Undefined: the distribution that the role is tagged with. */
  distribution?: string | undefined;
}

/** Keys among which an image is looked for, to have a URL to try. */
const SAMPLE = 50;

/**
 * All that can be asked at once is asked at once; what the answers name comes after it.
 * @throws AppError NOT_SET_UP when the role is not there, DISTRIBUTION_MISSING
 */
export async function observeDeploy(ports: Ports, target: DeployTarget): Promise<DeployActual> {
  const [iam, lambda, cloudfront] = await Promise.all([ports.iam(), ports.lambda(), ports.cloudfront()]);
  const name = resourceName(target.name);
  const viewerFunction = async () => (await ports.viewer()).getFunction(name);
  const [role, fn, versions, sampleKeys, wantedViewer, store, given] = await Promise.all([
    iam.getRole(name),
    lambda.getFunction(name),
    lambda.listVersions(name),
    sampleOfKeys(ports, target),
    target.viewerFunction ? viewerFunction() : undefined,
    target.signed && target.viewerFunction ? observeKeyStore(ports, target.name) : undefined,
    target.distribution === undefined ? undefined : cloudfront.getDistribution(target.distribution),
  ]);
  const id = target.distribution ?? distributionOfRole(role, target.name);
  if (!role || id === undefined) throw notSetUp(target, `There is no role ${name} made by setup.`);
  const distribution = given ?? (await namedDistribution(cloudfront, id));
  const leftViewer = async () =>
    hasOurViewer(findBehavior(distribution.config, target.behavior), name) ? viewerFunction() : undefined;
  const viewer = wantedViewer ?? (target.viewerFunction ? undefined : await leftViewer());
  const stillThere = (tags: Record<string, string> | undefined) =>
    tags ? taggedDistributionExists(cloudfront, tags, id) : false;
  const [behaviorPolicy, ofFunction, ofViewer, ofStore] = await Promise.all([
    policyOfBehavior(cloudfront, distribution, target.behavior),
    stillThere(fn?.tags),
    stillThere(viewer?.tags),
    stillThere(store?.tags),
  ]);
  return {
    role,
    distribution,
    behaviorPolicy,
    fn: fn && { ...fn, distributionExists: ofFunction },
    versions,
    viewer: viewer && { ...viewer, distributionExists: ofViewer },
    keyStore: store && { ...store, distributionExists: ofStore },
    sampleKeys,
  };
}

/** Whatever the account: a behavior takes functions of its own account alone. */
function hasOurViewer(behavior: Behavior, name: string): boolean {
  return (
    behavior.FunctionAssociations?.Items?.some(({ FunctionARN }) => FunctionARN?.endsWith(`:function/${name}`)) ?? false
  );
}

function distributionOfRole(role: Role | undefined, name: string): string | undefined {
  return role?.tags[TAG_NAME] === name ? role.tags[TAG_DISTRIBUTION] : undefined;
}

/** Nothing depends on the keys, so a bucket that may not be listed is no fault. */
async function sampleOfKeys(ports: Ports, { bucket, region, behavior }: DeployTarget): Promise<string[]> {
  const [prefix = ''] = behavior.replace(/^\//, '').split(/[*?]/);
  try {
    const { keys } = await (await ports.s3(region)).listKeys(bucket, { prefix, limit: SAMPLE });
    return keys.map(({ key }) => key);
  } catch {
    return [];
  }
}
