/**
 * Edits of a bucket's policy. Foreign statements keep their place, members and spelling; ours are known by Sid, which
 * carries the installation's name and the distribution. An equivalent grant that someone else wrote is left to them.
 */
import { AppError } from '../errors.ts';
import { distributionArn, roleArn } from './names.ts';
import { sameStatement } from './normalize.ts';

export interface Statement {
  Sid?: string;
  Effect: string;
  Principal?: unknown;
  Action?: unknown;
  Resource?: unknown;
  Condition?: unknown;
}

export interface PolicyDocument {
  Version?: string;
  Statement: Statement | Statement[];
}

/** Who is to read the bucket. */
export interface BucketGrants {
  name: string;
  account: string;
  bucket: string;
  distribution: string;
  /** How CloudFront reads: with an access control, as an origin access identity, or not by our doing (a public bucket). */
  cloudfront: { kind: 'access-control' } | { kind: 'access-identity'; id: string } | { kind: 'none' };
  /** ListBucket for CloudFront turns 403 into 404 for what is missing. Only with a default root object: else `GET /` lists the bucket. */
  cloudfrontLists: boolean;
  /** The role reads by this policy. False when its own policy lets it. */
  role: boolean;
}

/** Bytes that S3 takes (AWS-FACTS 6). */
const POLICY_LIMIT = 20 * 1024;

/** The statements of an installation, in their order. */
export function grantStatements(grants: BucketGrants): Statement[] {
  const cloudfront = cloudfrontPrincipal(grants);
  const role = { Principal: { AWS: roleArn(grants.account, grants.name) } };
  const read = { Action: 's3:GetObject', Resource: `arn:aws:s3:::${grants.bucket}/*` };
  const list = { Action: 's3:ListBucket', Resource: `arn:aws:s3:::${grants.bucket}` };
  const statements: [string, { Principal: unknown; Condition?: unknown }, typeof read, boolean][] = [
    ['CloudFrontRead', cloudfront ?? role, read, cloudfront !== undefined],
    ['CloudFrontList', cloudfront ?? role, list, cloudfront !== undefined && grants.cloudfrontLists],
    ['RoleRead', role, read, grants.role],
    ['RoleList', role, list, grants.role],
  ];
  return statements
    .filter(([, , , wanted]) => wanted)
    .map(([purpose, { Principal, Condition }, action]) => ({
      Sid: sid(grants, purpose),
      Effect: 'Allow',
      Principal,
      ...action,
      ...(Condition !== undefined && { Condition }),
    }));
}

function cloudfrontPrincipal(grants: BucketGrants): { Principal: unknown; Condition?: unknown } | undefined {
  const { cloudfront, account, distribution } = grants;
  if (cloudfront.kind === 'none') return undefined;
  if (cloudfront.kind === 'access-identity') {
    return {
      Principal: { AWS: `arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ${cloudfront.id}` },
    };
  }
  return {
    Principal: { Service: 'cloudfront.amazonaws.com' },
    Condition: { StringEquals: { 'AWS:SourceArn': distributionArn(account, distribution) } },
  };
}

/** `EdgeResizeMyPhotosE2ABCRoleRead`: S3 allows letters and digits only. */
function sid({ name, distribution }: BucketGrants, purpose: string): string {
  const words = name
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  return `EdgeResize${words}${distribution}${purpose}`.replace(/[^A-Za-z0-9]/g, '');
}

function ownSids(grants: BucketGrants): Set<string> {
  return new Set(['CloudFrontRead', 'CloudFrontList', 'RoleRead', 'RoleList'].map((purpose) => sid(grants, purpose)));
}

/**
 * The policy with the grants in it, as JSON text, or undefined when `current` already has them all.
 * @param current JSON text, undefined when the bucket has no policy
 * @throws AppError POLICY_MALFORMED when `current` is no policy, POLICY_CONFLICT when S3 would not take the result, or
 * a statement has a Sid of ours and says what we never wrote
 */
export function editBucketPolicy(current: string | undefined, grants: BucketGrants): string | undefined {
  const document = current === undefined ? { Version: '2012-10-17', Statement: [] } : parseBucketPolicy(current);
  const present = [document.Statement].flat();
  const own = ownSids(grants);
  const isOwn = ({ Sid = '' }: Statement) => own.has(Sid);
  checkOwn(present.filter(isOwn), grants);
  const foreign = present.filter((statement) => !isOwn(statement));
  const there = new Set(present.map(({ Sid }) => Sid));
  const wanted = grantStatements(grants).filter(
    (statement) => there.has(statement.Sid) || !foreign.some((theirs) => sameStatement(theirs, statement)),
  );
  const kept = present.flatMap((statement) => {
    if (!isOwn(statement)) return [statement];
    const now = wanted.find((one) => one.Sid === statement.Sid);
    if (!now) return [];
    return [sameStatement(statement, now) ? statement : now];
  });
  const added = wanted.filter((statement) => !present.some((one) => one.Sid === statement.Sid));
  const statements = [...kept, ...added];
  if (statements.length === present.length && statements.every((statement, at) => statement === present[at]))
    return undefined;
  checkPrincipals(statements);
  return bounded(JSON.stringify({ ...document, Statement: statements }));
}

