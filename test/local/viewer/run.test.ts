import { afterAll, describe, expect, test } from 'vitest';
import { checkViewerCode, createViewerRuntime, runViewerFunction } from '../../../src/local/viewer/index.ts';
import type { ViewerFunction } from '../../../src/local/world.ts';

const runtime = createViewerRuntime();
afterAll(() => runtime.close());

function functionOf(code: string, changes: Partial<ViewerFunction> = {}): ViewerFunction {
  const arn = 'arn:aws:cloudfront::000000000000:function/canon';
  return { arn, name: 'canon', runtime: 'cloudfront-js-2.0', code, etag: code, ...changes };
}

const event = (querystring = {}) => ({
  version: '1.0',
  context: { eventType: 'viewer-request' },
  viewer: { ip: '127.0.0.1' },
  request: { method: 'GET', uri: '/a.jpg', querystring, headers: {}, cookies: {} },
});

/** What an expression is worth inside a function. */
async function worth(expression: string, statements = ''): Promise<unknown> {
  const code = `${statements}\nfunction handler(event) { return { value: ${expression} }; }`;
  const { output, error } = await runtime.run({ fn: functionOf(code), event: event() });
  if (error) throw new Error(error);
  return (output as { value: unknown }).value;
}

test('a handler changes the request, and its lines are kept', async () => {
  const code = `function handler(event) {
  var request = event.request;
  console.log('was ' + request.uri);
  console.log({ d: 1 });
  request.uri = '/b.jpg';
  return request;
}`;
  const { output, error, logs, computeUtilization } = await runViewerFunction({ fn: functionOf(code), event: event() });
  expect(error).toBeUndefined();
  expect(output).toEqual({ method: 'GET', uri: '/b.jpg', querystring: {}, headers: {}, cookies: {} });
  expect(logs).toEqual(['was /a.jpg', '{"d":1}']);
  expect(computeUtilization).toBeGreaterThan(0);
});

describe('what a function finds', () => {
  test.each([
    ['typeof process', 'undefined'],
    ['typeof fetch', 'undefined'],
    ['typeof setTimeout', 'undefined'],
    ['typeof Map', 'undefined'],
    ['typeof Intl', 'undefined'],
    ['typeof [].toSorted', 'undefined'],
    ['typeof [].flatMap', 'undefined'],
    ['typeof Object.fromEntries', 'undefined'],
    ["typeof ''.replaceAll", 'function'],
    ['typeof [].find', 'function'],
    ["Object.entries({ a: 1 }).join(';')", 'a,1'],
    ['typeof globalThis', 'object'],
    ["'d=1'.match(/(?<n>\\d)/).groups.n", '1'],
    ['2 ** 10', 1024],
    ["atob(btoa('x'))", 'x'],
    ["Buffer.from('hi').toString('base64url')", 'aGk'],
    ["require('querystring').parse('a=1&a=2').a[1]", '2'],
    ["require('crypto').createHash('sha256').update('a').digest('hex').slice(0, 8)", 'ca978112'],
    ["require('crypto').createHmac('sha256', 'k').update('a').update('b').digest('base64url').length", 43],
    ["require('crypto').createHash('md5').update('a').digest().length", 16],
    ['event.request.rawQueryString()', ''],
    ['Date.now() === new Date().getTime()', true],
    ["new Date('2026-01-02').getUTCDate()", 2],
    ["Date().indexOf('GMT') > 0", true],
    ['event instanceof Object', true],
    ['(function () { return this; })() === undefined', true],
  ])('%s is %j', async (expression, value) => {
    expect(await worth(expression)).toBe(value);
  });

  test.each([
    ["eval('1')", /Code generation from strings/],
    ["new Function('return 1')()", /Code generation from strings/],
    ["require('fs')", /Cannot find module "fs"/],
    ["require('cloudfront')", /Cannot find module "cloudfront"/],
    ["require('crypto').createHash('sha512')", /not supported algorithm/],
    ["Buffer.constructor('return process')()", /process is not defined/],
  ])('%s throws', async (expression, message) => {
    await expect(worth(expression)).rejects.toThrow(message);
  });

  test('the time stands still, and is the one given', async () => {
    const code = `function handler() { var a = Date.now(); for (var i = 0; i < 1e6; i++); return { a: a, b: Date.now() }; }`;
    const { output } = await runtime.run({ fn: functionOf(code), event: event(), now: 1_700_000_000_000 });
    expect(output).toEqual({ a: 1_700_000_000_000, b: 1_700_000_000_000 });
  });

  test('nothing outlives a run', async () => {
    const code = `var count = 0; function handler() { count++; globalThis.all = (globalThis.all || 0) + 1; return { count: count, all: globalThis.all }; }`;
    const fn = functionOf(code);
    await runtime.run({ fn, event: event() });
    expect((await runtime.run({ fn, event: event() })).output).toEqual({ count: 1, all: 1 });
  });

  test('imports besides cloudfront, and async functions that call each other', async () => {
    const code = `import crypto from 'crypto';
async function one() { return 1; }
async function handler(event) { let n = await one(); return { n: n, h: typeof crypto.createHash }; }`;
    expect((await runtime.run({ fn: functionOf(code), event: event() })).output).toEqual({ n: 1, h: 'function' });
  });
});

