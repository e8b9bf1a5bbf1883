/** docs/url-api.md is the grammar's table, its examples read by the grammar: `npx vitest run test/url-api.test.ts -u` writes it anew. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  FAMILIES,
  FAMILY_DOCS,
  OPTION_DOCS,
  OPTION_NAMES,
  OPTIONS,
  printRecipe,
  RATIOS,
  type Rules,
  readPairs,
  readQuery,
  signText,
} from '../handler/grammar.ts';
import { ROOT } from './builders/cli.ts';
import { EVERYTHING, signatureOf } from './handler/viewer-kit.ts';

const RULES: Rules = { ...EVERYTHING, presets: { thumb: '150x150,f=webp' } };
const LISTED: Rules = { ...RULES, sizes: ['100x100', '300x200', '640x'] };
const CHROME = 'image/avif,image/webp,*/*;q=0.8';
const KEY = 'C2h1bi1kZWFkLWJlZWYtMDEyMy00NTY3LTg5YWItY2Q';

/** A query and the canonical `d` that it comes to. */
function example(query: string, rules = RULES, accept?: string): string {
  const pairs = query.split('&').map((pair): [string, string] => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  const asked = readPairs(pairs, rules, accept);
  const came =
    asked.kind === 'recipe'
      ? `\`d=${printRecipe(asked.recipe)}\``
      : { none: 'the original', invalid: 'invalid' }[asked.kind];
  return `| \`?${query}\` | ${came} |`;
}

function examples(queries: string[], rules = RULES, accept?: string): string {
  return ['| asked | comes to |', '|---|---|', ...queries.map((query) => example(query, rules, accept))].join('\n');
}

const code = (words: readonly string[]) => words.map((word) => `\`${word}\``).join(', ') || '–';

const SIZE_ROWS = [
  '| `d` | – | `WxH`, `Wx`, `W`, `xH`; `X`, `*` and `×` for `x`; options after commas | the original | the size: exactly it with both sides, which may enlarge; one side keeps the ratio | always |',
  '| `w`, `h` | `width`, `height` | 1 to 99999 | – | a side, never a reason to enlarge (`up=0`) | always |',
  `| \`dpr\` | – | ${RATIOS.join(', ')} | 1 | multiplies the size | \`dpr\` |`,
  '| `p` | `preset` | a name of `url.presets` | – | the `d` of that name; what else is said wins over it | with presets |',
  '| `fp-x`, `fp-y` | – | 0 to 1 | 0.5 | the same as `pos=fp:X:Y` | `fit` |',
  '| `sig` | `s` | 43 characters | – | the signature, where `url.signed` is on | signed |',
  '| `exp` | `expires` | seconds since 1970 | – | until when the signature holds | signed |',
];

function optionRow(name: (typeof OPTION_NAMES)[number]): string {
  const { values, default: fallback, does } = OPTION_DOCS[name];
  const family = OPTIONS[name].family;
  return `| \`${name}\` | ${code(OPTIONS[name].aliases)} | ${values} | ${fallback} | ${does} | ${family === 'size' ? 'always' : `\`${family}\``} |`;
}

const signedText = signText('/photos/cat%201.jpg', '300x200,f=auto', 1767225600);

const PAGE = `# URLs

An image is asked for by the path of its original and a query: \`/photos/cat.jpg?d=300x200\`. Without a query that asks for something,
the original goes out untouched.

## One parameter is the cache key

\`d\` holds the size and, after commas, options: \`d=300x200,fit=inside,f=webp,q=75\`. CloudFront tells variants apart by the path and \`d\`,
nothing else. Every request has one canonical \`d\`: sides in plain decimals, options in the order of the table below, defaults and what has no
effect left out.

- **With the viewer function** (\`"viewerFunction": true\`, the default) every spelling below is brought to the canonical \`d\` before the cache.
  Every other parameter is dropped, also those of other programs: neither cache nor origin sees them. Names after the 64th of a query are not read.
  On an adopted distribution whose behavior takes more than \`d\` to the cache or the origin (another cache policy, an origin request policy, legacy
  settings), \`deploy\` makes a viewer function that passes on what is not in the tables below, after \`d\`: \`style.css?v=3\` stays what it was.
- **Without it** (it is switched off, or the behavior has a viewer function of its own) the edge reads \`d\` alone, since no other parameter
  reaches it. Each spelling of \`d\` is then a cache entry of its own: print canonical ones with \`edge-resize url\`. \`f=auto\` has no effect.

## Parameters

Names and values in any case, percent-encoded or not. Of a name and its aliases the first that is sent counts. Inside \`d\` only the names of the first
column are read; outside, they win over \`d\`. Groups are switched on by \`url.options\` of the config:
${FAMILIES.map((family) => `\`${family}\` (${FAMILY_DOCS[family]})`).join(', ')}. Outside of \`d\` a parameter that is off is ignored, inside it makes the request invalid.

| name | aliases | values | default | does | group |
|---|---|---|---|---|---|
${[...SIZE_ROWS, ...OPTION_NAMES.map(optionRow)].join('\n')}

## Examples

With every group on, the caps at 4096 x 4096 pixels, and a preset \`thumb\` = \`150x150,f=webp\`:

${examples([
  'd=300x200',
  'd=300X200&utm_source=mail',
  'd=0300x0200,up=1,fit=cover',
  'd=300',
  'w=300',
  'w=300&h=200&fit=crop',
  'd=300x200&h=100',
  'd=300x200&dpr=2',
  'd=300x200&fit=max&format=WEBP&quality=74',
  'd=300x200&pos=top-left',
  'd=300x200&fp-x=0.25',
  'd=300x&pos=n',
  'd=9000x6000',
  'p=thumb',
  'p=thumb&dpr=2&f=png',
  'd=300x200&lqip=1',
  'f=webp',
  'utm_source=mail',
  'd=300by200',
  'd=300x200,quality=74',
  'd=300x200&fit=middle',
])}

The same with \`Accept: ${CHROME}\`:

${examples(['d=300x200&f=auto', 'd=300x200&auto=compress,format', 'f=auto'], RULES, CHROME)}

With \`"sizes": ["100x100", "300x200", "640x"]\`:

${examples(['d=120x100', 'd=500x400', 'd=500', 'd=600x400', 'd=x50'], LISTED)}

## Rules

- **Numbers** are strict decimals of at most five digits. \`1e3x50\`, \`100.5x50\` and \`50x50x50\` are invalid, not something near.
- **Invalid**: a \`d\` that is none, a name of ours with a value that is none, a size that is not made. With \`"invalid": "original"\` (the default) the
  original goes out for a short time, with \`edge-resize: original;why=…\`, and all invalid requests of an image share the key \`d=invalid\`. With
  \`"invalid": "400"\` the answer is status 400.
- **Caps**: a size beyond \`resize.maxWidth\` and \`resize.maxHeight\` is scaled down to them, in its ratio; so is a side that follows from
  the ratio of the original.
- **Listed sizes** (\`url.sizes\`): another size becomes the nearest of its kind (both sides, width alone, height alone), or is invalid with
  \`"unlisted": "refuse"\`. Near is meant as a ratio; of two equally near the larger is taken. Where the group \`dpr\` is on, so are the multiples of listed sizes.
  Sizes of presets are listed by themselves.
- **Device pixel ratio**: multiplies the size before caps and list, so that \`d=300x200&dpr=2\` and \`d=600x400\` are one cache entry.
- **Presets** (\`url.presets\`): what a preset uses is on for everybody. With \`"presetsOnly": true\` nothing else is made, whichever way it is spelled.
- **\`f=auto\`**: AVIF where Accept names it, else WebP where it does, else the original's format. \`Accept\` never enters the cache key.
  The answer is the one of \`f=avif\`, \`f=webp\` or no \`f\`, from one cache entry, and says no \`Vary: Accept\`. A browser's own cache does not need it; a shared
  cache between CloudFront and browsers of several kinds does: behind one, name formats in a \`<picture>\` (\`edge-resize url --html\`).
- **\`"compat": "seed"\`**: \`d\` is read with \`parseInt\`, as the original guide's function did, and nothing else is read.
- **HEAD** is read like GET; requests of other methods are left as they are.

## Signed URLs

With \`"signed": true\` a request for a variant must carry a signature, which the viewer function checks before the cache; without it, after
\`exp\`, or with a wrong one the answer is 403. Originals stay open. What is signed is the decoded path, \`?d=\`, the canonical \`d\` (\`f=auto\` stays as
it is) and, if there is one, \`&exp=\` with the time:

\`\`\`
${signedText}
\`\`\`

The signature is the HMAC-SHA256 of that text under the signing key, the key's characters as they are, in base64url without padding. With the key
\`${KEY}\` it is \`${signatureOf(KEY, signedText)}\`. Any spelling of the same request
may carry it. Two keys are valid at a time, the current one and the one before it. [Signed URLs](signed-urls.md) has the command, the keys, and
signers for programs.
`;

