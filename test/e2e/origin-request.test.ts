/** trigger: "origin-request" — the deployed function at both events of the local edges. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { IMAGES } from '../builders/cli.ts';
import { type Session, startSession, view } from './session.ts';

const ROCKET = readFileSync(join(IMAGES, 'rocket.jpg'));

let session: Session;

beforeAll(async () => {
  session = await startSession();
  await session.ok('setup', '--bucket', 'first', '--region', 'eu-west-1', '--upload', IMAGES, '--yes');
  const file = join(session.home, 'edge-resize.config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(file, JSON.stringify({ ...config, trigger: 'origin-request' }));
  await session.ok('deploy', '--yes');
}, 120_000);

afterAll(() => session.end());

test('a variant is made before S3 is asked: nothing of S3’s answer is in it', async () => {
  const answer = await view(session, '/rocket.jpg?d=61x41');
  expect(await sharp(answer.body).metadata()).toMatchObject({ width: 61, height: 41, format: 'jpeg' });
  expect(answer.note).toMatch(/^w=61;h=41;fmt=jpeg/);
  expect(answer.headers.get('x-amz-server-side-encryption')).toBeNull();
  expect((await view(session, '/rocket.jpg?d=61x41')).cache).toMatch(/^Hit/);
});

test('the original without d is S3’s', async () => {
  const answer = await view(session, '/rocket.jpg');
  expect([answer.status, answer.note, answer.body.equals(ROCKET)]).toEqual([200, '', true]);
  expect(answer.headers.get('etag')).toMatch(/^"[0-9a-f]{32}"$/);
  expect(answer.headers.get('x-amz-server-side-encryption')).not.toBeNull();
});

test.each(['d=nonsense', 'd=a'])('?%s is the original for a short time', async (query) => {
  const answer = await view(session, `/rocket.jpg?${query}`);
  expect([answer.note, answer.body.equals(ROCKET)]).toEqual(['original;why=invalid-d', true]);
  expect([answer.headers.get('cache-control'), answer.headers.get('etag')]).toEqual(['public, max-age=10', null]);
});

test('what is missing has S3’s own status', async () => {
  const answer = await view(session, '/missing.jpg?d=61x41');
  expect([answer.status, answer.note]).toEqual([404, '']);
});

test('a part of a variant is cut from the variant, and HEAD leaves the key to the picture', async () => {
  const headers = { range: 'bytes=0-1' };
  const part = await fetch(`${session.dev.cdn}/rocket.jpg?d=62x42`, { headers });
  expect(Buffer.from(await part.arrayBuffer()).toString('latin1')).toBe('\xff\xd8');
  await fetch(`${session.dev.cdn}/rocket.jpg?d=63x43`, { method: 'HEAD' });
  expect((await view(session, '/rocket.jpg?d=63x43')).note).toMatch(/^w=63;h=43/);
});

test('a viewer cannot say that a variant is not to be made', async () => {
  const headers = { 'edge-resize-why': 'svg' };
  const answer = await fetch(`${session.dev.cdn}/rocket.jpg?d=64x44`, { headers });
  expect(answer.headers.get('edge-resize')).toMatch(/^w=64;h=44/);
});
