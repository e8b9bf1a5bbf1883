import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allSizesOf, isImageKey, pathFromUser, pathOfKey, variantOf } from '../../src/core/invalidation/paths.ts';
import { planInvalidation, priceNote } from '../../src/core/invalidation/plan.ts';

describe('paths of a person', () => {
  test.each([
    ['photos/cat.jpg', '/photos/cat.jpg'],
    ['/사진/고양이.jpg', '/%EC%82%AC%EC%A7%84/%EA%B3%A0%EC%96%91%EC%9D%B4.jpg'],
    ['/%EC%82%AC.jpg', '/%EC%82%AC.jpg'],
    ['/a b+c.jpg', '/a%20b+c.jpg'],
    ['/100%.jpg', '/100%25.jpg'],
    ['/(1),[2]~.jpg', '/(1),%5B2%5D~.jpg'],
    ['https://d111.cloudfront.net/cat.jpg?d=10x10', '/cat.jpg?d=10x10'],
    ['/photos/*', '/photos/*'],
    ['/😀.png', '/%F0%9F%98%80.png'],
  ])('%s -> %s', (text, path) => expect(pathFromUser(text)).toBe(path));

  test.each([
    ['/photos/*.jpg', /last character/],
    [`/${'x'.repeat(4_000)}`, /4001 characters/],
  ])('%s is refused', (text, why) => {
    expect(() => pathFromUser(text)).toThrow(expect.objectContaining({ code: 'INVALID_PATH' }));
    try {
      pathFromUser(text);
    } catch (error) {
      expect((error as { why: string }).why).toMatch(why);
    }
  });

  test('a path of a person, encoded, is taken as it is the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-composite', maxLength: 50 }), (text) => {
        const once = pathFromUser(text.replaceAll('*', ''));
        expect(pathFromUser(once)).toBe(once);
      }),
    );
  });
});

test('the path of a key decodes to the key, and holds nothing that CloudFront would read otherwise', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (key) => {
      const path = pathOfKey(key);
      expect(decodeURIComponent(path.slice(1))).toBe(key.toWellFormed());
      expect(path).toMatch(/^\/[\x21-\x7e]*$/);
      expect(path).not.toMatch(/[*?#]/);
    }),
  );
  expect(pathOfKey('50%25 off?*.png')).toBe('/50%2525%20off%3F%2A.png');
});

test('a variant is a path and its canonical d', () => {
  expect(variantOf('/cat.jpg', '300x200,f=webp')).toBe('/cat.jpg?d=300x200,f=webp');
});

test('a path without a size stands for all of them, unless it says what it wants', () => {
  expect(allSizesOf('/cat.jpg')).toBe('/cat.jpg*');
  expect(allSizesOf('/photos/*')).toBe('/photos/*');
  expect(allSizesOf('/cat.jpg?d=1x1')).toBe('/cat.jpg?d=1x1');
});

test('only images have sizes', () => {
  expect(['a.JPG', 'b/c.webp', 'x.txt', 'jpg', 'index.html', '사진.png'].filter(isImageKey)).toEqual([
    'a.JPG',
    'b/c.webp',
    '사진.png',
  ]);
});

describe('plan', () => {
  const path = fc.stringMatching(/^\/[a-c]{0,3}\*?$/);
  const covers = (wide: string, one: string) => wide.endsWith('*') && one.startsWith(wide.slice(0, -1));

  test('drops only what a wildcard covers, keeps the order, never pays twice', () => {
    fc.assert(
      fc.property(fc.array(path, { maxLength: 30 }), (wanted) => {
        const { paths } = planInvalidation('E1', wanted);
        expect(new Set(paths).size).toBe(paths.length);
        expect(wanted.filter((one) => paths.includes(one)).length).toBeGreaterThanOrEqual(paths.length);
        for (const one of wanted) expect(paths.some((kept) => kept === one || covers(kept, one))).toBe(true);
        for (const one of paths) {
          expect(paths.some((kept) => kept !== one && covers(kept, one.replace(/\*$/, '')))).toBe(false);
        }
      }),
    );
  });

  test('batches stay within 3,000 paths and 15 wildcards, and hold every path once', () => {
    const exact = Array.from({ length: 6_500 }, (_, index) => `/${index}.jpg`);
    const wild = Array.from({ length: 40 }, (_, index) => `/w${index}/*`);
    const { batches, paths } = planInvalidation('E1', [...exact, ...wild]);
    expect(batches.flat().sort()).toEqual([...paths].sort());
    for (const batch of batches) {
      expect(batch.filter((one) => one.endsWith('*')).length).toBeLessThanOrEqual(15);
      expect(batch.filter((one) => !one.endsWith('*')).length).toBeLessThanOrEqual(3_000);
    }
    expect(batches).toHaveLength(3);
  });

  test('says the price, from nothing of the free paths used to all', () => {
    expect(priceNote(planInvalidation('E1', ['/*']))).toBe(
      "1 path: free within the account's first 1,000 paths of the month, else $0.005.",
    );
    const many = planInvalidation(
      'E1',
      Array.from({ length: 1_200 }, (_, index) => `/${index}`),
    );
    expect(many.price).toEqual({ least: 1, most: 6 });
    expect(priceNote(many)).toBe(
      "1,200 paths: $1.00 to $6.00, by what is left of the account's first 1,000 paths of the month, which are free.",
    );
  });
});
