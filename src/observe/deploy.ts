/** What a deploy meets on AWS. Reads alone. */
import type { AwsPorts } from '../aws/ports/index.ts';
import { resourceName, TAG_DISTRIBUTION, TAG_NAME } from '../core/names.ts';
import { notSetUp } from '../core/plan/deploy.ts';
import type { DeployActual, LambdaFunction, Role } from '../core/state.ts';
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
 * @throws AppError NOT_SET_UP when the role or the distribution is not there
 */
export async function observeDeploy(ports: Ports, target: DeployTarget): Promise<DeployActual> {
  const [iam, lambda, cloudfront] = await Promise.all([ports.iam(), ports.lambda(), ports.cloudfront()]);
  const name = resourceName(target.name);
  const [role, fn] = await Promise.all([iam.getRole(name), lambda.getFunction(name)]);
  const id = target.distribution ?? distributionOfRole(role, target.name);
  if (!role || id === undefined) throw notSetUp(target, `There is no role ${name} made by setup.`);
  const [distribution, versions, sampleKey] = await Promise.all([
    namedDistribution(cloudfront, id),
    fn ? lambda.listVersions(name) : [],
    sampleImage(ports, target),
  ]);
  const [behaviorPolicy, fnState] = await Promise.all([
    policyOfBehavior(cloudfront, distribution, target.behavior),
    fn && withDistribution(fn),
  ]);
  return { role, distribution, behaviorPolicy, fn: fnState, versions, sampleKey };

  async function withDistribution(found: LambdaFunction) {
    return { ...found, distributionExists: await taggedDistributionExists(cloudfront, found.tags, id) };
  }
}

function distributionOfRole(role: Role | undefined, name: string): string | undefined {
  return role?.tags[TAG_NAME] === name ? role.tags[TAG_DISTRIBUTION] : undefined;
}

/** Some image of the bucket. Nothing depends on it, so a bucket that may not be listed is no fault. */
async function sampleImage(ports: Ports, { bucket, region }: DeployTarget): Promise<string | undefined> {
  try {
    const { keys } = await (await ports.s3(region)).listKeys(bucket, { limit: SAMPLE });
    return keys.find(({ key }) => /\.(jpe?g|png|webp|avif)$/i.test(key))?.key;
  } catch {
    return undefined;
  }
}
