import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Asked,
  OPTION_NAMES,
  OPTIONS,
  printRecipe,
  RATIOS,
  type Rules,
  readPairs,
  readQuery,
  variantQuery,
} from '../../handler/grammar.ts';

const EVERYTHING: Rules = {
  maxWidth: 4096,
  maxHeight: 4096,
  quality: 80,
  families: ['fit', 'format', 'dpr', 'effects', 'animation', 'placeholder', 'version'],
  unlisted: 'snap',
  presets: { thumb: '150x150,f=webp', wide: '1600x' },
  presetsOnly: false,
};
const PLAIN: Rules = { ...EVERYTHING, families: [], presets: {} };

/** The value of `d` that a query comes to, or what is wrong with it. */
function canonical(query: string, rules = EVERYTHING, accept?: string): string {
  const pairs = query.split('&').map((pair): [string, string] => {
    const at = pair.indexOf('=');
    return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
  });
  return said(readPairs(pairs, rules, accept));
}

function said(asked: Asked): string {
  if (asked.kind === 'recipe') return printRecipe(asked.recipe);
  return asked.kind === 'invalid' ? `!${asked.why}` : '';
}

it('the default quality is asked for by its own number, also where that is no multiple of five', () => {
  const rules = { ...EVERYTHING, quality: 82, presets: { fine: '9x9,q=82' } };
  expect(canonical('d=9x9&q=82', rules)).toBe('9x9');
  expect(canonical('d=9x9,q=082', rules)).toBe('9x9');
  expect(canonical('p=fine', rules)).toBe('9x9');
  expect(canonical('d=9x9,q=80', rules)).toBe('9x9,q=80');
  expect(canonical('d=9x9,q=83', rules)).toBe('9x9,q=85');
  expect(canonical('d=9x9,q=82.0', rules)).toBe('!q');
});

describe('sizes', () => {
  it.each([
    ['d=100x200', '100x200'],
    ['d=100X200', '100x200'],
    ['d=100*200', '100x200'],
    ['d=100%C3%97200', '100x200'],
    ['d=007x010', '7x10'],
    ['d=100', '100x'],
    ['d=100x', '100x'],
    ['d=x100', 'x100'],
    ['d=0x100', 'x100'],
    ['D=1x1', '1x1'],
    ['d=1x1&d=2x2', '1x1'],
    ['utm=x&d=3x4&v', '3x4'],
    ['d=9999x5000', '4096x2048'],
    ['d=99999x', '4096x'],
    ['w=300', '300x,up=0'],
    ['width=300&height=200', '300x200,up=0'],
    ['w=300&up=1', '300x'],
    ['d=100x200&h=50', '100x50,up=0'],
    ['w=300&w=400', '300x,up=0'],
  ])('%s is %s', (query, expected) => expect(canonical(query, PLAIN)).toBe(expected));

  it.each(['', 'd', 'd=', 'e=1x1', 'dd=1x1', 'a&b', '&', '=', 'x=d=1x1', 'fit=inside', 'p=thumb', 'q=10'])(
    '%j asks for nothing',
    (query) => expect(canonical(query, PLAIN)).toBe(''),
  );

  it.each([
    'x',
    '0x0',
    '-5x10',
    '+5x10',
    '1e3x50',
    '100.9x50',
    '50x50x50',
    '%2050x50',
    '100000x1',
    '0x10x10',
    'NaNxNaN',
    '1x1;e=2',
    '300x200,fit=inside',
    '300x200,',
    '300x200,x=1',
    '%',
  ])('d=%s is invalid', (value) => expect(canonical(`d=${value}`, PLAIN)).toBe('!d'));
});

