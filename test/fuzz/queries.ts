/** Query strings: what the grammar takes, what it nearly takes, and what nobody would send but an attacker. */
import fc from 'fast-check';
import { OPTION_NAMES, OPTIONS, type OptionName } from '../../handler/grammar.ts';

/** Values that each option has, in several spellings. A new option has to be added here to compile. */
const RIGHT: Record<OptionName, string[]> = {
  fit: ['cover', 'contain', 'inside', 'outside', 'fill', 'crop', 'max'],
  pos: ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw', 'center', 'attention', 'entropy', 'fp:0.2:0.9', 'fp:0,1'],
  up: ['0', '1'],
  bg: ['f00', '00ff0080', '112233', 'ffffffff', 'transparent', '#fff'],
  rot: ['0', '90', '180', '270', '-90'],
  flip: ['h', 'v', 'hv', 'both', '1'],
  gray: ['0', '1', 'true'],
  blur: ['0', '1', '3', '50'],
  sharp: ['0', '1', '10'],
  f: ['jpeg', 'jpg', 'png', 'webp', 'avif', 'gif', 'auto'],
  q: ['1', '5', '42', '80', '100', 'auto'],
  icc: ['keep', 'srgb'],
  keep: ['copyright', 'none'],
  anim: ['0', '1'],
  lqip: ['0', '1', 'true'],
  v: ['1', 'abc'],
};
const WRONG = [
  '2',
  '-1',
  '0.5',
  '1e2',
  '101',
  'NaN',
  'constructor',
  '__proto__',
  'svg',
  'x'.repeat(13),
  'fp:2:0',
  '45',
];

const side = fc.oneof(
  { weight: 150, arbitrary: fc.integer({ min: 1, max: 260 }).map(String) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 120_000 }).map(String) },
  fc.constantFrom(
    '0',
    '00',
    '007',
    '-1',
    '1e3',
    '0x10',
    '9'.repeat(400),
    ' 5',
    '+5',
    '1.5',
    '٣',
    'NaN',
    'Infinity',
    '',
  ),
);
const between = fc.oneof(
  { weight: 60, arbitrary: fc.constant('x') },
  fc.constantFrom('X', '*', '×', '%C3%97', '%78', 'xx', '', ','),
);
const size = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(side, between, side).map((parts) => parts.join('')) },
  { weight: 2, arbitrary: fc.tuple(side, fc.constantFrom('', 'x')).map((parts) => parts.join('')) },
  side.map((height) => `x${height}`),
);

const anything = fc.string({ unit: 'binary', maxLength: 200 });
const option: fc.Arbitrary<{ name: OptionName; value: string }> = fc
  .constantFrom(...OPTION_NAMES)
  .chain((name) =>
    fc
      .oneof({ weight: 60, arbitrary: fc.constantFrom(...RIGHT[name]) }, fc.constantFrom(...WRONG), anything)
      .map((value) => ({ name, value })),
  );

/** `300x200,fit=inside,q=75`, in any order. */
const value = fc
  .tuple(
    fc.oneof({ weight: 6, arbitrary: size.map((text) => [text]) }, fc.constant([])),
    fc.array(option, { maxLength: 4 }),
  )
  .map(([first, options]) => [...first, ...options.map((one) => `${one.name}=${one.value}`)].join(','));

/** A pair outside of `d`, by any of its names. */
const sugar = option.chain(({ name, value: text }) =>
  fc.constantFrom(name, ...OPTIONS[name].aliases).map((alias) => `${alias}=${text}`),
);
const named = fc.oneof(
  { weight: 4, arbitrary: sugar },
  { weight: 2, arbitrary: fc.tuple(fc.constantFrom('w', 'h', 'width', 'height'), side).map((pair) => pair.join('=')) },
  { weight: 2, arbitrary: value.map((text) => `d=${text}`) },
  fc.constantFrom('dpr=2', 'dpr=1.5', 'dpr=9', 'p=thumb', 'p=wide', 'p=none', 'preset=any', 'fp-x=0.3', 'fp-y=1'),
  fc.constantFrom('utm_source=x', 'sig=abc', 's=1', 'exp=99', '', '=', '&', 'd', 'd=', 'w=', '__proto__=1', 'd[]=1'),
  fc
    .tuple(fc.constantFrom('1', '0', '99', 'toString', 'hasOwnProperty', 'length', 'd '), side)
    .map((pair) => pair.join('=')),
);
const sentence = fc.array(named, { minLength: 1, maxLength: 5 }).map((pairs) => pairs.join('&'));

/** Up to the longest URL that CloudFront takes, 8,192 bytes (AWS-FACTS 1.1). */
const long = fc.oneof(
  fc
    .tuple(value, fc.integer({ min: 1, max: 2700 }))
    .map(([text, count]) => `d=${text}${',q=5'.repeat(count)}`.slice(0, 8190)),
  fc
    .tuple(sentence, fc.integer({ min: 1, max: 4000 }))
    .map(([text, count]) => `${'a&'.repeat(count)}${text}`.slice(0, 8190)),
  fc
    .tuple(
      fc.constantFrom('d=', 'w=1&pos=fp:', 'd=1x1,bg='),
      fc.constantFrom('9', '%', '%25', '=', ',', '.', ' ', 'x', 'é'),
    )
    .map(([start, filler]) => `${start}${filler.repeat(8000)}`.slice(0, 8190)),
);

/** The same, percent-encoded in places or in another case. */
function disguised(query: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(query, fc.constantFrom('plain', 'plain', 'plain', 'upper', 'encoded', 'twice', 'lone'), fc.nat(40))
    .map(([text, how, at]) => {
      const percent = (part: string) => part.replace(/[\s\S]/gu, (character) => percentEncoded(character));
      if (how === 'upper') return text.toUpperCase();
      if (how === 'encoded') return text.slice(0, at) + percent(text.slice(at, at + 2)) + text.slice(at + 2);
      if (how === 'twice') return text.slice(0, at) + percent(percent(text.slice(at, at + 1))) + text.slice(at + 1);
      return how === 'lone' ? `${text.slice(0, at)}%${text.slice(at)}` : text;
    });
}

function percentEncoded(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

/** Without `?`. */
export const queries: fc.Arbitrary<string> = fc.oneof(
  { weight: 12, arbitrary: size.map((text) => `d=${text}`) },
  { weight: 16, arbitrary: value.map((text) => `d=${text}`) },
  { weight: 8, arbitrary: disguised(sentence) },
  { weight: 2, arbitrary: disguised(value.map((text) => `d=${text}`)) },
  { weight: 1, arbitrary: long },
  { weight: 1, arbitrary: anything },
  { weight: 1, arbitrary: fc.array(anything, { maxLength: 6 }).map((parts) => parts.join('&')) },
);
