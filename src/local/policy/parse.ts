/** Reads policy documents with the checks and words of the service that takes them (AWS-FACTS 10). Pure. */
import type { PolicyDocument } from '../world.ts';
import { knowsOperator } from './conditions.ts';
import { asList } from './match.ts';

/** Where a document comes from: a bucket's policy, an identity policy, or a role's trust policy. */
export type PolicyUse = 's3' | 'identity' | 'trust';

export type ParsedPolicy = { document: PolicyDocument } | { problem: string };

type Json = Record<string, unknown>;
type Check = (statement: Json) => string | undefined;

const VERSIONS = ['2012-10-17', '2008-10-17'];
const STATEMENT_FIELDS = new Set(
  'Sid Effect Principal NotPrincipal Action NotAction Resource NotResource Condition'.split(' '),
);

/**
 * Parses a policy text. On failure `problem` is the message with which S3 says MalformedPolicy, or IAM
 * MalformedPolicyDocument. Whether the principals exist is for the caller to ask.
 */
export function parsePolicy(text: string, use: PolicyUse): ParsedPolicy {
  const document = readObject(text);
  const problem = document ? documentProblem(document, use) : notJson(use);
  return problem === undefined ? { document: document as unknown as PolicyDocument } : { problem };
}

/** Every AWS principal that the document names, in order, without `*`. */
export function awsPrincipals(document: PolicyDocument): string[] {
  return asList(document.Statement)
    .flatMap(({ Principal, NotPrincipal }) => [Principal, NotPrincipal])
    .flatMap((element) => asList((element as Record<string, string | string[]> | undefined)?.AWS))
    .filter((name) => name !== '*');
}

function readObject(text: string): Json | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

const notJson = (use: PolicyUse): string =>
  use === 's3' ? "Policies must be valid JSON and the first byte must be '{'" : 'This policy contains invalid Json';

function documentProblem(document: Json, use: PolicyUse): string | undefined {
  const syntax = use === 's3' ? 'Invalid policy syntax.' : 'Syntax errors in policy.';
  const statements = asList(document.Statement as Json | Json[]);
  const head = headProblem(document, use, syntax);
  if (head !== undefined) return head;
  for (const statement of statements) {
    if (typeof statement !== 'object' || statement === null) return syntax;
    const problem = CHECKS[use](statement) ?? conditionProblem(statement.Condition, syntax);
    if (problem !== undefined) return problem;
  }
  return repeatedSid(statements);
}

function headProblem({ Version, Id, Statement, ...unknown }: Json, use: PolicyUse, syntax: string): string | undefined {
  const [stray] = Object.keys(unknown);
  if (stray !== undefined) return use === 's3' ? `Unknown field ${stray}` : syntax;
  if (Version !== undefined && !VERSIONS.includes(Version as string)) {
    return 'The policy must contain a valid version string'; // INF
  }
  if (Id !== undefined && typeof Id !== 'string') return syntax;
  if (Statement === undefined) return use === 's3' ? 'Missing required field Statement' : syntax;
  if (asList(Statement).length > 0) return undefined;
  return use === 's3' ? 'Could not parse the policy: Statement is empty!' : syntax; // INF
}