test('docs/url-api.md describes every parameter', async () => {
  await expect(PAGE).toMatchFileSnapshot(join(ROOT, 'docs/url-api.md'));
});

/** Options whose values the table lists one by one; the others are described, so samples stand for them. */
const LISTED_VALUES = ['fit', 'up', 'rot', 'flip', 'gray', 'f', 'icc', 'keep', 'anim', 'lqip'] as const;
const SAMPLES = {
  pos: ['c', 'n', 'ne', 'sw', 'top', 'left', 'attention', 'smart', 'entropy', 'fp:0.2:1'],
  bg: ['fff', 'a0b1c2', 'a0b1c2d3', 'white', 'black', 'gray', 'transparent'],
  blur: ['0', '50'],
  sharp: ['0', '10'],
  q: ['1', '100', 'auto'],
  v: ['a', '0123456789ab'],
};

test('every value that the page names is one, and a default says nothing', () => {
  const read = (name: string, value: string) => readQuery(`d=30x20,${name}=${value}`, RULES);
  for (const name of LISTED_VALUES) {
    const values = OPTION_DOCS[name].values.match(/[a-z0-9-]+/g) ?? [];
    expect(values.length).toBeGreaterThan(1);
    for (const value of values) expect(read(name, value).kind, `${name}=${value}`).toBe('recipe');
    expect(read(name, 'none-such').kind, name).toBe('invalid');
  }
  for (const [name, values] of Object.entries(SAMPLES)) {
    for (const value of values) expect(read(name, value).kind, `${name}=${value}`).toBe('recipe');
  }
  for (const plain of [
    'fit=cover',
    'pos=c',
    'rot=0',
    'gray=0',
    'blur=0',
    'sharp=0',
    'icc=srgb',
    'keep=none',
    'anim=0',
    'lqip=0',
  ]) {
    expect(readQuery(`d=30x20,${plain}`, RULES), plain).toEqual(readQuery('d=30x20', RULES));
  }
  const options = [...LISTED_VALUES, ...Object.keys(SAMPLES)].sort();
  expect(options).toEqual([...OPTION_NAMES].sort());
});
