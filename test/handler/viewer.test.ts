/** The viewer function as it is deployed: built, with its settings, and run by its text. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPTION_NAMES, OPTIONS, printRecipe, type Rules, readQuery } from '../../handler/grammar.ts';
import { checkViewerCode } from '../../src/local/viewer/index.ts';
import { compiled, EVERYTHING, inWorker, outcome, request, signatureOf, viewerCodes } from './viewer-kit.ts';

const BROWSER = 'image/avif,image/webp,image/apng,*/*;q=0.8';
let codeOf: Awaited<ReturnType<typeof viewerCodes>>;
let plain: (event: unknown) => unknown;
const worker = inWorker();

beforeAll(async () => {
  codeOf = await viewerCodes();
  plain = compiled(await codeOf());
});
afterAll(() => worker.close());

/** What the function makes of a query. */
const passed = (query: string, accept?: string) => outcome(plain({ request: request(query, accept) }));

it.each([
  [{}, 9_350],
  [{ signed: true }, 9_400],
  [{ signed: true, keepOthers: true }, 9_850],
])('is of the language that CloudFront takes, and leaves room for settings: %j', async (kind, most) => {
  const code = await codeOf(kind);
  expect(checkViewerCode(code, 'cloudfront-js-2.0')).toBeUndefined();
  expect(code).toMatch(/^[\t\n\x20-\x7e]*$/);
  expect(code.length).toBeLessThan(most);
});

it.each([
  ['w=300&h=200', 'd=300x200,up=0'],
  ['width=300&HEIGHT=200', 'd=300x200,up=0'],
  ['d=300X200', 'd=300x200'],
  ['D=300x200&utm=1', 'd=300x200'],
  ['d=300%C3%97200', 'd=300x200'],
  ['d=300x200&d=1x1', 'd=300x200'],
  ['q=79&f=WebP&d=300x200', 'd=300x200,f=webp'],
  ['p=thumb&dpr=2', 'd=300x300,f=webp'],
  ['d=9x9&auto=format', 'd=9x9,f=avif'],
  ['utm=1&fbclid=x', ''],
  ['', ''],
  ['d=junk', 'd=invalid'],
  ['d=9x9&fit=junk', 'd=invalid'],
])('%s goes on as %j', async (query, expected) => {
  expect(passed(query, BROWSER)).toBe(expected);
  // The local AWS takes away what CloudFront Functions do not have.
  expect(outcome(await worker.run(await codeOf(), request(query, BROWSER)))).toBe(expected);
});

it('works with values that are decoded already, and with several Accept headers', () => {
  const decoded = request('');
  decoded.querystring = { d: { value: '300×200' }, '50%': { value: '%' } };
  decoded.headers = { accept: { value: 'text/html', multiValue: [{ value: 'text/html' }, { value: 'image/webp' }] } };
  expect(outcome(plain({ request: decoded }))).toBe('d=300x200');
  decoded.querystring = { d: { value: '300x200,f=auto' } };
  expect(outcome(plain({ request: decoded }))).toBe('d=300x200,f=webp');
});

it('leaves the path, and requests that do not read', () => {
  expect(plain({ request: request('d=1x1', undefined, { uri: '/a%20b+c.jpg' }) })).toMatchObject({
    uri: '/a%20b+c.jpg',
  });
  const post = request('d=junk&x=1', undefined, { method: 'POST' });
  expect(plain({ request: post })).toBe(post);
  expect(post.querystring).toEqual({ d: { value: 'junk' }, x: { value: '1' } });
  expect(outcome(plain({ request: request('d=2X2', undefined, { method: 'HEAD' }) }))).toBe('d=2x2');
});

