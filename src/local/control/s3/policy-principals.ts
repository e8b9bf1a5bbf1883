/** Does S3 know everybody whom a bucket policy names? AWS-FACTS 6: not so for new roles, deleted ones and misspelt ones. */
import { asList } from '../../policy/match.ts';
import { awsPrincipals } from '../../policy/parse.ts';
import type { PolicyDocument, World } from '../../world.ts';

/** AWS-FACTS 3.3 */
const IDENTITY_ARN = /^arn:aws:iam::cloudfront:user\/CloudFront Origin Access Identity ([A-Z0-9]+)$/;
const SERVICE_NAME = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com$/;
/** Of an account or of an origin access identity; there is no register of them here. */
const CANONICAL_ID = /^[0-9a-f]{64,96}$/;

/** The first principal that does not exist (yet), as S3 quotes it in the error's Detail; undefined when all do. */
export function strangerIn(world: World, policy: PolicyDocument): string | undefined {
  const aws = awsPrincipals(policy).find((name) => !awsPrincipalExists(world, name));
  if (aws !== undefined) return `"AWS" : "${aws}"`;
  const service = namesOf(policy, 'Service').find((name) => !SERVICE_NAME.test(name));
  if (service !== undefined) return `"Service" : "${service}"`;
  const user = namesOf(policy, 'CanonicalUser').find((name) => !CANONICAL_ID.test(name));
  return user === undefined ? undefined : `"CanonicalUser" : "${user}"`;
}

function awsPrincipalExists(world: World, name: string): boolean {
  const identity = IDENTITY_ARN.exec(name)?.[1];
  return identity === undefined ? world.iam.principalExists(name) : world.cloudfront.identityExists(identity);
}

function namesOf(policy: PolicyDocument, kind: string): string[] {
  return asList(policy.Statement)
    .flatMap(({ Principal, NotPrincipal }) => [Principal, NotPrincipal])
    .flatMap((element) => asList((element as Record<string, string | string[]> | undefined)?.[kind]));
}
