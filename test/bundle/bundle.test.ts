import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import yauzl from 'yauzl';
import { hostOf } from '../../src/bundle/host.ts';
import { type Bundle, makeBundle } from '../../src/bundle/index.ts';
import { checkLoads } from '../../src/bundle/load-check.ts';
import { checkZipSize, MAX_ZIP_BYTES, zip } from '../../src/bundle/zip.ts';
import { buildHandler, defaultSettings, PACKAGE_ROOT, temporaryFolder } from './built-handler.ts';

let handlerDir = '';
let folder = '';
let bundle: Bundle;

beforeAll(async () => {
  folder = temporaryFolder();
  handlerDir = await buildHandler();
  const outFile = join(folder, 'edge.zip');
  const host = hostIn('cache');
  bundle = await makeBundle({ handlerDir, packageRoot: PACKAGE_ROOT, settings: defaultSettings(), outFile, host });
});

/** This one, with a cache folder of the test's own: what another test packed is not there. */
const hostIn = (cache: string) => ({ ...hostOf(process), cacheDir: join(folder, cache) });

afterAll(() => {
  for (const path of [handlerDir, folder]) rmSync(path, { recursive: true, force: true });
});

describe('the zip', () => {
  it('is what Lambda will hash, and what lies in the file', () => {
    const hash = createHash('sha256').update(bundle.zip).digest('base64');
    expect(bundle.sha256Base64).toBe(hash);
    expect(readFileSync(join(folder, 'edge.zip')).equals(bundle.zip)).toBe(true);
    expect(bundle.bytes).toBe(bundle.zip.length);
  });

  it('holds the handler, the settings and what sharp needs, and nothing else', async () => {
    expect(bundle.files).toEqual([
      'index.js',
      expect.stringMatching(/^node_modules\/@img\/sharp-libvips-linux-x64\/lib\/libvips-cpp\.so\.[\d.]+$/),
      expect.stringMatching(/^node_modules\/@img\/sharp-linux-x64\/lib\/sharp-linux-x64-[\d.]+\.node$/),
      'settings.json',
      'sharp.js',
    ]);
    const entries = await list(bundle.zip);
    expect(entries.map(({ fileName }) => fileName)).toEqual([...bundle.files]);
    expect(entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0)).toBe(bundle.unpackedBytes);
    expect(bundle.bytes).toBeLessThan(8_500_000);
  });

  it('names no place of this machine and no endpoint', async () => {
    const own = Buffer.concat(
      await Promise.all([read('index.js'), read('settings.json'), read('sharp.js')]),
    ).toString();
    expect(own).not.toContain(PACKAGE_ROOT);
    expect(own).not.toContain('127.0.0.1');
    expect(own).not.toContain('localhost');
  });

  it('bakes the settings and the build they make', async () => {
    expect(JSON.parse((await read('settings.json')).toString())).toEqual({ ...defaultSettings(), build: bundle.build });
    const settings = defaultSettings({ maxInputBytes: 79 });
    const other = await makeBundle({ handlerDir, packageRoot: PACKAGE_ROOT, settings });
    expect(other.build).not.toBe(bundle.build);
    expect(other.sha256Base64).not.toBe(bundle.sha256Base64);
  });

  it('is the same from another folder, in another time zone, with the settings in another order', async () => {
    const before = { cwd: process.cwd(), zone: process.env.TZ };
    const settings = Object.fromEntries(Object.entries(defaultSettings()).reverse()) as never;
    try {
      process.env.TZ = 'Pacific/Kiritimati';
      process.chdir(folder);
      const host = hostIn('empty cache');
      const again = await makeBundle({ handlerDir, packageRoot: PACKAGE_ROOT, settings, host });
      expect(again.sha256Base64).toBe(bundle.sha256Base64);
    } finally {
      process.chdir(before.cwd);
      process.env.TZ = before.zone ?? '';
      if (before.zone === undefined) delete process.env.TZ;
    }
  });

  it('is readable by the unzip of the system', () => {
    const listing = execFileSync('python3', ['-m', 'zipfile', '-l', join(folder, 'edge.zip')], { encoding: 'utf8' });
    expect(listing).toContain('node_modules/@img/sharp-linux-x64/lib/');
    expect(listing).toContain('1980-01-01');
  });

  const read = async (name: string) => content(bundle.zip, name);
});