const CHECKS: Record<PolicyUse, Check> = {
  s3(statement) {
    const stray = Object.keys(statement).find((field) => !STATEMENT_FIELDS.has(field));
    if (stray !== undefined) return `Unknown field ${stray}`;
    if (!('Effect' in statement)) return 'Missing required field Effect';
    if (!isEffect(statement)) return `Invalid effect: ${String(statement.Effect)}`;
    if (!one(statement, 'Principal', 'NotPrincipal')) return 'Missing required field Principal';
    if (!one(statement, 'Action', 'NotAction')) return 'Missing required field Action';
    if (!one(statement, 'Resource', 'NotResource')) return 'Missing required field Resource';
    if (!stringsOf(statement, 'Action', 'NotAction').every((action) => /^(\*|s3:[\w*?-]+)$/i.test(action))) {
      return 'Policy has invalid action';
    }
    return isPrincipal(statement.Principal ?? statement.NotPrincipal) ? undefined : 'Invalid principal in policy';
  },
  identity(statement) {
    if (!wellFormed(statement)) return 'Syntax errors in policy.';
    if ('Principal' in statement || 'NotPrincipal' in statement)
      return 'Policy document should not specify a principal.';
    if (!one(statement, 'Action', 'NotAction')) return 'Policy statement must contain actions.';
    if (!one(statement, 'Resource', 'NotResource')) return 'Policy statement must contain resources.';
    return actionProblem(statement) ?? resourceProblem(statement);
  },
  trust(statement) {
    if (!wellFormed(statement)) return 'Syntax errors in policy.';
    if ('Resource' in statement || 'NotResource' in statement) return 'Has prohibited field Resource';
    if (!one(statement, 'Action', 'NotAction')) return 'Missing required field Action'; // INF
    if (!('Principal' in statement)) return 'Missing required field Principal';
    const foreign = stringsOf(statement, 'Action', 'NotAction').some((action) => !/^(\*|sts:.*)$/i.test(action));
    if (foreign) return 'AssumeRole policy may only specify STS AssumeRole actions.';
    return isPrincipal(statement.Principal) ? undefined : 'AssumeRolepolicy contained an invalid principal: ""'; // INF
  },
};

const isEffect = ({ Effect }: Json): boolean => Effect === 'Allow' || Effect === 'Deny';

const one = (statement: Json, a: string, b: string): boolean => a in statement !== b in statement;

function stringsOf(statement: Json, a: string, b: string): string[] {
  return asList((statement[a] ?? statement[b]) as string | string[]).map(String);
}

/** Known fields only, a valid Effect, and strings where strings belong. */
function wellFormed(statement: Json): boolean {
  const strings = ['Action', 'NotAction', 'Resource', 'NotResource'].flatMap((field) => asList(statement[field]));
  return (
    isEffect(statement) &&
    Object.keys(statement).every((field) => STATEMENT_FIELDS.has(field)) &&
    strings.every((value) => typeof value === 'string')
  );
}

function actionProblem(statement: Json): string | undefined {
  const bad = stringsOf(statement, 'Action', 'NotAction').find((action) => !/^(\*|[\w-]+:[\w*?-]+)$/.test(action));
  return bad === undefined ? undefined : 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.';
}

function resourceProblem(statement: Json): string | undefined {
  const bad = stringsOf(statement, 'Resource', 'NotResource').find((resource) => !/^(\*$|arn:)/.test(resource));
  return bad === undefined ? undefined : `Resource ${bad} must be in ARN format or "*".`;
}

function isPrincipal(element: unknown): boolean {
  if (element === '*') return true;
  if (typeof element !== 'object' || element === null || Array.isArray(element)) return false;
  const kinds = Object.entries(element);
  return (
    kinds.length > 0 &&
    kinds.every(
      ([kind, value]) =>
        ['AWS', 'Service', 'Federated', 'CanonicalUser'].includes(kind) &&
        asList(value).every((name) => typeof name === 'string' && name !== ''),
    )
  );
}

function conditionProblem(condition: unknown, syntax: string): string | undefined {
  if (condition === undefined) return undefined;
  if (typeof condition !== 'object' || condition === null) return syntax;
  for (const [operator, keys] of Object.entries(condition)) {
    if (knowsOperator(operator) === undefined) return `Invalid Condition type : ${operator}`;
    if (typeof keys !== 'object' || keys === null) return syntax;
  }
  return undefined;
}

function repeatedSid(statements: Json[]): string | undefined {
  const sids = statements.map(({ Sid }) => Sid).filter((sid) => sid !== undefined && sid !== '');
  if (new Set(sids).size === sids.length) return undefined;
  return 'Statement IDs (SID) in a single policy must be unique.';
}
