/** Comparing policies and trust: differences of spelling are none, differences of meaning are. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { samePolicy, sameStatement } from '../../src/core/normalize.ts';
import { editTrust, logsPolicy, originalsPolicy, TRUST_POLICY } from '../../src/core/role.ts';

const base = {
  Sid: 'a',
  Effect: 'Allow',
  Principal: { AWS: ['arn:b', 'arn:a'] },
  Action: ['s3:GetObject'],
  Resource: 'arn:aws:s3:::b/*',
  Condition: { StringEquals: { 'aws:SourceArn': 'x' }, Bool: { 'aws:SecureTransport': true } },
};

describe('sameStatement', () => {
  test.each([
    ['another Sid', { Sid: 'b' }],
    ['order of principals', { Principal: { AWS: ['arn:a', 'arn:b'] } }],
    ['a list of one', { Action: 's3:GetObject', Resource: ['arn:aws:s3:::b/*'] }],
    ['case of an action', { Action: 'S3:getobject' }],
    [
      'case of a condition key, a scalar as text',
      { Condition: { Bool: { 'AWS:securetransport': 'true' }, StringEquals: { 'AWS:SourceArn': ['x'] } } },
    ],
  ])('%s is no difference', (_what, over) => {
    expect(sameStatement(base, { ...base, ...over })).toBe(true);
  });

  test.each([
    ['effect', { Effect: 'Deny' }],
    ['principal', { Principal: { AWS: 'arn:a' } }],
    ['everyone, of any kind', { Principal: '*' }],
    ['resource, by case', { Resource: 'arn:aws:s3:::B/*' }],
    ['a condition less', { Condition: { StringEquals: { 'aws:SourceArn': 'x' } } }],
    ['an operator', { Condition: { ...base.Condition, StringEquals: {}, StringLike: { 'aws:SourceArn': 'x' } } }],
    ['no condition', { Condition: undefined }],
  ])('%s is one', (_what, over) => {
    expect(sameStatement(base, { ...base, ...over })).toBe(false);
  });
});

test('policies: the documents that are written are the same as themselves, and not as each other', () => {
  const documents = [logsPolicy('1', 'n'), logsPolicy('1', 'm'), logsPolicy('2', 'n'), originalsPolicy('b')];
  for (const [at, one] of documents.entries()) {
    for (const [other, text] of documents.entries()) expect(samePolicy(one, text)).toBe(at === other);
  }
  expect(samePolicy('no json', 'no json')).toBe(false);
});

describe('editTrust', () => {
  const trust = (...statements: object[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
  const allow = (Service: unknown, over: object = {}) => ({
    Effect: 'Allow',
    Principal: { Service },
    Action: 'sts:AssumeRole',
    ...over,
  });
  const both = ['lambda.amazonaws.com', 'edgelambda.amazonaws.com'];

  test.each([
    [TRUST_POLICY],
    [trust(allow([...both].reverse()))],
    [trust(allow(both[0]), allow(both[1]))],
    [trust(allow([...both, 'ec2.amazonaws.com']))],
  ])('%s is enough', (text) => expect(editTrust(text)).toBeUndefined());

  test.each([
    ['one of two', trust(allow('lambda.amazonaws.com'))],
    ['under a condition', trust(allow(both, { Condition: { Bool: { x: 'true' } } }))],
    ['a denial', trust(allow(both, { Effect: 'Deny' }))],
    ['another action', trust(allow(both, { Action: 'sts:TagSession' }))],
    ['nothing', '{}'],
  ])('%s is not', (_what, text) => {
    const after = editTrust(text) ?? '';
    expect(JSON.parse(after).Statement.at(-1)).toEqual(JSON.parse(TRUST_POLICY).Statement[0]);
    expect(editTrust(after)).toBeUndefined();
  });

  test('property: trust of others is kept, and an edit is done once', () => {
    const foreign = fc.record({
      Effect: fc.constantFrom('Allow', 'Deny'),
      Principal: fc.oneof(fc.record({ AWS: fc.string() }), fc.record({ Service: fc.string() })),
      Action: fc.constant('sts:AssumeRole'),
      Condition: fc.dictionary(fc.string(), fc.dictionary(fc.string(), fc.string())),
    });
    fc.assert(
      fc.property(fc.array(foreign, { maxLength: 4 }), (statements) => {
        const after = editTrust(trust(...statements)) ?? '';
        expect(JSON.parse(after).Statement.slice(0, -1)).toEqual(JSON.parse(trust(...statements)).Statement);
        expect(editTrust(after)).toBeUndefined();
      }),
    );
  });
});