describe('where more than d reaches the cache', () => {
  const kept = { rules: { ...EVERYTHING, families: ['format'] as Rules['families'], presets: {} }, keepOthers: true };

  it.each([
    ['v=3&w=300&h=200&fm=webp&utm=1', 'd=300x200,up=0,f=webp&v=3&utm=1'],
    ['v=3', 'v=3'],
    ['20260101&empty=', '20260101&empty'],
    ['v=1&D=9x9&v=2&V=3', 'd=9x9&v=1&v=2&V=3'],
    ['d=&%64=&v=%2C+%26', 'v=%2C+%26'],
    ['d=junk&v=3', 'd=invalid&v=3'],
    ['', ''],
  ])('%s goes on as %j', async (query, expected) => {
    const run = compiled(await codeOf(kept));
    const once = outcome(run({ request: request(query) }));
    expect(once).toBe(expected);
    expect(outcome(run({ request: request(expected) }))).toBe(expected);
    expect(outcome(await worker.run(await codeOf(kept), request(query)))).toBe(expected);
  });

  it('nothing that is passed on says d, however it is written, and nothing past what was read', async () => {
    const run = compiled(await codeOf(kept));
    const decoded = request('');
    decoded.querystring = { 'x&d': { value: '9x9' }, 'd=9x9#': { value: '' }, y: { value: '1&d=9x9' } };
    expect(outcome(run({ request: decoded }))).toBe('x%26d=9x9&d%3D9x9%23&y=1%26d=9x9');
    const many = Array.from({ length: 64 }, (_, at) => `n${at}=1`).join('&');
    expect(outcome(run({ request: request(`${many}&d=9x9&last=1`) }))).toBe(many);
  });

  it('a signature that held is not part of the key; without a variant its names are others', async () => {
    const keys = { current: 'c'.repeat(43) };
    const run = compiled(await codeOf({ ...kept, signed: true }), () => keys);
    const exp = Math.floor(Date.now() / 1000) + 100;
    const sig = signatureOf(keys.current, `/cat.jpg?d=9x9&exp=${exp}`);
    expect(outcome(await run({ request: request(`v=3&exp=${exp}&d=9x9&SIG=${sig}`) }))).toBe('d=9x9&v=3');
    expect(outcome(await run({ request: request('s=3&v=1') }))).toBe('s=3&v=1');
    expect(outcome(await run({ request: request('s=3&d=9x9') }))).toBe(403);
  });
});

it('answers 400 where the config says so, and repeats nothing of the request', async () => {
  const strict = compiled(await codeOf({ onInvalid: '400' }));
  const answer = strict({ request: request('d=9x9&fit=%3Cscript%3E') });
  expect(answer).toEqual({
    statusCode: 400,
    statusDescription: 'Bad Request',
    headers: { 'content-type': { value: 'text/plain; charset=utf-8' }, 'cache-control': { value: 'no-store' } },
    body: 'Not an image that is made here: fit\n',
  });
  expect(outcome(strict({ request: request('d=9x9') }))).toBe('d=9x9');
  expect(outcome(strict({ request: request('x=9x9') }))).toBe('');
});

it('presets alone: by name, spelled out, and with the format that a browser takes', async () => {
  const only = compiled(await codeOf({ rules: { ...EVERYTHING, presetsOnly: true } }));
  const ask = (query: string) => outcome(only({ request: request(query, BROWSER) }));
  expect(ask('p=thumb')).toBe('d=150x150,f=webp');
  expect(ask('d=150x150&f=webp')).toBe('d=150x150,f=webp');
  expect(ask('p=any')).toBe('d=99x99,f=avif');
  expect(ask('p=any&v=abc')).toBe('d=invalid');
  expect(ask('p=thumb&q=10')).toBe('d=invalid');
  // What went on is taken by the handler under the same rules.
  const rules = { ...EVERYTHING, presetsOnly: true };
  for (const query of ['d=99x99,f=avif', 'd=99x99,f=webp', 'd=99x99']) {
    expect(readQuery(query, rules).kind, query).toBe('recipe');
  }
  expect(readQuery('d=99x99,f=png', rules).kind).toBe('invalid');
});

