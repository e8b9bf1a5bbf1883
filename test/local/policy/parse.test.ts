import { expect, it } from 'vitest';
import { awsPrincipals, type PolicyUse, parsePolicy } from '../../../src/local/policy/parse.ts';

const READ = { Sid: 'Read', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' };
const TRUST = { Effect: 'Allow', Principal: { Service: ['lambda.amazonaws.com'] }, Action: 'sts:AssumeRole' };
const { Principal: _everybody, ...OWN } = READ;

const text = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const problem = (use: PolicyUse, policy: string) => {
  const parsed = parsePolicy(policy, use);
  return 'problem' in parsed ? parsed.problem : undefined;
};

it('takes documents as they are written', () => {
  const parsed = parsePolicy(text(READ, { ...READ, Sid: 'Two' }), 's3');
  expect(parsed).toEqual({ document: JSON.parse(text(READ, { ...READ, Sid: 'Two' })) });
  expect(problem('identity', text(OWN))).toBeUndefined();
  expect(problem('trust', text(TRUST))).toBeUndefined();
  expect(problem('trust', JSON.stringify({ Statement: TRUST }))).toBeUndefined();
});

it.each<[PolicyUse, string, string]>([
  ['s3', 'not json', "Policies must be valid JSON and the first byte must be '{'"],
  ['s3', ' {}', "Policies must be valid JSON and the first byte must be '{'"],
  ['s3', '{}', 'Missing required field Statement'],
  ['s3', text({ ...READ, Effect: 'allow' }), 'Invalid effect: allow'],
  ['s3', text({ ...READ, Effect: undefined }), 'Missing required field Effect'],
  ['s3', text(OWN), 'Missing required field Principal'],
  ['s3', text({ ...READ, Action: undefined }), 'Missing required field Action'],
  ['s3', text({ ...READ, Resource: undefined }), 'Missing required field Resource'],
  ['s3', text({ ...READ, Action: 'ec2:Run' }), 'Policy has invalid action'],
  ['s3', text({ ...READ, Principal: 'me' }), 'Invalid principal in policy'],
  ['s3', text({ ...READ, Condition: { StringSame: { a: 'b' } } }), 'Invalid Condition type : StringSame'],
  ['s3', text({ ...READ, Extra: 1 }), 'Unknown field Extra'],
  ['s3', text(READ, READ), 'Statement IDs (SID) in a single policy must be unique.'],
  [
    's3',
    JSON.stringify({ Version: '2020-01-01', Statement: [READ] }),
    'The policy must contain a valid version string',
  ],
  ['identity', 'not json', 'This policy contains invalid Json'],
  ['identity', text(READ), 'Policy document should not specify a principal.'],
  [
    'identity',
    text({ ...OWN, Action: 'GetObject' }),
    'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
  ],
  ['identity', text({ ...OWN, Action: undefined }), 'Policy statement must contain actions.'],
  ['identity', text({ ...OWN, Resource: 'b/*' }), 'Resource b/* must be in ARN format or "*".'],
  ['identity', text({ ...OWN, Effect: 'Maybe' }), 'Syntax errors in policy.'],
  ['trust', text({ ...TRUST, Resource: '*' }), 'Has prohibited field Resource'],
  ['trust', text({ ...TRUST, Principal: undefined }), 'Missing required field Principal'],
  ['trust', text({ ...TRUST, Action: 's3:GetObject' }), 'AssumeRole policy may only specify STS AssumeRole actions.'],
])('%s refuses %s', (use, policy, message) => {
  expect(problem(use, policy)).toBe(message);
});

it('knows operators of AWS that it does not evaluate', () => {
  expect(
    problem('identity', text({ ...OWN, Condition: { NumericLessThan: { 's3:max-keys': '10' } } })),
  ).toBeUndefined();
});

it('lists the AWS principals that must exist', () => {
  const parsed = parsePolicy(
    text(
      { ...READ, Principal: { AWS: ['*', 'a'], Service: 's' } },
      { ...READ, Sid: 'N', Principal: undefined, NotPrincipal: { AWS: 'b' } },
    ),
    's3',
  );
  expect('document' in parsed && awsPrincipals(parsed.document)).toEqual(['a', 'b']);
});
