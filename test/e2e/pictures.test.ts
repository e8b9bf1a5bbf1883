/** Odd originals through the deployed zip at the local edges: sizes, types and headers of what a viewer gets. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { photograph, SVG } from '../builders/images.ts';
import { expectAlike, pixelsOf } from '../pictures/measure.ts';
import { naive } from '../pictures/naive.ts';
import { fading, kind, large, type Original, turned } from '../pictures/originals.ts';
import { EXACT, LOSSY } from '../pictures/tolerances.ts';
import { type Session, startSession, view } from './session.ts';

let session: Session;
const originals: Record<string, Original> = {};

beforeAll(async () => {
  session = await startSession();
  const folder = join(session.home, 'originals');
  mkdirSync(folder);
  Object.assign(originals, {
    'camera.jpg': await large(6000, 4000, (it: Sharp) => it.withIccProfile('srgb').jpeg({ quality: 90 }), 6),
    'turned.jpg': await turned(6, 'jpeg'),
    'p3.png': await kind('PNG in Display-P3'),
    'fading.png': await fading((it: Sharp) => it.png()),
  });
  for (const [name, { file }] of Object.entries(originals)) writeFileSync(join(folder, name), file);
  const frames = await Promise.all(['#f00', '#0f0', '#00f'].map((background) => frame(background)));
  const moving = await sharp(frames, { join: { animated: true } })
    .gif({ delay: [100, 200, 300], loop: 0 })
    .toBuffer();
  const files = {
    'moving.gif': moving,
    'drawing.svg': SVG,
    'cut.png': photograph('coffee.png').subarray(0, 90_000),
    'empty.jpg': Buffer.alloc(0),
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
  await session.ok('setup', '--bucket', 'pictures', '--region', 'eu-west-1', '--upload', folder, '--yes');
  const config = join(session.home, 'edge-resize.config.json');
  const written = JSON.parse(readFileSync(config, 'utf8')) as object;
  writeFileSync(config, JSON.stringify({ ...written, url: { options: ['fit', 'format', 'animation'] } }));
  await session.ok('deploy', '--yes');
}, 180_000);

afterAll(() => session.end());

const frame = (background: string) =>
  sharp({ create: { width: 60, height: 40, channels: 3, background } })
    .png()
    .toBuffer();

test.each([
  ['camera.jpg', 'd=300x450', 'image/jpeg', { width: 300, height: 450 }, LOSSY.jpeg],
  ['turned.jpg', 'd=150x100,f=png', 'image/png', { width: 150, height: 100 }, EXACT],
  ['p3.png', 'd=150x100', 'image/png', { width: 150, height: 100 }, EXACT],
  ['fading.png', 'd=120x120', 'image/png', { width: 120, height: 120 }, EXACT],
  [
    'fading.png',
    'd=120x120,f=jpeg',
    'image/jpeg',
    { width: 120, height: 120, behind: { r: 255, g: 255, b: 255 } },
    LOSSY.jpeg,
  ],
  ['fading.png', 'd=120x60,fit=contain,f=webp', 'image/webp', { width: 120, height: 60, fit: 'contain' }, LOSSY.webp],
] as const)('%s?%s', async (name, query, type, steps, tolerance) => {
  const answer = await view(session, `/${name}?${query}`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
  const { width, height } = steps;
  expect(answer.note).toMatch(new RegExp(`^w=${width};h=${height};fmt=${type.slice('image/'.length)};`));
  const original = originals[name];
  if (!original) throw new Error(name);
  expectAlike(await pixelsOf(answer.body), await naive(original.seen, steps), tolerance);
  const { icc, exif, orientation } = await sharp(answer.body).metadata();
  expect([icc, exif, orientation]).toEqual([undefined, undefined, undefined]);
});

test('an animation keeps its frames where that is asked', async () => {
  const answer = await view(session, '/moving.gif?d=30x20,anim=1');
  expect(answer.headers.get('content-type')).toBe('image/gif');
  const { pages, delay, width, pageHeight } = await sharp(answer.body, { pages: -1 }).metadata();
  expect({ pages, delay, width, pageHeight }).toEqual({ pages: 3, delay: [100, 200, 300], width: 30, pageHeight: 20 });
  const still = await view(session, '/moving.gif?d=30x20');
  expect((await sharp(still.body).metadata()).pages ?? 1).toBe(1);
});

test('an SVG is drawn where a format is asked for, and else goes out under a policy', async () => {
  const drawn = await view(session, '/drawing.svg?d=40x40,f=png');
  expect([drawn.headers.get('content-type'), drawn.note]).toEqual([
    'image/png',
    expect.stringMatching(/^w=40;h=40;fmt=png/),
  ]);
  for (const query of ['', '?d=40x40']) {
    const answer = await view(session, `/drawing.svg${query}`);
    expect(answer.body.equals(SVG)).toBe(true);
    expect(answer.headers.get('content-type')).toBe('image/svg+xml');
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  }
});

test.each([
  ['cut.png', 'decode', photograph('coffee.png').subarray(0, 90_000)],
  ['empty.jpg', 'format', Buffer.alloc(0)],
])('%s goes out as it is, for a short time', async (name, why, bytes) => {
  const answer = await view(session, `/${name}?d=40x40`);
  expect([answer.status, answer.note, answer.body.equals(bytes)]).toEqual([200, `original;why=${why}`, true]);
  expect([answer.headers.get('cache-control'), answer.headers.get('etag')]).toEqual(['public, max-age=10', null]);
});
