import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { Host } from '../../../src/bundle/host.ts';
import { makeBundle } from '../../../src/bundle/index.ts';
import { dev } from '../../../src/commands/dev.ts';
import type { Context } from '../../../src/context.ts';
import { unpackFor } from '../../../src/local/runtime/host-sharp.ts';
import { createUi } from '../../../src/ui/index.ts';
import { type FakeIo, fakeIo } from '../../builders/io.ts';
import { RUNTIME_CHILD, withClients } from '../../builders/local-aws.ts';
import { buildHandler, defaultSettings, temporaryFolder } from '../../bundle/built-handler.ts';
import { makeSite } from '../edge/site.ts';

const ROOT = join(import.meta.dirname, '../../..');
const LINUX: Host = { node: '', platform: 'linux', arch: 'x64', glibc: true, cacheDir: '', env: {} };

/** Says with which sharp it ran, and what that made. */
const HANDLER = `const sharp = require('sharp');
exports.handler = async (event) => {
  const create = { width: 8, height: 4, channels: 3, background: 'red' };
  const { info } = await sharp({ create }).png().toBuffer({ resolveWithObject: true });
  return { ...event.Records[0].cf.response, body: JSON.stringify({ from: require.resolve('sharp'), width: info.width }) };
};`;

/** A sharp as it is where its platform's binaries are missing. */
const FOREIGN = {
  'node_modules/sharp/package.json': '{"name":"sharp","main":"index.js"}',
  'node_modules/sharp/index.js': "throw new Error('Could not load the sharp module');",
};

let stop = new AbortController();
afterEach(() => stop.abort());

async function visitOn(host: Host) {
  stop = new AbortController();
  const io = fakeIo({ signal: stop.signal, cwd: ROOT });
  const clock = { now: Date.now, sleep: () => Promise.resolve() };
  const assets = { handlerDir: '', runtimeChild: RUNTIME_CHILD, packageRoot: ROOT, version: '0.0.0' };
  const context = { io, ui: createUi(io, { json: true }, clock), clock, assets, options: {} } as unknown as Context;
  const ended = dev(context, { port: 0, awsPort: 0, delays: 'role=0,deploy=0,lambda=0' }, host);
  const local = withClients(await ready(io));
  const site = await makeSite(local, { handler: HANDLER, files: FOREIGN });
  const response = await site.get('/a.jpg?d=1x1');
  const text = await response.text();
  stop.abort();
  expect(await ended).toBe(0);
  return { status: response.status, text, notice: io.err() };
}

async function ready(io: FakeIo): Promise<{ aws: string; cdn: string }> {
  while (io.out() === '') await new Promise((done) => setTimeout(done, 10));
  return JSON.parse(io.out()) as { aws: string; cdn: string };
}

test.each([
  { ...LINUX, platform: 'darwin', glibc: false },
  { ...LINUX, arch: 'arm64' },
  { ...LINUX, glibc: false },
])('$platform $arch, glibc $glibc: the zip runs with the sharp of the host, and it is said', async (host) => {
  const { status, text, notice } = await visitOn(host);
  expect(status).toBe(200);
  const { from, width } = JSON.parse(text) as { from: string; width: number };
  expect(from.startsWith(realpathSync(join(ROOT, 'node_modules/sharp')))).toBe(true);
  expect(width).toBe(8);
  expect(notice).toContain("with this host's own sharp");
});

test("where Lambda's binaries load, the zip runs as it is", async () => {
  const { status, notice } = await visitOn(LINUX);
  expect([status, notice]).toEqual([503, '']);
});

test('a zip of deploy runs with the sharp of the host, and not with the binaries that it holds', async () => {
  const handlerDir = await buildHandler();
  const root = temporaryFolder();
  const { zip } = await makeBundle({ handlerDir, packageRoot: ROOT, settings: defaultSettings() });
  const hostSharp = realpathSync(join(ROOT, 'node_modules/sharp'));
  const folder = await unpackFor(hostSharp, zip, root, 'function');
  const asItIs = await unpackFor(undefined, zip, root, 'function');
  expect(readFileSync(join(asItIs, 'sharp.js')).equals(readFileSync(join(handlerDir, 'sharp.js')))).toBe(true);
  const script = `const { default: sharp } = require('./sharp.js');
    const { handler } = require('./index.js');
    sharp({ create: { width: 8, height: 4, channels: 3, background: 'red' } }).png().toBuffer({ resolveWithObject: true })
      .then(({ info }) => console.log(JSON.stringify([typeof handler, info.width, Object.keys(require.cache)])));`;
  // The binaries of the zip are gone, as good as they are on a host that cannot load them.
  rmSync(join(folder, 'node_modules'), { recursive: true });
  const [handler, width, loaded] = JSON.parse(
    execFileSync(process.execPath, ['-e', script], { cwd: folder, env: {}, encoding: 'utf8' }),
  ) as [string, number, string[]];
  expect([handler, width]).toEqual(['function', 8]);
  expect(loaded.some((path) => path.startsWith(hostSharp))).toBe(true);
  for (const path of [handlerDir, root]) rmSync(path, { recursive: true, force: true });
});
