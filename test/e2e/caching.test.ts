/** What is cached under a variant's key, for how long and why: the deployed handler at the local edges, with real expiry. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { imageTag } from '../../handler/tags.ts';
import { IMAGES } from '../builders/cli.ts';
import { SVG } from '../builders/images.ts';
import { type Session, startSession, view } from './session.ts';

const ROCKET = readFileSync(join(IMAGES, 'rocket.jpg'));
const BUCKET = 'caching';
/** Longer than the lifetimes of this test, which are a second. */
const EXPIRY_MS = 1200;

let session: Session;
let s3: S3Client;

const put = (Key: string, Body: Buffer, ContentType = 'image/jpeg') =>
  s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body, ContentType, CacheControl: 'max-age=1' }));

/** Makes changes to the config file. */
function configure(resize: Record<string, unknown>, url: Record<string, unknown> = {}, top: object = {}): void {
  const file = join(session.home, 'edge-resize.config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as Record<string, object>;
  writeFileSync(file, JSON.stringify({ ...config, ...top, resize: { ...config.resize, ...resize }, url }));
}

beforeAll(async () => {
  session = await startSession();
  await session.ok('setup', '--bucket', BUCKET, '--region', 'eu-west-1', '--yes');
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  s3 = new S3Client({ endpoint: session.dev.aws, region: 'eu-west-1', credentials, forcePathStyle: true });
  await put('before.jpg', ROCKET);
  configure({ fallbackTtlSeconds: 1, serverTiming: true });
}, 120_000);

afterAll(() => session.end());

test('what was cached before the function was there is not confirmed, but made anew', async () => {
  const before = await view(session, '/before.jpg?d=50x40');
  expect([before.note, before.body.equals(ROCKET)]).toEqual(['', true]);
  await session.ok('deploy', '--yes');
  await pause(EXPIRY_MS);
  const after = await view(session, '/before.jpg?d=50x40');
  expect([after.status, after.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
  expect(after.note).toMatch(/^w=50;h=40;fmt=jpeg/);
  expect(after.headers.get('etag')).toMatch(/^"er-/);
  expect(after.headers.get('server-timing')).toMatch(/^fetch;dur=\d+, image;dur=\d+, total;dur=\d+$/);
}, 60_000);

test('an expired variant is made of the original as it is then', async () => {
  await put('changed.jpg', ROCKET);
  const first = await view(session, '/changed.jpg?d=60x40');
  await pause(EXPIRY_MS);
  const same = await view(session, '/changed.jpg?d=60x40');
  expect(same.headers.get('etag')).toBe(first.headers.get('etag'));
  await put('changed.jpg', readFileSync(join(IMAGES, 'coffee.png')), 'image/png');
  await pause(EXPIRY_MS);
  const other = await view(session, '/changed.jpg?d=60x40');
  expect(other.note).toMatch(/fmt=png/);
  expect(other.headers.get('etag')).not.toBe(first.headers.get('etag'));
}, 30_000);

test('an original in the place of a variant goes as soon as the variant can be made', async () => {
  await put('broken.jpg', ROCKET.subarray(0, 50_000));
  const broken = await view(session, '/broken.jpg?d=60x40');
  expect(broken.note).toBe('original;why=decode');
  expect(broken.headers.get('etag')).toBeNull();
  await put('broken.jpg', ROCKET);
  await pause(EXPIRY_MS);
  expect((await view(session, '/broken.jpg?d=60x40')).note).toMatch(/^w=60;h=40/);
}, 30_000);

test('a part of the original is never kept under the key of a variant', async () => {
  await put('part.jpg', ROCKET);
  const headers = { range: 'bytes=0-9' };
  const part = await fetch(`${session.dev.cdn}/part.jpg?d=60x40`, { headers });
  expect([part.status, part.headers.get('cache-control')]).toEqual([206, 'no-store']);
  expect((await view(session, '/part.jpg?d=60x40')).note).toMatch(/^w=60;h=40/);
});

test('a variant carries the tags by which it can be invalidated', async () => {
  await put('folder/고양이.jpg', ROCKET);
  const { headers } = await view(session, `/folder/${encodeURIComponent('고양이')}.jpg?d=60x40`);
  const tags = headers.get('edge-resize-tags')?.split(',');
  expect(tags).toEqual([
    imageTag('folder/고양이.jpg'),
    'size-60x40',
    'format-jpeg',
    expect.stringMatching(/^build-[0-9a-f]+$/),
  ]);
});

test('an SVG runs nothing, as original and in the place of a variant', async () => {
  await put('drawing.svg', SVG, 'image/svg+xml');
  for (const path of ['/drawing.svg', '/drawing.svg?d=60x40']) {
    const { status, headers, body } = await view(session, path);
    expect([status, body.equals(SVG)]).toEqual([200, true]);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';.*sandbox$/);
  }
});

test('an invalid request is refused where the config says so', async () => {
  await put('asked.jpg', ROCKET);
  expect((await view(session, '/asked.jpg?d=nonsense')).note).toBe('original;why=invalid-d');
  configure({}, { invalid: '400' });
  await session.ok('deploy', '--yes');
  expect((await view(session, '/asked.jpg?d=nonsense-before-the-cache')).status).toBe(400);
  configure({}, { invalid: '400' }, { viewerFunction: false });
  await session.ok('deploy', '--yes');
  const refused = await view(session, '/asked.jpg?d=other-nonsense');
  expect([refused.status, refused.note]).toEqual([400, 'refused;why=invalid-d']);
  expect(refused.body.toString()).toBe('The value of d is not valid.\n');
  expect(refused.headers.get('cache-control')).toBe('no-store');
}, 60_000);
