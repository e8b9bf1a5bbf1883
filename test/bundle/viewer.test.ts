/** The viewer function's code with its settings: what it depends on, and when it is too large. */
import { beforeAll, expect, test } from 'vitest';
import { buildViewer } from '../../build/viewer.mjs';
import { makeViewerCode, VIEWER_CODE_LIMIT } from '../../src/bundle/viewer.ts';
import { rulesFrom } from '../../src/config/rules.ts';
import { validateConfig } from '../../src/config/validate.ts';
import { temporaryFolder } from './built-handler.ts';

let folder: string;
beforeAll(async () => {
  folder = temporaryFolder();
  await buildViewer(folder);
});

const make = (url: Record<string, unknown>, signed = false) =>
  makeViewerCode({ folder, rules: rulesFrom(validateConfig({ bucket: 'pics', url })), onInvalid: 'original', signed });

test('same settings, same code; the hash tells others apart', async () => {
  const [one, same, other, signed] = await Promise.all([
    make({}),
    make({}),
    make({ options: ['fit'] }),
    make({}, true),
  ]);
  expect(same).toEqual(one);
  expect(new Set([one.hash, other.hash, signed.hash]).size).toBe(3);
  expect(one.bytes).toBe(Buffer.byteLength(one.code));
  expect(one.hash).toMatch(/^[0-9a-f]{12}$/);
});

test.each([
  [false, 100],
  [true, 55],
])('signed %j: %i sizes and ten presets are no matter', async (signed, number) => {
  const sizes = Array.from({ length: number }, (_, index) => `${index * 10 + 100}x${index * 5 + 100}`);
  const presets = Object.fromEntries(sizes.slice(0, 10).map((size, index) => [`preset-${index}`, `${size},f=auto`]));
  expect((await make({ sizes, presets }, signed)).bytes).toBeLessThanOrEqual(VIEWER_CODE_LIMIT);
});

test('too many sizes: how large it would be, and what to shorten', async () => {
  const sizes = Array.from({ length: 300 }, (_, index) => `${index + 1000}x1000`);
  await expect(make({ sizes })).rejects.toMatchObject({
    code: 'VIEWER_TOO_LARGE',
    why: expect.stringMatching(/^CloudFront takes 10,240; 300 sizes and 0 presets/),
    fix: expect.stringContaining('url.sizes'),
  });
});

test('not built: says so', async () => {
  const rules = rulesFrom(validateConfig({ bucket: 'pics' }));
  const options = { folder: temporaryFolder(), rules, onInvalid: 'original' as const, signed: false };
  await expect(makeViewerCode(options)).rejects.toMatchObject({ code: 'BUNDLE_FAILED', fix: 'npm run build' });
});
