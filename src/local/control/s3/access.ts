/**
 * Who may do what. In one account either an identity policy or the bucket policy allows, and a Deny of either wins;
 * services, origin access identities and the anonymous have the bucket policy alone (IAM user guide, "Policy evaluation logic").
 */

import { UnsupportedOperatorError } from '../../policy/conditions.ts';
import { type Decision, evaluate, type PolicySource } from '../../policy/evaluate.ts';
import { AwsError } from '../../wire/service.ts';
import type { PolicyDocument, Principal, World } from '../../world.ts';
import { isPublicPolicy } from './public-policy.ts';
import { type BucketRow, bucketArn } from './state.ts';

export interface Wish {
  principal: Principal;
  /** S3's action name with its prefix, e.g. `s3:GetObject`. */
  action: string;
  resource: string;
  /** Condition keys of the request, e.g. `s3:prefix`. */
  context?: Record<string, string>;
}

const ALLOW_ALL: PolicyDocument = { Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };

/** An administrator can always mend a bucket policy, as an account's root can: no Deny locks everybody out. */
const POLICY_ACTIONS = ['s3:GetBucketPolicy', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy'];

/** Loopback stands for TLS: on AWS, CloudFront and the SDKs reach S3 over https. */
const TRANSPORT = { 'aws:SecureTransport': 'true' };

/** Do the policies allow the wish? `bucket` is undefined for what concerns none (ListAllMyBuckets, CreateBucket). */
export const allows = (world: World, bucket: BucketRow | undefined, wish: Wish): boolean =>
  decide(sourcesFor(world, bucket, wish), wish) === 'allow';

/** @throws AwsError AccessDenied (403) when the policies do not allow the wish. */
export function authorize(world: World, bucket: BucketRow | undefined, wish: Wish): void {
  if (world.enforces('s3.access') && !allows(world, bucket, wish)) throw accessDenied(world, bucket, wish);
}

/** Callers of the account are told what they lack (S3UG, "Troubleshoot access denied"); others get the bare words. */
export function accessDenied(world: World, bucket: BucketRow | undefined, wish: Wish): AwsError {
  const { principal, action, resource } = wish;
  const denier = sourcesFor(world, bucket, wish).find((source) => decide([source], wish) === 'deny');
  const why = denier
    ? `with an explicit deny in ${denier.kind === 'resource' ? 'a resource-based' : 'an identity-based'} policy`
    : `because no identity-based policy allows the ${action} action`;
  const message = inAccount(principal)
    ? `User: ${principal.arn} is not authorized to perform: ${action} on resource: "${resource}" ${why}`
    : 'Access Denied';
  return new AwsError('AccessDenied', message, { status: 403 });
}

/** @throws AwsError NotImplemented for a condition operator that is not evaluated here: it is never read as permission. */
function decide(sources: PolicySource[], wish: Wish): Decision {
  try {
    return evaluate(sources, { ...wish, context: { ...TRANSPORT, ...wish.context } });
  } catch (error) {
    if (!(error instanceof UnsupportedOperatorError)) throw error;
    throw new AwsError('NotImplemented', error.message, { status: 501 });
  }
}

function sourcesFor(world: World, bucket: BucketRow | undefined, { principal, action }: Wish): PolicySource[] {
  const identity = identityPolicies(world, principal).map((document) => ({ kind: 'identity' as const, document }));
  const mends = principal.administrator === true && POLICY_ACTIONS.includes(action);
  if (!bucket?.policy || mends || publicAccessRestricted(world, bucket, principal)) return identity;
  return [...identity, { kind: 'resource', document: storedPolicy(bucket.policy) }];
}

/** May the caller list the bucket? Decides whether a missing key is 404 or 403 (AWS-FACTS 6). */
export function mayList(world: World, bucket: BucketRow, principal: Principal): boolean {
  return allows(world, bucket, { principal, action: 's3:ListBucket', resource: bucketArn(bucket.name) });
}

function identityPolicies(world: World, principal: Principal): PolicyDocument[] {
  if (principal.administrator) return [ALLOW_ALL];
  return inAccount(principal) ? world.iam.identityPolicies(principal) : [];
}

const inAccount = ({ kind }: Principal): boolean => kind === 'user' || kind === 'assumed-role';

/** RestrictPublicBuckets leaves a public policy to AWS services and the account's own principals (AWS-FACTS 6). */
function publicAccessRestricted(world: World, bucket: BucketRow, principal: Principal): boolean {
  return (
    principal.kind === 'anonymous' &&
    bucket.publicAccessBlock?.RestrictPublicBuckets === true &&
    world.enforces('s3.restrict-public-buckets') &&
    isPublicPolicy(storedPolicy(bucket.policy ?? '{"Statement":[]}'))
  );
}

/** A stored text was checked when it was put. */
const storedPolicy = (text: string): PolicyDocument => JSON.parse(text) as PolicyDocument;