describe('the key value store', () => {
  const items = new Map([
    ['k1', 'one'],
    ['json', '{"a":1}'],
  ]);
  const keyValues = { get: (key: string) => items.get(key), count: () => items.size };
  const arn = 'arn:aws:cloudfront::000000000000:key-value-store/ID1';
  const reading = (body: string) => `import cf from 'cloudfront';
const store = cf.kvs();
async function handler(event) { ${body} }`;

  test('is read by get, exists, count and meta', async () => {
    const code = reading(`
      const one = await store.get('k1');
      const parsed = await store.get('json', { format: 'json' });
      const bytes = await store.get('k1', { format: 'bytes' });
      const yes = await store.exists('k1');
      const no = await store.exists('k2');
      const count = await store.count();
      return { one: one, a: parsed.a, bytes: bytes.length, yes: yes, no: no, count: count };`);
    const fn = functionOf(code, { keyValueStore: arn });
    const { output, error } = await runtime.run({ fn, event: event(), keyValues });
    expect(error).toBeUndefined();
    expect(output).toEqual({ one: 'one', a: 1, bytes: 3, yes: true, no: false, count: 2 });
    items.set('k1', 'another');
    expect((await runtime.run({ fn, event: event(), keyValues })).output).toMatchObject({ one: 'another' });
  });

  test('fails for a key that is not there, without a store, and for another one', async () => {
    const missing = functionOf(reading(`return { v: await store.get('none') };`), { keyValueStore: arn });
    expect((await runtime.run({ fn: missing, event: event(), keyValues })).error).toMatch(/Key not found: none/);
    const none = functionOf(reading(`return {};`));
    expect((await runtime.run({ fn: none, event: event() })).error).toMatch(/No key value store/);
    const other = functionOf(`import cf from 'cloudfront';\nfunction handler() { cf.kvs('ID2'); return {}; }`, {
      keyValueStore: arn,
    });
    expect((await runtime.run({ fn: other, event: event(), keyValues })).error).toMatch(/ID2 is not/);
  });

  test('origins are not changed here, and it says so', async () => {
    const code = `import cf from 'cloudfront';\nfunction handler(event) { cf.updateRequestOrigin({}); return event.request; }`;
    expect((await runtime.run({ fn: functionOf(code), event: event() })).error).toMatch(/not modelled/);
  });
});

describe('what goes wrong', () => {
  test('an exception, at the top or in the handler, and a missing handler', async () => {
    const errorOf = async (code: string) => (await runtime.run({ fn: functionOf(code), event: event() })).error;
    expect(await errorOf(`function handler(event) { return event.none.more; }`)).toMatch(/^TypeError: /);
    expect(await errorOf(`throw new Error('top'); function handler() {}`)).toBe('Error: top');
    expect(await errorOf(`async function handler() { throw new RangeError('late'); }`)).toBe('RangeError: late');
    expect(await errorOf(`function other() {}`)).toMatch(/handler is not defined/);
    expect(await errorOf(`function handler() { return new Promise(function () {}); }`)).toMatch(/never settled/);
  });

  test('lines before an exception are kept, and all of them together are cut at 10 KB', async () => {
    const code = `function handler() { console.log('first'); for (var i = 0; i < 20; i++) console.log('x'.repeat(1000)); throw new Error('no'); }`;
    const { logs, error } = await runtime.run({ fn: functionOf(code), event: event() });
    expect(error).toBe('Error: no');
    expect(logs[0]).toBe('first');
    expect(logs.join('').length).toBe(10_240);
  });

  test.each(['for (;;);', '(function again() { Promise.resolve().then(again); })();'])(
    'a run without end is ended: %s',
    async (statement) => {
      const fn = functionOf(`function handler(event) { ${statement} return event.request; }`);
      const endless = await runtime.run({ fn, event: event(), limits: { timeMs: 50 } });
      expect([endless.errorKind, endless.computeUtilization]).toEqual(['FunctionThrottledError', 100]);
    },
  );

  test('memory without end ends the worker, and the next run has another one', async () => {
    const code = `function handler(event) {
  if (event.request.uri === '/grow') { var all = []; for (;;) all.push(new Array(10000).fill(1.5)); }
  return event.request;
}`;
    const fn = functionOf(code);
    const grown = await runtime.run({
      fn,
      event: { request: { uri: '/grow' } },
      limits: { timeMs: 10_000 },
    });
    expect(grown).toMatchObject({ errorKind: 'FunctionThrottledError', error: expect.stringMatching(/memory/) });
    expect((await runtime.run({ fn, event: { request: { uri: '/a' } } })).output).toEqual({ uri: '/a' });
  });
});

