/** What a setup meets on AWS. Reads alone, as many at once as can be. */
import type { CloudFrontPort } from '../aws/ports/cloudfront.ts';
import type { IamPort } from '../aws/ports/iam.ts';
import type { AwsPorts } from '../aws/ports/index.ts';
import { LOGS_POLICY, ORIGINALS_POLICY, resourceName, TAG_DISTRIBUTION, TAG_NAME } from '../core/names.ts';
import type { Role, RoleState, SetupActual, SetupDesired, StoredObject, UploadFile } from '../core/state.ts';
import { AppError } from '../errors.ts';
import { distributionsOf, namedDistribution, onlyOne, policyOfBehavior } from './distribution.ts';
import { exposureOf } from './exposure.ts';

type Ports = Pick<AwsPorts, 's3' | 'iam' | 'cloudfront'>;

/** Keys that are looked at, to say what becomes readable and which files are there. */
const LISTED = 5_000;

/**
 * @throws AppError BUCKET_FOREIGN, DISTRIBUTION_MISSING, DISTRIBUTION_AMBIGUOUS, DISTRIBUTION_UNSUPPORTED
 */
export async function observeSetup(ports: Ports, desired: SetupDesired): Promise<SetupActual> {
  const [iam, cloudfront] = await Promise.all([ports.iam(), ports.cloudfront()]);
  const name = resourceName(desired.name);
  const [bucket, role, served, accessControl, cachePolicy] = await Promise.all([
    observeBucket(ports, desired),
    iam.getRole(name),
    distributionsOf(cloudfront, desired.name, desired.bucket),
    cloudfront.findAccessControl(name),
    cloudfront.findCachePolicy(name),
  ]);
  const distribution = await findDistribution(cloudfront, desired, { ours: served.ours, role });
  const [behaviorPolicy, roleState] = await Promise.all([
    distribution && policyOfBehavior(cloudfront, distribution, desired.behavior),
    role && roleStateOf(iam, cloudfront, role, distribution?.id),
  ]);
  return {
    bucket,
    distribution: distribution && { ...distribution, adopted: !served.ours.includes(distribution.id) },
    behaviorPolicy,
    accessControl,
    cachePolicy,
    role: roleState,
    others: served.others,
  };
}

/** The one that was named; else the one our role is tagged with, which an adopted one is found by; else the one tagged ours. */
async function findDistribution(
  cloudfront: CloudFrontPort,
  { name, distribution }: SetupDesired,
  { ours, role }: { ours: string[]; role: Role | undefined },
) {
  if (distribution !== undefined) return namedDistribution(cloudfront, distribution);
  const tagged = role?.tags[TAG_NAME] === name ? role.tags[TAG_DISTRIBUTION] : undefined;
  const found = tagged === undefined ? undefined : await cloudfront.getDistribution(tagged);
  if (found) return found;
  const id = onlyOne(ours, name);
  return id === undefined ? undefined : cloudfront.getDistribution(id);
}

async function roleStateOf(
  iam: IamPort,
  cloudfront: CloudFrontPort,
  role: Role,
  distribution: string | undefined,
): Promise<RoleState> {
  const policies: Record<string, string> = {};
  const names = [LOGS_POLICY, ORIGINALS_POLICY];
  const [documents, distributionExists] = await Promise.all([
    Promise.all(names.map((policy) => iam.getRolePolicy(role.name, policy))),
    taggedDistributionExists(cloudfront, role.tags, distribution),
  ]);
  for (const [at, document] of documents.entries()) {
    if (document !== undefined) policies[names[at] ?? ''] = document;
  }
  return { ...role, policies, distributionExists };
}

/** Does the distribution that a tag names exist? It is asked for only when it is not the one at hand. */
export async function taggedDistributionExists(
  cloudfront: CloudFrontPort,
  tags: Record<string, string>,
  distribution: string | undefined,
): Promise<boolean> {
  const tagged = tags[TAG_DISTRIBUTION];
  if (tagged === undefined) return false;
  return tagged === distribution || (await cloudfront.getDistribution(tagged)) !== undefined;
}

async function observeBucket(ports: Ports, desired: SetupDesired): Promise<SetupActual['bucket']> {
  const { bucket, account } = desired;
  const region = await bucketRegion(ports, desired);
  if (region === undefined) return undefined;
  const s3 = await ports.s3(region);
  const [policy, listing] = await Promise.all([s3.getPolicy(bucket, account), s3.listKeys(bucket, { limit: LISTED })]);
  // A large bucket may hold the files beyond what was listed: ask for each of them.
  const stored = listing.more ? await storedFiles(s3, bucket, desired.upload) : listing.keys;
  return { region, policy, exposed: exposureOf(listing), stored };
}

async function storedFiles(
  s3: Awaited<ReturnType<Ports['s3']>>,
  bucket: string,
  files: UploadFile[],
): Promise<StoredObject[]> {
  const found: StoredObject[] = [];
  for (const { key } of files) {
    const { keys } = await s3.listKeys(bucket, { prefix: key, limit: 1 });
    found.push(...keys.filter((object) => object.key === key));
  }
  return found;
}

/** Region of the bucket, undefined when there is none. @throws AppError BUCKET_FOREIGN */
export async function bucketRegion(
  ports: Pick<AwsPorts, 's3'>,
  { bucket, account, region }: { bucket: string; account: string; region: string },
): Promise<string | undefined> {
  let place = await (await ports.s3(region)).locate(bucket, account);
  // S3 says where it is before it says whose it is.
  if (place && place.region !== region) place = await (await ports.s3(place.region)).locate(bucket, account);
  if (place?.owner !== 'other') return place?.region;
  throw new AppError('BUCKET_FOREIGN', `bucket ${bucket} is not one of account ${account}`, {
    why: 'S3 answers 403: it belongs to another account, or these credentials may not look at it.',
    fix: 'choose another name (bucket names are shared by all of AWS), or pass the profile of its account: --profile NAME',
  });
}
