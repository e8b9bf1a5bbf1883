/** Is a bucket policy public? S3UG, access-control-block-public-access, "The meaning of public". Pure. */
import { asList } from '../../policy/match.ts';
import type { PolicyDocument, PolicyStatement } from '../../world.ts';

/** Conditions that tie a grant to somebody, when their values hold no wildcard. Lower case. */
const FIXING_KEYS = new Set([
  'aws:principalorgid',
  'aws:sourcearn',
  'aws:sourceaccount',
  'aws:sourceowner',
  'aws:sourceip',
  'aws:sourcevpc',
  'aws:sourcevpce',
  'aws:userid',
  's3:dataaccesspointaccount',
  's3:dataaccesspointarn',
  's3:x-amz-server-side-encryption-aws-kms-key-id',
]);

/** Operators under which a key narrows what is granted. Negations and …IfExists do not. */
const NARROWING = /^(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike|IpAddress)$/;

/** Public: some statement allows everybody, and no condition ties it to fixed values. */
export const isPublicPolicy = (policy: PolicyDocument): boolean => asList(policy.Statement).some(isPublicStatement);

function isPublicStatement(statement: PolicyStatement): boolean {
  if (statement.Effect !== 'Allow') return false;
  const everybody = statement.NotPrincipal !== undefined || namesEverybody(statement.Principal);
  return everybody && !isFixed(statement.Condition);
}

function namesEverybody(principal: PolicyStatement['Principal']): boolean {
  if (typeof principal !== 'object') return principal === '*';
  return Object.values(principal).some((names) => asList(names).includes('*'));
}

function isFixed(condition: PolicyStatement['Condition']): boolean {
  return Object.entries(condition ?? {})
    .filter(([operator]) => NARROWING.test(operator))
    .flatMap(([, keys]) => Object.entries(keys))
    .some(([key, values]) => FIXING_KEYS.has(key.toLowerCase()) && asList(values).every(isFixedValue(key)));
}

/** A value without a wildcard; of an address range, one no wider than /8. */
const isFixedValue = (key: string) => (value: string) => {
  if (key.toLowerCase() !== 'aws:sourceip') return !/[*?]/.test(value);
  return Number(value.split('/')[1] ?? 32) >= 8;
};