describe('the language', () => {
  test.each([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source of a function
    ['const x = 1; let y = `a${x}`; var z = (a, ...rest) => a ** 2;'],
    ['label: for (var k in {}) { continue label; }'],
    ['async function a() { const v = await 1; return v; }'],
    ['try { throw 1; } catch (e) { } finally { }'],
    ["import cf from 'cloudfront';"],
    ['var n = 1_000;'],
    ['Object.keys({}).forEach(function (k) { return k; });'],
  ])('has %s', (code) => {
    expect(checkViewerCode(code, 'cloudfront-js-2.0')).toBeUndefined();
  });

  test.each([
    ['var a = 1;\nfor (const x of []) {}', 'SyntaxError: Token "of" not supported in this version in 2'],
    ['async function f(g) { g(await 1); }', 'SyntaxError: await in arguments not supported in 1'],
    ['const { a } = {};', 'Token "{"'],
    ['var f = ([a]) => a;', 'Token "["'],
    ['class A {}', 'Token "class"'],
    ['var a = [...[]];', 'Token "..."'],
    ['function f(a = 1) {}', 'Token "="'],
    ['var a = {}; a?.b;', 'Token "?."'],
    ['var a = 1 ?? 2;', 'Token "??"'],
    ['var a; a ||= 2;', 'Token "||="'],
    ['function* g() {}', 'Token "*"'],
    ['var a = 1; var b = { a };', 'Token "}"'],
    ['var b = { [1]: 1 };', 'Token "["'],
    ['try { } catch { }', 'Token "{"'],
    ['var a = 10n;', 'Invalid numeric literal'],
    ['var a = /./s;', 'Invalid RegExp flags "s"'],
    ['await 1;', 'await is only valid in async functions'],
    ["import('x');", 'Token "import"'],
    ["import fs from 'fs';", 'Cannot find module "fs"'],
    ["import { kvs } from 'cloudfront';", 'Non-default import'],
    ['export function handler() {}', 'Token "export"'],
    ['function f() { return async () => 1; }', 'async closures are not supported'],
    ['var = 1', 'SyntaxError: Unexpected token in 1'],
    [' '.repeat(10_241), '10241 bytes, the limit is 10240'],
  ])('has no %s', (code, problem) => {
    expect(checkViewerCode(code, 'cloudfront-js-2.0')).toContain(problem);
  });

  test('1.0 has less', () => {
    const problem = (code: string) => checkViewerCode(code, 'cloudfront-js-1.0');
    expect(problem('const a = 1;')).toBe('SyntaxError: Unexpected token "const" in 1');
    expect(problem('async function handler() {}')).toContain('Token "async"');
    expect(problem("import cf from 'cloudfront';")).toContain('Token "import"');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source of a function
    expect(problem('var a = (b) => `${b}`;')).toBeUndefined();
  });

  test('code that the runtime does not parse fails when it runs', async () => {
    const fn = functionOf('for (var x of []) {}\nfunction handler(event) { return event.request; }');
    const { error, errorKind } = await runtime.run({ fn, event: event() });
    expect([errorKind, error]).toEqual([
      'FunctionExecutionError',
      'SyntaxError: Token "of" not supported in this version in 1',
    ]);
  });
});

test('many functions at once are all answered, whoever has to give way', async () => {
  const fns = Array.from({ length: 20 }, (_, n) => functionOf(`function handler() { return { n: ${n} }; }`));
  const results = await Promise.all([...fns, ...fns].map((fn) => runtime.run({ fn, event: event() })));
  expect(results.map(({ output }) => (output as { n: number }).n)).toEqual([...fns.keys(), ...fns.keys()]);
});

test('a warm run takes well under a millisecond or two', async () => {
  const fn = functionOf(
    `function handler(event) { var q = event.request.querystring; if (q.d) q.d.value = q.d.value.toLowerCase(); return event.request; }`,
  );
  const once = () => runtime.run({ fn, event: event({ d: { value: '1X1' } }) });
  for (let warm = 0; warm < 50; warm++) await once();
  const began = performance.now();
  for (let run = 0; run < 200; run++) await once();
  expect((performance.now() - began) / 200).toBeLessThan(5);
});
