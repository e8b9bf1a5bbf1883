import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSize, printSize, readQuery, variantQuery } from '../../handler/grammar.ts';

const size = fc.record({ width: fc.integer({ min: 1, max: 99_999 }), height: fc.integer({ min: 1, max: 99_999 }) });

describe('a size', () => {
  it('is read back as it was printed, alone and in a query', () => {
    fc.assert(
      fc.property(size, (asked) => {
        expect(parseSize(printSize(asked))).toEqual(asked);
        expect(readQuery(variantQuery(asked))).toEqual({ kind: 'size', size: asked });
      }),
    );
  });

  it.each([
    ['100x200', { width: 100, height: 200 }],
    ['1x1', { width: 1, height: 1 }],
    ['007x010', { width: 7, height: 10 }],
    ['99999x99999', { width: 99_999, height: 99_999 }],
  ])('%s is one', (text, expected) => expect(parseSize(text)).toEqual(expected));

  it.each([
    '',
    'x',
    '100',
    '100x',
    'x100',
    '0x100',
    '100x0',
    '00x1',
    '100X100',
    '-5x10',
    '+5x10',
    '1e3x50',
    '100.9x50',
    '100*50',
    '50x50x50',
    ' 50x50',
    '50x50 ',
    '50x50\n',
    '100000x1',
    '١٠x١٠',
    '100%78100',
    '0x10x10',
    'NaNxNaN',
  ])('%j is none', (text) => expect(parseSize(text)).toBeUndefined());

  it('is what matches, and nothing else does', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9xX+.e ]{0,12}$/)), (text) => {
        const parsed = parseSize(text);
        expect(parsed !== undefined).toBe(/^(?=\d*[1-9])\d{1,5}x(?=\d*[1-9])\d{1,5}$/.test(text));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a query', () => {
  it.each(['', 'e=100x100', 'D=100x100', 'dd=1x1', 'a&b', '&', '=', 'x=d=1x1'])('%j has no d', (query) => {
    expect(readQuery(query)).toEqual({ kind: 'none' });
  });

  it.each(['d', 'd=', 'd=abc', 'a=1&d=1&b=2', 'd=%31x1', 'd=1x1=', 'd=1x1;e=2'])(
    '%j has a d that is no size',
    (query) => {
      expect(readQuery(query)).toEqual({ kind: 'invalid' });
    },
  );

  it('the first d counts, whatever else there is', () => {
    expect(readQuery('d=1x1&d=2x2')).toEqual({ kind: 'size', size: { width: 1, height: 1 } });
    expect(readQuery('utm=x&d=3x4&v')).toEqual({ kind: 'size', size: { width: 3, height: 4 } });
    expect(readQuery('d=no&d=2x2')).toEqual({ kind: 'invalid' });
  });

  it('of 8 kB, of nothing but separators, of anything, is read', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 8192 }), (query) => void readQuery(query)));
    expect(readQuery('&'.repeat(8192))).toEqual({ kind: 'none' });
    expect(readQuery(`d=${'9'.repeat(8190)}`)).toEqual({ kind: 'invalid' });
  });
});
