/** Bucket policy edits: foreign statements survive as they are, ours are there once, an edit is done once. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, sameStatement } from '../../src/core/normalize.ts';
import { type BucketGrants, editBucketPolicy, grantStatements, type Statement } from '../../src/core/policy.ts';

const GRANTS: BucketGrants = {
  name: 'my-photos',
  account: '123456789012',
  bucket: 'photos',
  distribution: 'E2ABC3DEF4GHI5',
  cloudfront: { kind: 'access-control' },
  cloudfrontLists: true,
  role: true,
};

const statement: fc.Arbitrary<Statement> = fc.record(
  {
    Sid: fc.string(),
    Effect: fc.constantFrom('Allow', 'Deny'),
    Principal: fc.oneof(fc.constant('*'), fc.record({ AWS: fc.oneof(fc.string(), fc.array(fc.string())) })),
    Action: fc.oneof(fc.string(), fc.array(fc.string())),
    Resource: fc.string(),
    Condition: fc.dictionary(fc.string(), fc.dictionary(fc.string(), fc.string())),
  },
  { requiredKeys: ['Effect'] },
);

const grants: fc.Arbitrary<BucketGrants> = fc.record({
  name: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,31}$/),
  account: fc.constant('123456789012'),
  bucket: fc.constant('photos'),
  distribution: fc.stringMatching(/^E[A-Z0-9]{13}$/),
  cloudfront: fc.oneof(
    fc.constant({ kind: 'access-control' as const }),
    fc.constant({ kind: 'access-identity' as const, id: 'E1OAI' }),
    fc.constant({ kind: 'none' as const }),
  ),
  cloudfrontLists: fc.boolean(),
  role: fc.boolean(),
});

const statementsIn = (text: string) => (JSON.parse(text) as { Statement: Statement[] }).Statement;

describe('editBucketPolicy', () => {
  test('ours stay although someone else comes to grant the same', () => {
    const ours = editBucketPolicy(undefined, GRANTS) ?? '';
    const [read] = statementsIn(ours);
    const both = JSON.stringify({
      Version: '2012-10-17',
      Statement: [...statementsIn(ours), { ...read, Sid: 'Theirs' }],
    });
    expect(editBucketPolicy(both, GRANTS)).toBeUndefined();
  });

  test('a principal that was deleted: in a statement of ours it is mended, in another one S3 would refuse the whole', () => {
    const gone = { AWS: 'AROAJQABLZS4A3QDU576Q' };
    const [, , role] = grantStatements(GRANTS);
    const own = JSON.stringify({ Version: '2012-10-17', Statement: [{ ...role, Principal: gone }] });
    expect(editBucketPolicy(own, GRANTS)).not.toContain('AROA');
    const theirs = JSON.stringify({ Version: '2012-10-17', Statement: [{ ...role, Sid: 'Old', Principal: gone }] });
    expect(() => editBucketPolicy(theirs, GRANTS)).toThrow(
      expect.objectContaining({ code: 'POLICY_CONFLICT', fix: expect.stringContaining('remove the statement Old') }),
    );
  });

  test.each([
    ['a denial', { Effect: 'Deny' }],
    ['another principal', { Principal: { AWS: 'arn:aws:iam::123456789012:role/theirs' } }],
    [
      'a principal more',
      { Principal: { AWS: ['arn:aws:iam::123456789012:role/edge-resize-my-photos', 'AROAJQABLZS4A3QDU576Q'] } },
    ],
    ['everybody but', { Principal: undefined, NotPrincipal: { AWS: 'arn:aws:iam::123456789012:role/theirs' } }],
    ['less to read', { Resource: 'arn:aws:s3:::photos/public/*' }],
    ['an action more', { Action: ['s3:GetObject', 's3:PutObject'] }],
    ['a condition', { Condition: { Bool: { 'aws:SecureTransport': 'true' } } }],
  ])('a statement under our Sid that we never wrote is refused, not overwritten: %s', (_, theirs) => {
    const statements = grantStatements(GRANTS);
    const Statement = statements.map((one) => (one.Sid?.endsWith('RoleRead') ? { ...one, ...theirs } : one));
    for (const role of [true, false]) {
      expect(() => editBucketPolicy(JSON.stringify({ Statement }), { ...GRANTS, role })).toThrow(
        expect.objectContaining({ code: 'POLICY_CONFLICT', message: expect.stringContaining('RoleRead') }),
      );
    }
  });

  test('ours of an access identity become those of an access control in their place, and back', () => {
    const identity = { ...GRANTS, cloudfront: { kind: 'access-identity' as const, id: 'E1OAI' } };
    for (const [before, after] of [
      [GRANTS, identity],
      [identity, GRANTS],
    ] as const) {
      const edited = editBucketPolicy(editBucketPolicy(undefined, before), after) ?? '';
      expect(statementsIn(edited)).toEqual(grantStatements(after));
    }
  });

  test('one statement that is no list, and one with NotPrincipal, NotAction and NotResource, stay as they are', () => {
    const theirs = { Effect: 'Deny', NotPrincipal: { AWS: '*' }, NotAction: 's3:GetObject', NotResource: ['x', 'y'] };
    const edited = editBucketPolicy(JSON.stringify({ Version: '2008-10-17', Statement: theirs }), GRANTS) ?? '';
    expect(statementsIn(edited)).toEqual([theirs, ...grantStatements(GRANTS)]);
    expect(editBucketPolicy(edited, GRANTS)).toBeUndefined();
  });

  test('an empty bucket gets the four statements of the guide', () => {
    const text = editBucketPolicy(undefined, GRANTS) ?? '';
    expect(JSON.parse(text)).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'EdgeResizeMyPhotosE2ABC3DEF4GHI5CloudFrontRead',
          Effect: 'Allow',
          Principal: { Service: 'cloudfront.amazonaws.com' },
          Action: 's3:GetObject',
          Resource: 'arn:aws:s3:::photos/*',
          Condition: {
            StringEquals: { 'AWS:SourceArn': 'arn:aws:cloudfront::123456789012:distribution/E2ABC3DEF4GHI5' },
          },
        },
        expect.objectContaining({ Action: 's3:ListBucket', Resource: 'arn:aws:s3:::photos' }),
        {
          Sid: 'EdgeResizeMyPhotosE2ABC3DEF4GHI5RoleRead',
          Effect: 'Allow',
          Principal: { AWS: 'arn:aws:iam::123456789012:role/edge-resize-my-photos' },
          Action: 's3:GetObject',
          Resource: 'arn:aws:s3:::photos/*',
        },
        expect.objectContaining({ Sid: 'EdgeResizeMyPhotosE2ABC3DEF4GHI5RoleList', Action: 's3:ListBucket' }),
      ],
    });
  });

  test('without a default root object CloudFront may not list', () => {
    const text = editBucketPolicy(undefined, { ...GRANTS, cloudfrontLists: false }) ?? '';
    const listing = statementsIn(text).filter((one) => one.Action === 's3:ListBucket');
    expect(listing.map((one) => one.Principal)).toEqual([
      { AWS: 'arn:aws:iam::123456789012:role/edge-resize-my-photos' },
    ]);
  });

  test('an origin access identity is granted by its own ARN', () => {
    const [first] = grantStatements({ ...GRANTS, cloudfront: { kind: 'access-identity', id: 'E1OAI' } });
    expect(first?.Principal).toEqual({
      AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1OAI',
    });
    expect(first).not.toHaveProperty('Condition');
  });

  test("a grant that someone else wrote in other words is theirs, and isn't written again", () => {
    const theirs = {
      Version: '2008-10-17',
      Statement: {
        Sid: '1',
        Effect: 'Allow',
        Principal: { Service: ['cloudfront.amazonaws.com'] },
        Action: ['S3:getobject'],
        Resource: ['arn:aws:s3:::photos/*'],
        Condition: {
          StringEquals: { 'aws:sourcearn': ['arn:aws:cloudfront::123456789012:distribution/E2ABC3DEF4GHI5'] },
        },
      },
    };
    const edited = editBucketPolicy(JSON.stringify(theirs), { ...GRANTS, cloudfrontLists: false, role: false });
    expect(edited).toBeUndefined();
    const withRole = editBucketPolicy(JSON.stringify(theirs), GRANTS) ?? '';
    expect(statementsIn(withRole).map((one) => one.Sid)).toEqual([
      '1',
      'EdgeResizeMyPhotosE2ABC3DEF4GHI5CloudFrontList',
      'EdgeResizeMyPhotosE2ABC3DEF4GHI5RoleRead',
      'EdgeResizeMyPhotosE2ABC3DEF4GHI5RoleList',
    ]);
  });

  test('ours with a deleted principal is put right in its place', () => {
    const before = JSON.parse(editBucketPolicy(undefined, GRANTS) ?? '') as { Statement: Statement[] };
    const role = before.Statement[2];
    if (role) role.Principal = { AWS: 'AROAEXAMPLEOFADELETEDROLE' };
    before.Statement.push({ Sid: 'After', Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: '*' });
    const after = statementsIn(editBucketPolicy(JSON.stringify(before), GRANTS) ?? '');
    expect(after[2]?.Principal).toEqual({ AWS: 'arn:aws:iam::123456789012:role/edge-resize-my-photos' });
    expect(after[4]?.Sid).toBe('After');
  });

  test('leaving the bucket policy for the role takes its two statements out', () => {
    const before = editBucketPolicy(undefined, GRANTS);
    const after = statementsIn(editBucketPolicy(before, { ...GRANTS, role: false }) ?? '');
    expect(after.map((one) => one.Sid)).toEqual([
      'EdgeResizeMyPhotosE2ABC3DEF4GHI5CloudFrontRead',
      'EdgeResizeMyPhotosE2ABC3DEF4GHI5CloudFrontList',
    ]);
  });

  test.each(['not json', '[]', '"x"', 'null', '{"Version":"2012-10-17"}', '{"Statement":["x"]}'])(
    '%s is refused, not replaced',
    (text) => {
      expect(() => editBucketPolicy(text, GRANTS)).toThrow(expect.objectContaining({ code: 'POLICY_MALFORMED' }));
    },
  );

  test('over 20 KB is said before S3 says it', () => {
    const big = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Resource: 'x'.repeat(20_000) }] };
    expect(() => editBucketPolicy(JSON.stringify(big), GRANTS)).toThrow(
      expect.objectContaining({ code: 'POLICY_CONFLICT' }),
    );
  });

  test('property: foreign statements keep place and spelling, and a second edit changes nothing', () => {
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 6 }), grants, (foreign, wanted) => {
        const before = JSON.stringify({ Id: 'theirs', Version: '2008-10-17', Statement: foreign });
        const edited = editBucketPolicy(before, wanted);
        const after = edited ?? before;
        const kept = statementsIn(after).slice(0, foreign.length);
        expect(JSON.stringify(kept)).toBe(JSON.stringify((JSON.parse(before) as { Statement: unknown }).Statement));
        expect(JSON.parse(after)).toMatchObject({ Id: 'theirs', Version: '2008-10-17' });
        for (const mine of grantStatements(wanted)) {
          expect(statementsIn(after).some((one) => sameStatement(one, mine))).toBe(true);
        }
        expect(editBucketPolicy(after, wanted)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  test('property: two installations on one bucket never touch each other', () => {
    fc.assert(
      fc.property(grants, grants, (one, other) => {
        fc.pre(one.distribution !== other.distribution);
        const first = editBucketPolicy(undefined, { ...one, cloudfront: { kind: 'access-control' } }) ?? '';
        const both = editBucketPolicy(first, other) ?? first;
        expect(statementsIn(both).slice(0, statementsIn(first).length)).toEqual(statementsIn(first));
      }),
    );
  });
});

test('canonical JSON does not depend on the order of keys', () => {
  expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: 0 })).toBe('{"a":0,"b":[{"c":2,"d":1}]}');
});