describe('before it is used', () => {
  it('is loaded by a node of its own on linux-x64', () => {
    expect(bundle.loadCheck).toEqual({ result: 'passed', node: process.versions.node, runtime: false });
    expect(bundle.sharpSource).toBe('node_modules');
  });

  it('is refused when something of sharp is missing', async () => {
    const entries = await Promise.all(
      bundle.files
        .filter((name) => !name.includes('libvips-cpp.so'))
        .map(async (name) => ({ name, content: await content(bundle.zip, name) })),
    );
    await expect(checkLoads(await zip(entries), process.execPath)).rejects.toMatchObject({ code: 'BUNDLE_FAILED' });
  });

  it('is refused when the handler throws while it loads', async () => {
    const entries = await Promise.all(
      bundle.files.map(async (name) => ({ name, content: await content(bundle.zip, name) })),
    );
    const broken = entries.map((entry) =>
      entry.name === 'index.js' ? { ...entry, content: Buffer.from('nonsense(') } : entry,
    );
    await expect(checkLoads(await zip(broken), process.execPath)).rejects.toMatchObject({ code: 'BUNDLE_FAILED' });
  });

  it('is not tried on a host that cannot run it', async () => {
    const host = { ...hostIn('elsewhere'), arch: 'arm64' };
    const elsewhere = await makeBundle({ handlerDir, packageRoot: PACKAGE_ROOT, settings: defaultSettings(), host });
    expect(elsewhere.loadCheck).toEqual({ result: 'skipped' });
    expect(elsewhere.sha256Base64).toBe(bundle.sha256Base64);
  });

  it('is refused when sharp.js was built for another release of the addon', async () => {
    const other = temporaryFolder();
    const code = readFileSync(join(handlerDir, 'sharp.js'), 'utf8');
    writeFileSync(join(other, 'index.js'), readFileSync(join(handlerDir, 'index.js')));
    writeFileSync(join(other, 'sharp.js'), code.replace(/sharp-linux-x64-[\d.]+\.node/, 'sharp-linux-x64-0.35.0.node'));
    const packing = makeBundle({ handlerDir: other, packageRoot: PACKAGE_ROOT, settings: defaultSettings() });
    await expect(packing).rejects.toMatchObject({
      code: 'BUNDLE_FAILED',
      why: expect.stringMatching(/sharp-linux-x64-0\.35\.0\.node; sharp [\d.]+ is installed/),
    });
    rmSync(other, { recursive: true });
  });

  it('may have 50 MB and not a byte more', () => {
    expect(() => checkZipSize(MAX_ZIP_BYTES)).not.toThrow();
    expect(() => checkZipSize(MAX_ZIP_BYTES + 1)).toThrow(expect.objectContaining({ code: 'BUNDLE_TOO_LARGE' }));
  });

  it('says what to do when the handler is not built, or sharp is not there', async () => {
    const settings = defaultSettings();
    const notBuilt = makeBundle({ handlerDir: folder, packageRoot: PACKAGE_ROOT, settings });
    await expect(notBuilt).rejects.toMatchObject({ code: 'BUNDLE_FAILED', fix: 'npm run build' });
    const noSharp = makeBundle({ handlerDir, packageRoot: folder, settings });
    await expect(noSharp).rejects.toMatchObject({ code: 'BUNDLE_FAILED', fix: 'npm install' });
  });
});

async function list(bytes: Uint8Array): Promise<yauzl.Entry[]> {
  const archive = await yauzl.fromBufferPromise(Buffer.from(bytes), { lazyEntries: true });
  const entries: yauzl.Entry[] = [];
  for await (const entry of archive.eachEntry()) entries.push(entry);
  return entries;
}

async function content(bytes: Uint8Array, name: string): Promise<Buffer> {
  const archive = await yauzl.fromBufferPromise(Buffer.from(bytes), { lazyEntries: true });
  for await (const entry of archive.eachEntry()) {
    if (entry.fileName !== name) continue;
    const stream = await archive.openReadStreamPromise(entry);
    return Buffer.concat(await stream.toArray());
  }
  throw new Error(`${name} is not in the zip`);
}