describe('signed', () => {
  const keys = { current: 'c'.repeat(43), previous: 'p'.repeat(43) };
  const now = Math.floor(Date.now() / 1000);
  const status = async (query: string, uri = '/cat.jpg', signing: unknown = keys) => {
    const run = compiled(await codeOf({ signed: true }), () => signing);
    return outcome(await run({ request: request(query, BROWSER, { uri }) }));
  };
  const sign = (text: string, key = keys.current) => signatureOf(key, text);

  it('a right signature lets every spelling of it in, and is not passed on', async () => {
    const sig = sign('/cat.jpg?d=300x200,up=0');
    for (const query of [`w=300&h=200&sig=${sig}`, `d=300x200,up=0&sig=${sig}`, `S=${sig}&h=200&w=300&utm=1`]) {
      expect(await status(query)).toBe('d=300x200,up=0');
      const ran = await worker.run(await codeOf({ signed: true }), request(query), JSON.stringify(keys));
      expect(outcome(ran), query).toBe('d=300x200,up=0');
    }
    const before = sign('/cat.jpg?d=300x200', keys.previous);
    expect(await status(`d=300x200&sig=${before}`)).toBe('d=300x200');
  });

  it('with a time: until then, and not with the time changed', async () => {
    const sig = sign(`/cat.jpg?d=9x9&exp=${now + 100}`);
    expect(await status(`d=9x9&exp=${now + 100}&sig=${sig}`)).toBe('d=9x9');
    expect(await status(`d=9x9&expires=${now + 100}&sig=${sig}`)).toBe('d=9x9');
    expect(await status(`d=9x9&exp=${now + 200}&sig=${sig}`)).toBe(403);
    expect(await status(`d=9x9&sig=${sig}`)).toBe(403);
    expect(await status(`d=9x9&exp=${now - 1}&sig=${sign(`/cat.jpg?d=9x9&exp=${now - 1}`)}`)).toBe(403);
    expect(await status(`d=9x9&exp=1e12&sig=${sign('/cat.jpg?d=9x9&exp=1e12')}`)).toBe(403);
  });

  it('f=auto is signed as such, once for all browsers; the path as it is decoded', async () => {
    expect(await status(`d=9x9&f=auto&sig=${sign('/cat.jpg?d=9x9,f=auto')}`)).toBe('d=9x9,f=avif');
    const sig = sign('/사진 1.jpg?d=9x9');
    expect(await status(`d=9x9&sig=${sig}`, `/${encodeURIComponent('사진 1.jpg')}`)).toBe('d=9x9');
    expect(await status(`d=9x9&sig=${sig}`, '/other.jpg')).toBe(403);
  });

  it.each([
    ['none', 'd=9x9', keys],
    ['of another key', `d=9x9&sig=${signatureOf('x', '/cat.jpg?d=9x9')}`, keys],
    ['cut', `d=9x9&sig=${signatureOf(keys.current, '/cat.jpg?d=9x9').slice(0, 42)}`, keys],
    ['in lower case', `d=9x9&sig=${signatureOf(keys.current, '/cat.jpg?d=9x9').toLowerCase()}`, keys],
    ['of the empty key', `d=9x9&sig=${signatureOf('', '/cat.jpg?d=9x9')}`, { current: '', previous: '' }],
    ['and no keys', `d=9x9&sig=${signatureOf('', '/cat.jpg?d=9x9')}`, undefined],
  ])('a signature %s is refused', async (_, query, signing) => {
    const run = compiled(await codeOf({ signed: true }), () => signing);
    const answer = await run({ request: request(query) });
    expect(answer).toMatchObject({ statusCode: 403, headers: { 'cache-control': { value: 'no-store' } } });
    expect(JSON.stringify(answer)).not.toContain('9x9');
  });

  it('a store that cannot be read lets nobody in; what asks for no variant needs no signature', async () => {
    const broken = compiled(await codeOf({ signed: true }), () => {
      throw new Error('no such key');
    });
    expect(outcome(await broken({ request: request('d=9x9&sig=x') }))).toBe(403);
    expect(outcome(await broken({ request: request('utm=1') }))).toBe('');
    expect(outcome(await broken({ request: request('d=junk') }))).toBe('d=invalid');
  });
});

const names = ['d', 'w', 'h', 'dpr', 'p', 'fp-x', 'D', 'utm', '__proto__', 'constructor', '%64', '%'];
const allNames = [...names, ...OPTION_NAMES, ...OPTION_NAMES.flatMap((name) => OPTIONS[name].aliases)];
const values = [
  '300x200',
  '1',
  '2',
  '0',
  'auto',
  'webp',
  'thumb',
  'any',
  'inside',
  'fp:0.2:0.3',
  'ne',
  'fff',
  '%00',
  '',
];
const value = fc.oneof(fc.constantFrom(...values), fc.string({ unit: 'binary', maxLength: 40 }));
const pair = fc
  .tuple(fc.constantFrom(...allNames), value)
  .map(([name, text]) => `${name}=${text.replace(/[&#]/g, '')}`);