describe('options', () => {
  it.each([
    ['d=300x200,q=75,f=webp,fit=inside', '300x200,fit=inside,f=webp,q=75'],
    ['d=300x200&fit=max&format=WEBP&quality=74', '300x200,fit=inside,f=webp,q=75'],
    ['d=300x200,fit=cover,pos=c,up=1,rot=0,blur=0,gray=0,q=80', '300x200'],
    ['d=300x200&pos=top-left', '300x200,pos=nw'],
    ['d=300x200&gravity=smart', '300x200,pos=attention'],
    ['d=300x200&pos=fp:0.25,0.7', '300x200,pos=fp:0.25:0.7'],
    ['d=300x200,pos=fp:0.25,0.7', '300x200,pos=fp:0.25:0.7'],
    ['d=300x200&fp-x=0.2', '300x200,pos=fp:0.2:0.5'],
    ['d=300x&fit=contain&pos=n', '300x'],
    ['d=300x200,fit=inside,pos=n', '300x200,fit=inside'],
    ['d=300x200&dpr=2', '600x400'],
    ['d=300x200&dpr=1.5&w=100', '150x300,up=0'],
    ['d=3000x3000&dpr=2', '4096x4096'],
    ['d=10x10&bg=FFF', '10x10,bg=ffffff'],
    ['d=10x10&bg=white', '10x10,bg=ffffff'],
    ['d=10x10&flip=both&rot=90&gray=1', '10x10,rot=90,flip=hv,gray=1'],
    ['d=10x10,anim=0', '10x10'],
    ['d=10x10,anim=1', '10x10,anim=1'],
    ['f=webp&anim=1', 'f=webp'],
    ['f=webp', 'f=webp'],
    ['d=300x200,f=webp,q=10&lqip=1', '32x21,lqip=1'],
    ['lqip=1', 'lqip=1'],
    ['p=thumb', '150x150,f=webp'],
    ['p=thumb&dpr=2', '300x300,f=webp'],
    ['p=thumb&f=png', '150x150,f=png'],
    ['p=none', '!p'],
    ['d=10x10&rot=45', '!rot'],
    ['d=10x10&dpr=9', '!dpr'],
    ['d=10x10&fit=no', '!fit'],
    ['d=10x10&constructor=1', '10x10'],
  ])('%s is %s', (query, expected) => expect(canonical(query)).toBe(expected));

  it.each([
    ['image/avif,image/webp,*/*', '9x9,f=avif'],
    ['image/webp;q=0.8, */*', '9x9,f=webp'],
    ['image/avif;q=0, image/webp', '9x9,f=webp'],
    ['image/avif;q=0.0', '9x9'],
    ['*/*', '9x9'],
    ['', '9x9'],
  ])('f=auto for Accept: %s is %s', (accept, expected) => {
    expect(canonical('d=9x9&f=auto', EVERYTHING, accept)).toBe(expected);
    expect(canonical('d=9x9&auto=compress,format', EVERYTHING, accept)).toBe(expected);
  });

  it('no name or alias stands for two things', () => {
    const names = OPTION_NAMES.flatMap((name) => [name, ...OPTIONS[name].aliases]);
    const all = [...names, 'd', 'w', 'width', 'h', 'height', 'dpr', 'p', 'preset', 'fp-x', 'fp-y'];
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('listed sizes', () => {
  const listed: Rules = { ...EVERYTHING, families: [], sizes: ['100x100', '300x200', '640x', 'x50'] };
  it.each([
    ['d=90x110', '100x100'],
    ['d=1000x700', '300x200'],
    ['d=500', '640x'],
    ['d=x900', 'x50'],
    ['w=90&h=90', '100x100,up=0'],
  ])('%s snaps to %s', (query, expected) => expect(canonical(query, listed)).toBe(expected));

  it('can refuse, and multiply by the device pixel ratio', () => {
    const refuse: Rules = { ...listed, unlisted: 'refuse', families: ['dpr'] };
    expect(canonical('d=90x110', refuse)).toBe('!size');
    expect(canonical('d=100x100', refuse)).toBe('100x100');
    expect(canonical('d=100x100&dpr=2', refuse)).toBe('200x200');
    expect(canonical('d=200x200', refuse)).toBe('200x200');
    expect(canonical('d=5x', { ...refuse, sizes: ['1x1'] })).toBe('!size');
  });

  it('of presets alone', () => {
    const only: Rules = { ...EVERYTHING, presetsOnly: true };
    expect(canonical('p=thumb', only)).toBe('150x150,f=webp');
    expect(canonical('d=150x150,f=webp', only)).toBe('150x150,f=webp');
    expect(canonical('d=300x300,f=webp', only)).toBe('300x300,f=webp');
    expect(canonical('d=150x150', only)).toBe('!preset');
  });
});

it.each([
  ['d=100x100', '100x100'],
  ['d=100.9x50px', '100x50'],
  ['d=50x50x50', '50x50'],
  ['d=1e3x50', '1x50'],
  ['d=100', '!d'],
  ['d=100x', '!d'],
  ['d=0x100', '!d'],
  ['d=-5x10', '!d'],
  ['d=100x100&f=webp', '100x100'],
])('as the original guide reads it, %s is %s', (query, expected) => {
  expect(canonical(query, { ...EVERYTHING, compat: 'seed' })).toBe(expected);
});

const size = fc
  .tuple(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 0, max: 9999 }))
  .map(([w, h]) => `${w}x${h}`);
const option = fc.constantFrom(
  ...['fit=inside', 'fit=fill', 'fit=contain', 'pos=ne', 'pos=fp:0.1:0.9', 'up=0', 'bg=123', 'rot=270', 'flip=h'],
  ...['gray=1', 'blur=7', 'sharp=3', 'f=avif', 'f=gif', 'f=auto', 'q=33', 'q=80', 'icc=keep', 'keep=copyright'],
  ...['anim=1', 'anim=0', 'lqip=1', 'v=ab1', 'dpr=2', 'dpr=1.5', 'p=thumb', 'w=321', 'h=123'],
);
const anyRules = fc.record({
  ...{ maxWidth: fc.integer({ min: 1, max: 5000 }), maxHeight: fc.integer({ min: 1, max: 5000 }) },
  quality: fc.constantFrom(80, 33),
  families: fc.subarray([...EVERYTHING.families]),
  sizes: fc.option(fc.subarray(['100x100', '300x200', '5x900', '640x', '1000x', 'x50']), { nil: undefined }),
  unlisted: fc.constantFrom('snap' as const, 'refuse' as const),
  presets: fc.constantFrom({}, EVERYTHING.presets),
  presetsOnly: fc.boolean(),
  compat: fc.option(fc.constant('seed' as const), { nil: undefined }),
});

describe('any request', () => {
  it('read again as it was printed comes to the same', () => {
    fc.assert(
      fc.property(anyRules, size, fc.array(option, { maxLength: 6 }), (given, text, options) => {
        const rules = given as Rules;
        const asked = readQuery([`d=${text}`, ...options].join('&'), rules);
        if (asked.kind !== 'recipe') return;
        expect(readQuery(variantQuery(asked.recipe), rules)).toEqual(asked);
      }),
      { numRuns: 3000 },
    );
  });

  it('comes to the same in whatever order it is spelled', () => {
    fc.assert(
      fc.property(size, fc.uniqueArray(option, { maxLength: 6, selector: (o) => o.split('=')[0] }), (text, options) => {
        const forth = canonical([`d=${text}`, ...options].join('&'));
        const back = canonical([...options, `d=${text}`].reverse().join('&'));
        if (!forth.startsWith('!')) expect(back).toBe(forth);
      }),
      { numRuns: 1000 },
    );
  });

  it('is within the caps, and of the list', () => {
    fc.assert(
      fc.property(anyRules, fc.string({ unit: 'binary', maxLength: 60 }), fc.array(option), (given, junk, options) => {
        const asked = readQuery([`d=${junk}`, ...options].join('&'), given as Rules);
        if (asked.kind !== 'recipe') return;
        expect(asked.recipe.width ?? 0).toBeLessThanOrEqual(given.maxWidth);
        expect(asked.recipe.height ?? 0).toBeLessThanOrEqual(given.maxHeight);
      }),
      { numRuns: 2000 },
    );
  });

  it('of 8 kB, of nothing but separators, of anything, is read', () => {
    const text = fc.string({ unit: 'binary', maxLength: 8192 });
    fc.assert(fc.property(text, (query) => void readQuery(query, EVERYTHING)));
    expect(readQuery('&'.repeat(8192), EVERYTHING)).toEqual({ kind: 'none' });
    expect(readQuery(`d=${'9'.repeat(8190)}`, EVERYTHING).kind).toBe('invalid');
    expect(RATIOS[0]).toBe(1);
  });
});
