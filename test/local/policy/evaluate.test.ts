import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnsupportedOperatorError } from '../../../src/local/policy/conditions.ts';
import { type Decision, evaluate, type PolicyKind } from '../../../src/local/policy/evaluate.ts';
import { actionMatch, arnMatch, wildcardMatch } from '../../../src/local/policy/match.ts';
import type { PolicyStatement, Principal } from '../../../src/local/world.ts';

const ACCOUNT = '000000000000';
const OBJECT = 'arn:aws:s3:::images/cat.jpg';

const user: Principal = { kind: 'user', arn: `arn:aws:iam::${ACCOUNT}:user/u`, accountId: ACCOUNT, userId: 'AIDAU' };
const role: Principal = {
  kind: 'assumed-role',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/resize/session`,
  roleArn: `arn:aws:iam::${ACCOUNT}:role/resize`,
  accountId: ACCOUNT,
  userId: 'AROAR:session',
};
const DISTRIBUTION = `arn:aws:cloudfront::${ACCOUNT}:distribution/E1`;
const cloudfront: Principal = {
  kind: 'service',
  arn: 'cloudfront.amazonaws.com',
  accountId: ACCOUNT,
  userId: '',
  sourceArn: DISTRIBUTION,
};
const OAI = 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2';
const oai: Principal = { kind: 'oai', arn: OAI, accountId: 'cloudfront', userId: OAI };
const anonymous: Principal = { kind: 'anonymous', arn: '*', accountId: 'anonymous', userId: 'anonymous' };

function decide(principal: Principal, kind: PolicyKind, ...given: Partial<PolicyStatement>[]): Decision {
  const Statement = given.map(
    (parts): PolicyStatement => ({
      Effect: 'Allow',
      ...('NotAction' in parts ? {} : { Action: 's3:GetObject' }),
      ...('NotResource' in parts ? {} : { Resource: 'arn:aws:s3:::images/*' }),
      ...parts,
    }),
  );
  return evaluate([{ kind, document: { Statement } }], { principal, action: 's3:GetObject', resource: OBJECT });
}

describe('effects', () => {
  it('says nothing where nothing is said, and lets a denial win', () => {
    expect(decide(user, 'identity')).toBe('none');
    expect(decide(user, 'identity', {})).toBe('allow');
    expect(decide(user, 'identity', { Effect: 'Deny' }, {})).toBe('deny');
    expect(decide(user, 'identity', {}, { Effect: 'Deny' })).toBe('deny');
  });
});

describe('actions and resources', () => {
  it.each<[Partial<PolicyStatement>, Decision]>([
    [{ Action: '*' }, 'allow'],
    [{ Action: 'S3:getobject' }, 'allow'],
    [{ Action: ['s3:Put*', 's3:Get?bject'] }, 'allow'],
    [{ Action: 's3:GetObjec' }, 'none'],
    [{ NotAction: 's3:GetObject' }, 'none'],
    [{ NotAction: ['s3:PutObject'] }, 'allow'],
    [{ Resource: '*' }, 'allow'],
    [{ Resource: 'arn:aws:s3:::images' }, 'none'],
    [{ Resource: 'arn:aws:s3:::IMAGES/*' }, 'none'],
    [{ Resource: 'arn:aws:s3:::images/???.jpg' }, 'allow'],
    [{ NotResource: 'arn:aws:s3:::images/*' }, 'none'],
    [{ NotResource: 'arn:aws:s3:::other/*' }, 'allow'],
  ])('%j -> %s', (statement, decision) => {
    expect(decide(user, 'identity', statement)).toBe(decision);
  });
});

describe('principals', () => {
  it.each<[string, unknown, Principal, Decision]>([
    ['a user by ARN', { AWS: user.arn }, user, 'allow'],
    ['a role by its ARN', { AWS: role.roleArn }, role, 'allow'],
    ['a session by its ARN', { AWS: [role.arn] }, role, 'allow'],
    ['another role', { AWS: `arn:aws:iam::${ACCOUNT}:role/other` }, role, 'none'],
    ['a whole account, which leaves it to identity policies', { AWS: ACCOUNT }, role, 'none'],
    ['a service', { Service: 'cloudfront.amazonaws.com' }, cloudfront, 'allow'],
    ['another service', { Service: ['lambda.amazonaws.com'] }, cloudfront, 'none'],
    ['a service is no AWS principal', { AWS: 'cloudfront.amazonaws.com' }, cloudfront, 'none'],
    ['an origin access identity', { AWS: OAI }, oai, 'allow'],
    ['everybody', '*', anonymous, 'allow'],
    ['everybody by AWS', { AWS: '*' }, anonymous, 'allow'],
    ['nobody', undefined, user, 'none'],
    ['an account does not name the anonymous', { AWS: ACCOUNT }, anonymous, 'none'],
  ])('%s', (_what, element, principal, decision) => {
    expect(decide(principal, 'resource', { Principal: element as '*' })).toBe(decision);
  });

  it('denies a whole account by its root, and all but some by NotPrincipal', () => {
    const root = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
    expect(decide(role, 'resource', { Principal: '*' }, { Effect: 'Deny', Principal: root })).toBe('deny');
    const but = { Effect: 'Deny' as const, NotPrincipal: { AWS: role.roleArn } };
    expect(decide(role, 'resource', { Principal: '*' }, but)).toBe('allow');
    expect(decide(user, 'resource', { Principal: '*' }, but)).toBe('deny');
  });
});

describe('conditions', () => {
  const sourceArn = (operator: string, value: string | string[]) => ({
    Principal: { Service: 'cloudfront.amazonaws.com' },
    Condition: { [operator]: { 'AWS:SourceArn': value } },
  });

  it.each<[string, string | string[], Decision]>([
    ['StringEquals', DISTRIBUTION, 'allow'],
    ['StringEquals', [`${DISTRIBUTION}X`, DISTRIBUTION], 'allow'],
    ['StringEquals', DISTRIBUTION.toLowerCase(), 'none'],
    ['StringEqualsIgnoreCase', DISTRIBUTION.toLowerCase(), 'allow'],
    ['StringNotEquals', DISTRIBUTION, 'none'],
    ['StringNotEquals', 'other', 'allow'],
    ['StringLike', 'arn:*/E?', 'allow'],
    ['StringNotLike', 'arn:*/E?', 'none'],
    ['ArnEquals', 'arn:aws:cloudfront::*:distribution/*', 'allow'],
    ['ArnLike', 'arn:aws:cloudfront:*/E1', 'none'],
    ['ArnNotLike', 'arn:aws:cloudfront:*:*:distribution/E1', 'none'],
    ['Null', 'false', 'allow'],
    ['Null', 'true', 'none'],
  ])('%s %s -> %s', (operator, value, decision) => {
    expect(decide(cloudfront, 'resource', sourceArn(operator, value))).toBe(decision);
  });

  it('reads keys that the request lacks as AWS does', () => {
    const missing = (operator: string) =>
      decide(user, 'identity', { Condition: { [operator]: { 'aws:SourceArn': 'x' } } });
    expect(missing('StringEquals')).toBe('none');
    expect(missing('StringEqualsIfExists')).toBe('allow');
    expect(missing('StringNotEquals')).toBe('allow');
    expect(missing('ArnLikeIfExists')).toBe('allow');
  });

  it('knows what a principal implies', () => {
    const when = (key: string, value: string, principal: Principal) =>
      decide(principal, 'resource', { Principal: '*', Condition: { StringEquals: { [key]: value } } });
    expect(when('aws:PrincipalArn', role.roleArn ?? '', role)).toBe('allow');
    expect(when('aws:SourceAccount', ACCOUNT, cloudfront)).toBe('allow');
    expect(when('aws:SourceAccount', '111111111111', cloudfront)).toBe('none');
    const secure = { Principal: '*' as const, Condition: { Bool: { 'aws:PrincipalIsAWSService': 'true' } } };
    expect(decide(cloudfront, 'resource', secure)).toBe('allow');
    expect(decide(user, 'resource', secure)).toBe('none');
  });

  it('takes every block and key together', () => {
    const Condition = { StringEquals: { 'aws:SourceAccount': ACCOUNT, 'aws:SourceArn': 'other' } };
    expect(decide(cloudfront, 'resource', { Principal: '*', Condition })).toBe('none');
  });

  it('matches addresses', () => {
    const from = (range: string) =>
      evaluate(
        [
          {
            kind: 'identity',
            document: {
              Statement: {
                Effect: 'Allow',
                Action: '*',
                Resource: '*',
                Condition: { IpAddress: { 'aws:SourceIp': range } },
              },
            },
          },
        ],
        { principal: user, action: 's3:GetObject', resource: '*', context: { 'aws:SourceIp': '10.1.2.3' } },
      );
    expect(from('10.1.0.0/16')).toBe('allow');
    expect(from('10.2.0.0/16')).toBe('none');
    expect(from('10.1.2.3')).toBe('allow');
  });

  it('never guesses at an operator that it does not have', () => {
    const Condition = { DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } };
    expect(() => decide(user, 'identity', { Condition })).toThrow(UnsupportedOperatorError);
    // It does not matter in a statement that is about something else.
    expect(decide(user, 'identity', { Action: 's3:PutObject', Condition })).toBe('none');
  });
});

describe('wildcards', () => {
  it('agree with the regular expression that they abbreviate', () => {
    const letters = fc.constantFrom('a', 'b', '/', '.');
    const pattern = fc.string({ unit: fc.oneof(letters, fc.constantFrom('*', '?')), maxLength: 8 });
    fc.assert(
      fc.property(pattern, fc.string({ unit: letters, maxLength: 10 }), (glob, text) => {
        const source = glob.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.');
        expect(wildcardMatch(glob, text)).toBe(new RegExp(`^${source}$`, 's').test(text));
      }),
    );
  });

  it('stay fast on patterns made to be slow', () => {
    const started = performance.now();
    expect(wildcardMatch(`${'*a'.repeat(200)}b`, 'a'.repeat(5000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it('compare actions without case and ARNs part by part', () => {
    expect(actionMatch('S3:GET*', 's3:GetObject')).toBe(true);
    expect(arnMatch('arn:aws:*:distribution/E1', DISTRIBUTION)).toBe(false);
    expect(arnMatch('arn:aws:s3:::a*', 'arn:aws:s3:::ab/c:d')).toBe(true);
  });
});