const query = fc.array(pair, { maxLength: 12 }).map((pairs) => pairs.join('&'));
const accept = fc.constantFrom(undefined, BROWSER, 'image/webp', '*/*', ',;=q');

describe('any request', () => {
  const rules: Rules[] = [
    EVERYTHING,
    { ...EVERYTHING, presetsOnly: true },
    { ...EVERYTHING, sizes: ['300x200', '100x', 'x50'], families: ['format', 'dpr'] },
    { ...EVERYTHING, sizes: ['300x200', '100x', 'x50'], unlisted: 'refuse' },
    { ...EVERYTHING, compat: 'seed', families: [], presets: {} },
  ];

  it.each([...rules.keys()])(
    'is passed on under one key, twice the same, and the handler agrees (rules %i)',
    async (index) => {
      const chosen = rules[index] as Rules;
      const run = compiled(await codeOf({ rules: chosen }));
      const pass = (text: string, header?: string) => outcome(run({ request: request(text, header) })) as string;
      fc.assert(
        fc.property(query, accept, (text, header) => {
          const once = pass(text, header);
          expect(once).toMatch(/^(?:|d=invalid|d=[a-z0-9,=:.]+)$/);
          expect(pass(once)).toBe(once);
          const asked = readQuery(once, chosen);
          if (once === '') expect(asked.kind).toBe('none');
          else if (once === 'd=invalid') expect(asked.kind).toBe('invalid');
          else expect(asked.kind === 'recipe' && `d=${printRecipe(asked.recipe)}`).toBe(once);
        }),
        { numRuns: 2000 },
      );
    },
  );

  it('in the language and with the methods that CloudFront has comes to the same', async () => {
    const code = await codeOf();
    const check = fc.asyncProperty(query, accept, async (text, header) => {
      const ran = await worker.run(code, request(text, header));
      expect(outcome(ran)).toBe(passed(text, header));
    });
    await fc.assert(check, { numRuns: 300 });
  });

  it('in another spelling is the same picture and the same key', () => {
    const spelled = fc.record({
      width: fc.integer({ min: 1, max: 4000 }),
      height: fc.integer({ min: 1, max: 4000 }),
      separator: fc.constantFrom('x', 'X', '*', '%C3%97', '%78'),
      format: fc.constantFrom('f=webp', 'fm=WEBP', 'format=webp', 'output=%77ebp'),
      quality: fc.constantFrom('q=74', 'quality=75', 'Q=76', '%71=75'),
      outside: fc.boolean(),
      noise: fc.constantFrom('utm=1', 'v', 'x=d=1x1'),
    });
    fc.assert(
      fc.property(spelled, ({ width, height, separator, format, quality, outside, noise }) => {
        const size = `d=${width}${separator}${height}`;
        const text = outside ? `${noise}&${quality}&${size}&${format}` : `${size},f=webp,q=75&${noise}`;
        expect(passed(text)).toBe(`d=${width}x${height},f=webp,q=75`);
      }),
      { numRuns: 1000 },
    );
  });

  it('of thousands of names is looked at briefly', () => {
    const many = Array.from({ length: 3000 }, (_, index) => `${index}a=1`).join('&');
    expect(passed(`d=3x3&${many}`)).toBe('d=3x3');
    expect(passed(`${many}&d=3x3`)).toBe('');
  });

  it('takes microseconds', () => {
    const asked = () => ({ request: request('w=300&h=200&f=auto&q=75&utm_source=x', BROWSER) });
    const events = Array.from({ length: 20_000 }, asked);
    const from = performance.now();
    for (const event of events) plain(event);
    const each = ((performance.now() - from) * 1000) / events.length;
    console.log(`viewer function: ${each.toFixed(1)} µs a request (V8)`);
    expect(each).toBeLessThan(2_000);
  });
});
