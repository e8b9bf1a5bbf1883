/** What setup has to do, from what is wanted and what there is. Applying the plan and planning again gives an empty one. */
import { checkAssociations, eventsOf } from '../association.ts';
import { checkKind, findBehavior, findOrigin, originAccess } from '../distribution.ts';
import type { Behavior } from '../distribution-config.ts';
import { leftOutWords } from '../left-out.ts';
import { functionArn } from '../names.ts';
import { editBucketPolicy } from '../policy.ts';
import type { SetupActual, SetupDesired } from '../state.ts';
import { setupConsents } from './consents.ts';
import { setupNotices } from './notices.ts';
import { shown } from './refs.ts';
import type { Scope } from './scope.ts';
import { cacheKeySteps, distributionSteps } from './setup-distribution.ts';
import { roleSteps } from './setup-role.ts';
import { base, inOrder, pretty } from './step.ts';
import type { Grants, Plan, Step, Value } from './types.ts';
import { checkSignable } from './viewer.ts';

/**
 * @throws AppError FOREIGN_RESOURCE, FOREIGN_ASSOCIATION, DISTRIBUTION_UNSUPPORTED, SIGNED_NEEDS_VIEWER, POLICY_MALFORMED,
 * POLICY_CONFLICT
 */
export function planSetup(desired: SetupDesired, actual: SetupActual): Plan {
  const scope: Scope = {
    desired,
    actual,
    region: actual.bucket?.region ?? desired.region,
    distribution: actual.distribution?.id ?? { ref: 'distribution.id' },
  };
  const behavior = actual.distribution && checkedBehavior(scope);
  // Whose the role is matters before all else.
  const role = roleSteps(scope);
  const policy = bucketPolicyStep(scope, behavior);
  const steps = [
    ...bucketSteps(scope),
    ...(behavior ? cacheKeySteps(scope, behavior) : distributionSteps(scope)),
    ...role,
    ...policy,
    ...uploadSteps(scope),
    ...configSteps(scope),
  ];
  return {
    formatVersion: 1,
    command: 'setup',
    name: desired.name,
    account: desired.account,
    distribution: actual.distribution?.id,
    steps: inOrder(steps),
    consents: setupConsents(actual, steps),
    notices: setupNotices(desired, actual, behavior),
  };
}

/** The behavior of a distribution that exists, checked to be one that can be worked with. */
function checkedBehavior({ desired, actual }: Scope): Behavior | undefined {
  const config = actual.distribution?.config;
  if (!config) return undefined;
  checkKind(config);
  const behavior = findBehavior(config, desired.behavior);
  findOrigin(config, behavior, desired.bucket);
  checkAssociations(behavior, functionArn(desired.account, desired.name), eventsOf(desired.trigger));
  if (desired.signed) checkSignable(behavior, desired);
  return behavior;
}

function bucketSteps({ desired, actual, region }: Scope): Step[] {
  if (actual.bucket) return [];
  return [
    {
      ...base('s3.createBucket', desired.bucket, 'there is no such bucket'),
      changes: [{ what: 'region', before: null, after: region }],
      bucket: desired.bucket,
      region,
    },
  ];
}

function bucketPolicyStep({ desired, actual, region, distribution }: Scope, behavior: Behavior | undefined): Step[] {
  const grants = bucketGrants(desired, actual, behavior, distribution);
  const before = actual.bucket?.policy;
  const after = editBucketPolicy(before, { ...grants, distribution: shown(distribution) });
  if (after === undefined) return [];
  return [
    {
      ...base('s3.putPolicy', desired.bucket, 'CloudFront and the function may read the images'),
      changes: [{ what: 'bucket policy', before: before === undefined ? null : pretty(before), after: pretty(after) }],
      bucket: desired.bucket,
      region,
      grants,
    },
  ];
}

function bucketGrants(
  desired: SetupDesired,
  actual: SetupActual,
  behavior: Behavior | undefined,
  distribution: Value,
): Grants {
  const config = actual.distribution?.config;
  const access =
    config && behavior
      ? originAccess(findOrigin(config, behavior, desired.bucket))
      : { kind: 'access-control' as const, id: '' };
  return {
    name: desired.name,
    account: desired.account,
    bucket: desired.bucket,
    distribution,
    cloudfront: access.kind === 'access-identity' ? access : { kind: access.kind },
    cloudfrontLists: config ? Boolean(config.DefaultRootObject) : true,
    role: desired.grant === 'bucket-policy',
  };
}

/** Files that the bucket does not hold with the same bytes. */
function uploadSteps({ desired, actual, region }: Scope): Step[] {
  const stored = new Map(actual.bucket?.stored.map((object) => [object.key, object]));
  const files = desired.upload.filter((file) => {
    const there = stored.get(file.key);
    return there?.etag !== file.md5 || there.bytes !== file.bytes;
  });
  if (files.length === 0) return [];
  const leftOut = leftOutWords(desired.leftOut);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return [
    {
      ...base('s3.upload', desired.bucket, 'first images'),
      changes: [
        {
          what: 'objects',
          before: null,
          after: `${count(files.length, 'image')}, ${count(bytes, 'byte')}${leftOut ? `; ${leftOut}` : ''}`,
        },
      ],
      bucket: desired.bucket,
      region,
      files,
    },
  ];
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

function configSteps({ desired, region, distribution }: Scope): Step[] {
  const { configFile } = desired;
  if (!configFile) return [];
  const fields = { ...configFile.fields, region, account: desired.account };
  const after = JSON.stringify({ ...fields, distribution: shown(distribution) }, null, 2);
  return [
    {
      ...base('config.write', configFile.path, 'the other commands read it'),
      changes: [{ what: 'file', before: configFile.before, after }],
      path: configFile.path,
      fields,
      distribution,
    },
  ];
}
