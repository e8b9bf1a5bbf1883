import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../src/local/control/logs/pattern.ts';

const LINES = [
  '[ERROR 400] BAD REQUEST',
  '[ERROR 401] UNAUTHORIZED REQUEST',
  '[WARN] slow request 12-ab',
  'INFO all is well',
];
const matching = (pattern: string, lines = LINES) =>
  lines.filter(compilePattern(pattern)).map((line) => lines.indexOf(line));

describe('patterns on text', () => {
  it.each([
    ['', [0, 1, 2, 3]],
    ['ERROR', [0, 1]],
    ['error', []],
    ['ERROR REQUEST', [0, 1]],
    ['ERROR BAD', [0]],
    ['"BAD REQUEST"', [0]],
    ['"REQUEST BAD"', []],
    ['ERROR -UNAUTHORIZED', [0]],
    ['-ERROR', [2, 3]],
    ['-ERROR -"all is"', [2]],
    ['?WARN ?INFO', [2, 3]],
    ['?WARN ?"401"', [1, 2]],
    ['?WARN REQUEST', [0, 1]],
    ['"12-ab"', [2]],
    ['%AUTHORIZED%', [1]],
    ['%ERROR 40[01]%', [0, 1]],
    ['%\\d-[a-z]+$%', [2]],
    ['%^INFO|WARN%', [2, 3]],
    ['ERROR %4\\d1%', [1]],
  ])('%s', (pattern, expected) => {
    expect(matching(pattern)).toEqual(expected);
  });

  it.each(['a@b.c', '12-ab', '[', '""', '"open', '%a(b)%', '%[%', '한글'])('refuses %s', (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(/Invalid|does not have/);
  });

  it('finds any phrase that is in quotes', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), fc.string(), (phrase, before, after) => {
        const quoted = `"${phrase.replace(/["\\]/g, '\\$&')}"`;
        expect(compilePattern(quoted)(before + phrase + after)).toBe(true);
        expect(compilePattern(`-${quoted}`)(before + phrase + after)).toBe(false);
      }),
    );
  });
});

describe('patterns on JSON', () => {
  const lines = [
    '{"level":"ERROR","ms":120,"user":{"id":1},"sizes":[{"w":100},{"w":200}],"hit":true,"note":null}',
    '{"level":"INFO","ms":7,"user":{"id":2}}',
    'level ERROR in plain text',
  ];
  it.each([
    ['{ $.level = "ERROR" }', [0]],
    ['{ $.level = ERROR }', [0]],
    ['{ $.level != "ERROR" }', [1]],
    ['{ $.level = "E*R" }', [0]],
    ['{ $.level = %^INF% }', [1]],
    ['{$.ms>100}', [0]],
    ['{ $.ms >= 7 && $.ms < 100 }', [1]],
    ['{ $.ms = 7 || $.user.id = 1 }', [0, 1]],
    ['{ ($.ms = 7 || $.ms = 120) && $.user.id = 2 }', [1]],
    ['{ $.sizes[1].w = 200 }', [0]],
    ['{ $.sizes[*].w = 100 }', [0]],
    ['{ $.sizes[0].w = 200 }', []],
    ['{ $.note IS NULL }', [0]],
    ['{ $.hit is true }', [0]],
    ['{ $.hit NOT EXISTS }', [1]],
  ])('%s', (pattern, expected) => {
    expect(matching(pattern, lines)).toEqual(expected);
  });

  it.each(['{', '{ }', '{ $.a }', '{ a = 1 }', '{ $.a = 1', '{ $.a = 1 } x', '{ $.a ~ 1 }'])(
    'refuses %s',
    (pattern) => {
      expect(() => compilePattern(pattern)).toThrow(/Invalid/);
    },
  );
});
