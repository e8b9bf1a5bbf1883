/** A zip is packed and tried out once for the same contents; what is kept is used only when it is whole. */
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Settings } from '../../handler/settings.ts';
import { hostOf } from '../../src/bundle/host.ts';
import { type Bundle, makeBundle } from '../../src/bundle/index.ts';
import { KEPT_ZIPS, readKept, sha256 } from '../../src/bundle/kept.ts';
import { zip } from '../../src/bundle/zip.ts';
import { buildHandler, defaultSettings, PACKAGE_ROOT, temporaryFolder } from './built-handler.ts';

let folder = '';
let handlerDir = '';
let serial = 0;
/** Of the test that runs. */
let cacheDir = '';

beforeAll(async () => {
  folder = temporaryFolder();
  handlerDir = await buildHandler();
});
beforeEach(() => {
  serial += 1;
  cacheDir = join(folder, `cache-${serial}`);
});
afterAll(() => {
  for (const path of [handlerDir, folder]) rmSync(path, { recursive: true, force: true });
});

const zips = () => join(cacheDir, 'zips');
const kept = () => readdirSync(zips()).map((name) => join(zips(), name));
const onlyKept = () => {
  const [file = '', ...others] = kept();
  expect(others).toEqual([]);
  return file;
};

/** A Node that leaves a line each time it is run. */
function countingNode(name = 'node'): { path: string; runs(): number } {
  const [path, log] = [join(folder, `${name}-${serial}`), join(folder, `${name}-${serial}.log`)];
  writeFileSync(path, `#!/bin/sh\necho run >> '${log}'\nexec '${process.execPath}' "$@"\n`);
  chmodSync(path, 0o755);
  return { path, runs: () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').length - 1 : 0) };
}

function pack(node = process.execPath, settings: Partial<Settings> = {}): Promise<Bundle> {
  const host = { ...hostOf(process), node, cacheDir };
  return makeBundle({ handlerDir, packageRoot: PACKAGE_ROOT, settings: defaultSettings(settings), host });
}

/** Not by `toEqual` alone, which takes minutes for eight million bytes. */
function expectSame(found: Bundle, { zip, ...facts }: Bundle): void {
  expect(Buffer.compare(found.zip, zip)).toBe(0);
  expect({ ...found, zip: undefined }).toEqual({ ...facts, zip: undefined });
}

/** Puts another zip in the place of a kept one, with all that is said of it in order. */
async function exchange(file: string): Promise<Buffer> {
  const other = await zip([{ name: 'other', content: Buffer.from('other') }]);
  const loadCheck = { result: 'passed', node: '20.99.0', runtime: false };
  writeFileSync(
    file,
    Buffer.concat([Buffer.from(`${JSON.stringify({ sha256Base64: sha256(other), loadCheck })}\n`), other]),
  );
  return other;
}

test('the second time the same bundle is read, not packed and not tried out again', async () => {
  const node = countingNode();
  const first = await pack(node.path);
  expect(node.runs()).toBe(1);
  expectSame(await pack(node.path), first);
  expect(node.runs()).toBe(1);
  const other = await exchange(onlyKept());
  const read = await pack(node.path);
  expect([read.zip.length, read.sha256Base64, read.loadCheck]).toEqual([
    other.length,
    sha256(other),
    { result: 'passed', node: '20.99.0', runtime: false },
  ]);
});

test.each([
  ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 1)],
  ['with another byte', (bytes: Buffer) => bytes.fill(bytes[5_000_000] === 0 ? 1 : 0, 5_000_000, 5_000_001)],
  ['without its first line', (bytes: Buffer) => bytes.subarray(bytes.indexOf('\n') + 1)],
  [
    'with a result of the check that there is none of',
    (bytes: Buffer) => Buffer.from(bytes.toString('latin1').replace('skipped', 'failed'), 'latin1'),
  ],
  ['empty', () => Buffer.alloc(0)],
])('one that is %s is not read', async (_, spoil) => {
  const file = join(folder, `spoiled-${serial}.zip`);
  const content = Buffer.alloc(6_000_000);
  const head = { sha256Base64: sha256(content), loadCheck: { result: 'skipped' } };
  const whole = Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), content]);
  writeFileSync(file, whole);
  expect((await readKept(file))?.sha256Base64).toBe(head.sha256Base64);
  writeFileSync(file, spoil(whole));
  expect(await readKept(file)).toBeUndefined();
});

test('a spoiled one is made anew', async () => {
  const node = countingNode();
  const first = await pack(node.path);
  writeFileSync(onlyKept(), readFileSync(onlyKept()).subarray(0, -1));
  for (const _ of ['made anew', 'read']) {
    expectSame(await pack(node.path), first);
    expect(node.runs()).toBe(2);
  }
});

test('other settings and another Node are another bundle', async () => {
  const [node, other] = [countingNode(), countingNode('other')];
  const first = await pack(node.path);
  const changed = await pack(node.path, { maxInputBytes: 79 });
  expect(changed.sha256Base64).not.toBe(first.sha256Base64);
  expect(node.runs()).toBe(2);
  await pack(other.path);
  expect(other.runs()).toBe(1);
});

test('those that were used last are kept, and nothing half-written', async () => {
  const used: string[] = [];
  const age = (file: string, days: number) => utimesSync(file, new Date(), new Date(Date.now() - days * 86_400_000));
  await pack();
  const first = onlyKept();
  for (let at = 0; at < KEPT_ZIPS; at += 1) {
    const file = join(zips(), `older-${at}.zip`);
    writeFileSync(file, '');
    age(file, 2 + at);
    used.push(file);
  }
  writeFileSync(join(zips(), 'killed.part'), 'half');
  age(join(zips(), 'killed.part'), 30);
  age(first, 20);
  await pack();
  await pack(process.execPath, { maxInputBytes: 79 });
  const now = kept();
  expect(now).toHaveLength(KEPT_ZIPS);
  expect(now).toEqual(expect.arrayContaining([first, ...used.slice(0, KEPT_ZIPS - 2)]));
});

test('a cache folder that cannot be written is no failure', async () => {
  writeFileSync(join(folder, 'file'), '');
  cacheDir = join(folder, 'file/cache');
  expect((await pack()).loadCheck).toMatchObject({ result: 'passed' });
});
