import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Host, hostOf } from '../../src/bundle/host.ts';
import { makeBundle } from '../../src/bundle/index.ts';
import { findSharp } from '../../src/bundle/sharp-tree.ts';
import { buildHandler, defaultSettings, PACKAGE_ROOT, temporaryFolder } from './built-handler.ts';
import { type Registry, startRegistry } from './registry.ts';

const MODULES = join(PACKAGE_ROOT, 'node_modules');

let registry: Registry;
let handlerDir = '';
let folder = '';
/** A project as it is on a Mac: sharp is there, its linux-x64 packages are not. */
let project = '';

beforeAll(async () => {
  folder = temporaryFolder();
  project = join(folder, 'project');
  cpSync(join(MODULES, 'sharp'), join(project, 'node_modules/sharp'), { recursive: true });
  const work = join(folder, 'tarballs');
  mkdirSync(work);
  handlerDir = await buildHandler();
  registry = await startRegistry(MODULES, Object.keys(findSharp(PACKAGE_ROOT).binaries), work);
});

afterAll(async () => {
  await registry.close();
  for (const path of [handlerDir, folder]) rmSync(path, { recursive: true, force: true });
});

function host(cache: string, url = registry.url): Host {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    npm_config_registry: url,
    npm_config_cache: join(folder, cache, 'npm'),
  };
  return { ...hostOf(process), platform: 'darwin', arch: 'arm64', cacheDir: join(folder, cache), env };
}

const pack = (on: Host) => makeBundle({ handlerDir, packageRoot: project, settings: defaultSettings(), host: on });

describe('on a host without the linux-x64 packages', () => {
  it('sharp comes from the registry once, and the zip is the same as on Linux', async () => {
    const downloaded = await pack(host('cache'));
    expect(downloaded).toMatchObject({ sharpSource: 'download', loadCheck: { result: 'skipped' } });
    const native = await makeBundle({ handlerDir, packageRoot: PACKAGE_ROOT, settings: defaultSettings() });
    expect(native).toMatchObject({ sharpSource: 'node_modules', loadCheck: { result: 'passed' } });
    expect(downloaded.sha256Base64).toBe(native.sha256Base64);
    const asked = registry.seen.length;
    expect((await pack(host('cache'))).sha256Base64).toBe(native.sha256Base64);
    expect(registry.seen).toHaveLength(asked);
    expect(readdirSync(join(folder, 'cache')).filter((name) => name.startsWith('download-'))).toEqual([]);
  });

  it('a package that is not the one of the lock file is refused, and nothing of it is kept', async () => {
    const { binaries } = findSharp(project);
    const locked = { version: binaries['@img/sharp-linux-x64'], integrity: 'sha512-somethingElse==' };
    const lock = join(project, 'package-lock.json');
    writeFileSync(lock, JSON.stringify({ packages: { 'node_modules/@img/sharp-linux-x64': locked } }));
    await expect(pack(host('other-cache'))).rejects.toMatchObject({
      code: 'BUNDLE_FAILED',
      why: expect.stringContaining('@img/sharp-linux-x64@'),
    });
    rmSync(lock);
    expect(readdirSync(join(folder, 'other-cache')).filter((name) => name !== 'npm')).toEqual([]);
  });

  it('a registry that cannot be reached is said, with the command to try', async () => {
    const { close, url } = await startRegistry(MODULES, [], folder);
    await close();
    const alone = host('third-cache', url);
    await expect(pack({ ...alone, env: { ...alone.env, npm_config_fetch_retries: '0' } })).rejects.toMatchObject({
      code: 'BUNDLE_FAILED',
      why: expect.stringContaining('npm install ended with'),
      fix: expect.stringContaining('--os=linux --cpu=x64 --libc=glibc sharp@'),
    });
  });

  it('a host without npm, or whose cache cannot be written, is told so', async () => {
    const whole = host('fourth-cache');
    const why = (text: string) => ({ code: 'BUNDLE_FAILED', why: expect.stringContaining(text) });
    const noNpm = { ...whole, env: { ...whole.env, PATH: folder } };
    await expect(pack(noNpm)).rejects.toMatchObject(why('npm is not on the PATH'));
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const noCache = { ...whole, cacheDir: join(file, 'cache') };
    await expect(pack(noCache)).rejects.toMatchObject(why('cannot be written'));
  });
});