/**
 * Do the grants let CloudFront read what `current` does not let it read yet?
 * @throws AppError POLICY_MALFORMED
 */
export function opensBucket(current: string | undefined, grants: BucketGrants): boolean {
  if (grants.cloudfront.kind === 'none') return false;
  const [read = {}] = grantStatements(grants);
  return (
    current === undefined || ![parseBucketPolicy(current).Statement].flat().some((one) => sameStatement(one, read))
  );
}

/** S3 shows a principal that was deleted by its unique id, and takes no policy that names one (AWS-FACTS 6). */
const DELETED = /^A(?:ROA|IDA)[A-Z0-9]{12,}$/;

/** @throws AppError POLICY_CONFLICT when a statement is for a principal that was deleted */
function checkPrincipals(statements: Statement[]): void {
  for (const statement of statements) {
    const gone = principalsOf(statement).find((one) => typeof one === 'string' && DELETED.test(one));
    if (gone === undefined) continue;
    const { Sid } = statement;
    throw new AppError('POLICY_CONFLICT', `the bucket's policy names ${gone}, a role or user that was deleted`, {
      why: 'S3 keeps such a statement, and takes no policy that holds one.',
      fix: `remove the statement ${Sid ?? `of ${gone}`} from the policy (aws s3api get-bucket-policy, put-bucket-policy), then run the command again`,
    });
  }
}

const ACCESS_IDENTITY = /^arn:aws:iam::cloudfront:user\/CloudFront Origin Access Identity /;

/**
 * A Sid alone makes nothing ours: what somebody changed by hand, or wrote under a Sid of ours, is not overwritten.
 * @throws AppError POLICY_CONFLICT
 */
function checkOwn(statements: Statement[], grants: BucketGrants): void {
  const kinds = [{ kind: 'access-control' } as const, { kind: 'access-identity', id: '' } as const];
  const forms = kinds.flatMap((cloudfront) =>
    grantStatements({ ...grants, cloudfront, cloudfrontLists: true, role: true }),
  );
  const changed = statements.find((statement) => !forms.some((form) => isForm(statement, form)));
  if (!changed) return;
  throw new AppError(
    'POLICY_CONFLICT',
    `the statement ${changed.Sid} of the bucket's policy is not as setup writes it`,
    {
      why: 'Someone changed it, or gave the Sid to a statement of their own. It was left as it is.',
      fix: 'give it another Sid, or remove it (aws s3api get-bucket-policy, put-bucket-policy), then run the command again',
    },
  );
}

/** The same as `form`, or as it was with another access identity, or is now that its principal was deleted? */
function isForm(statement: Statement, form: Statement): boolean {
  const [usual] = principalsOf(form).map(String);
  const [there = '', ...more] = principalsOf(statement).map(String);
  const changing = DELETED.test(there) || (ACCESS_IDENTITY.test(there) && ACCESS_IDENTITY.test(usual ?? ''));
  const { Principal } = usual !== undefined && more.length === 0 && changing ? form : statement;
  return statement.Sid === form.Sid && sameStatement({ ...statement, Principal }, form);
}

/** The AWS principals of a statement. */
function principalsOf({ Principal }: Statement): unknown[] {
  const { AWS = [] } = (typeof Principal === 'object' && Principal !== null ? Principal : {}) as { AWS?: unknown };
  return [AWS].flat();
}

/** @throws AppError POLICY_MALFORMED */
export function parseBucketPolicy(text: string): PolicyDocument {
  const document = parsed(text);
  const statements = [document?.Statement ?? []].flat();
  const sound = typeof document === 'object' && document !== null && 'Statement' in document;
  if (!sound || !statements.every((statement) => typeof statement === 'object' && statement !== null)) {
    throw new AppError('POLICY_MALFORMED', "the bucket's policy is not a policy document", {
      why: 'It has no list of statements, so it cannot be added to without losing what is there.',
      fix: 'read it with `aws s3api get-bucket-policy`, correct it, and run the command again',
    });
  }
  return document;
}

function parsed(text: string): PolicyDocument {
  try {
    return JSON.parse(text) as PolicyDocument;
  } catch (cause) {
    throw new AppError('POLICY_MALFORMED', "the bucket's policy is not JSON", {
      why: String(cause),
      fix: 'read it with `aws s3api get-bucket-policy`, correct it, and run the command again',
      cause,
    });
  }
}

function bounded(text: string): string {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= POLICY_LIMIT) return text;
  throw new AppError('POLICY_CONFLICT', `the bucket's policy would be ${bytes} bytes, and S3 takes ${POLICY_LIMIT}`, {
    why: 'The statements that are there leave no room.',
    fix: 'set "grant": "role-policy" in the config (two statements fewer), or shorten the policy',
  });
}
