/** What a deploy meets on AWS. Reads alone. */
import type { AwsPorts } from '../aws/ports/index.ts';
import { resourceName, TAG_DISTRIBUTION, TAG_NAME } from '../core/names.ts';
import { notSetUp } from '../core/plan/deploy.ts';
import type { DeployActual, Role } from '../core/state.ts';
import { namedDistribution, policyOfBehavior } from './distribution.ts';
import { taggedDistributionExists } from './setup.ts';

type Ports = Pick<AwsPorts, 's3' | 'iam' | 'lambda' | 'cloudfront'>;

/** Where to look. */
export interface DeployTarget {
  name: string;
  bucket: string;
  region: string;
  behavior: string;
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
  const [role, fn, versions, sampleKeys, given] = await Promise.all([
    iam.getRole(name),
    lambda.getFunction(name),
    lambda.listVersions(name),
    sampleOfKeys(ports, target),
    target.distribution === undefined ? undefined : cloudfront.getDistribution(target.distribution),
  ]);
  const id = target.distribution ?? distributionOfRole(role, target.name);
  if (!role || id === undefined) throw notSetUp(target, `There is no role ${name} made by setup.`);
  const distribution = given ?? (await namedDistribution(cloudfront, id));
  const [behaviorPolicy, distributionExists] = await Promise.all([
    policyOfBehavior(cloudfront, distribution, target.behavior),
    fn ? taggedDistributionExists(cloudfront, fn.tags, id) : false,
  ]);
  return { role, distribution, behaviorPolicy, fn: fn && { ...fn, distributionExists }, versions, sampleKeys };
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
