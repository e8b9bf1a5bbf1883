/** Looking: what a bucket exposes, where a URL points, whose account it is. Nothing here writes. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { ownAccount } from '../../src/observe/account.ts';
import { cdnUrl } from '../../src/observe/cdn-url.ts';
import { exposureOf } from '../../src/observe/exposure.ts';
import { observeSetup } from '../../src/observe/setup.ts';
import { ACCOUNT, emptyWorld } from '../builders/world.ts';
import { runDeploy, runSetup, SETUP } from '../builders/world-run.ts';

test('prefixes are the first segments, counted once', () => {
  const keys = ['a/b/c.png', 'a/d.png', 'top.png', '/slash.png'].map((key) => ({ key, bytes: 1, etag: '' }));
  expect(exposureOf({ keys, more: true })).toEqual({ objects: 4, more: true, prefixes: ['', 'a'] });
});

test('the local CDN is asked for on loopback alone, and only believed when it answers', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(JSON.stringify({ cdn: 'http://127.0.0.1:1234' }));
  }).listen(0, '127.0.0.1');
  await new Promise((ready) => server.once('listening', ready));
  const { port } = server.address() as AddressInfo;
  expect(await cdnUrl(`http://127.0.0.1:${port}`, 'd1.cloudfront.net')).toBe('http://127.0.0.1:1234');
  expect(asked).toEqual(['/_local/info?domain=d1.cloudfront.net']);
  server.close();
  expect(await cdnUrl(undefined, 'd1.cloudfront.net')).toBe('https://d1.cloudfront.net');
  expect(await cdnUrl('http://127.0.0.1:9', 'd1.cloudfront.net')).toBe('https://d1.cloudfront.net');
  expect(await cdnUrl('https://proxy.example.com', 'd1.cloudfront.net')).toBe('https://d1.cloudfront.net');
});

test('the account that is expected, or an error before anything is looked at', async () => {
  const { ports } = emptyWorld();
  expect(await ownAccount(ports, undefined)).toBe(ACCOUNT);
  expect(await ownAccount(ports, ACCOUNT)).toBe(ACCOUNT);
  await expect(ownAccount(ports, '999999999999')).rejects.toMatchObject({ code: 'ACCOUNT_MISMATCH', exitCode: 4 });
});

test('observing writes nothing, and tells what is ours from what is not', async () => {
  const world = emptyWorld();
  const before = await observeSetup(world.ports, SETUP);
  expect(before).toEqual({
    bucket: undefined,
    distribution: undefined,
    behaviorPolicy: undefined,
    accessControl: undefined,
    cachePolicy: undefined,
    role: undefined,
    others: [],
  });
  expect(world.writes).toEqual([]);
  await runSetup(world);
  await runDeploy(world);
  const written = world.writes.length;
  const after = await observeSetup(world.ports, SETUP);
  expect(after.distribution).toMatchObject({ adopted: false });
  expect(after.role).toMatchObject({ distributionExists: true, tags: { 'edge-resize:name': 'photos' } });
  expect(after.others).toEqual([]);
  expect((await observeSetup(world.ports, { ...SETUP, name: 'else' })).others).toEqual([after.distribution?.id]);
  expect(world.writes.length).toBe(written);
});

test('a bucket is looked for where it is, whichever region was said', async () => {
  const world = emptyWorld();
  world.buckets.set('photos', { region: 'sa-east-1', objects: new Map() });
  expect((await observeSetup(world.ports, SETUP)).bucket?.region).toBe('sa-east-1');
});
