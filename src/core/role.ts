/** The documents of the execution role. */
import { resourceName } from './names.ts';
import { canonicalJson, statementsOf } from './normalize.ts';

/** Both must be able to assume the role: Lambda to make the function, Lambda@Edge to run its replicas (AWS-FACTS 6). */
const SERVICES = ['lambda.amazonaws.com', 'edgelambda.amazonaws.com'];

export const TRUST_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: SERVICES }, Action: 'sts:AssumeRole' }],
});

/**
 * The trust policy with both services in it, or undefined when `current` trusts them already.
 * Other statements are kept; unconditional ones for the same services alone are folded into one.
 */
export function editTrust(current: string): string | undefined {
  const statements = statementsOf(current) ?? [];
  const trusted = new Set(statements.filter(isPlainTrust).flatMap(servicesOf));
  if (SERVICES.every((service) => trusted.has(service))) return undefined;
  const foreign = statements.filter(
    (statement) => !isPlainTrust(statement) || servicesOf(statement).some((service) => !SERVICES.includes(service)),
  );
  const own = (JSON.parse(TRUST_POLICY) as { Statement: object[] }).Statement;
  return JSON.stringify({ Version: '2012-10-17', Statement: [...foreign, ...own] });
}

interface TrustStatement {
  Effect?: unknown;
  Action?: unknown;
  Condition?: unknown;
  Principal?: { Service?: string | string[] } & Record<string, unknown>;
}

function isPlainTrust(statement: object): boolean {
  const { Effect, Action, Condition, Principal } = statement as TrustStatement;
  const serviceOnly = canonicalJson(Object.keys(Principal ?? {})) === '["Service"]';
  return Effect === 'Allow' && [Action].flat().includes('sts:AssumeRole') && Condition === undefined && serviceOnly;
}

function servicesOf(statement: object): string[] {
  return [(statement as TrustStatement).Principal?.Service ?? []].flat();
}

/** Logs of the function in every region it runs in (AWS-FACTS 5, 6). */
export function logsPolicy(account: string, name: string): string {
  const group = `arn:aws:logs:*:${account}:log-group:/aws/lambda/us-east-1.${resourceName(name)}:*`;
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: group,
      },
    ],
  });
}

/** Reading the originals by the role's own policy. ListBucket makes a missing original a 404 instead of a 403. */
export function originalsPolicy(bucket: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${bucket}/*` },
      { Effect: 'Allow', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${bucket}` },
    ],
  });
}
