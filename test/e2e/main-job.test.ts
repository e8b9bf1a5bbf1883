/** setup, deploy, resize, invalidate, logs: the built CLI in child processes against the local AWS over HTTP. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IMAGES } from '../builders/cli.ts';
import { type Session, startSession, view } from './session.ts';

/** As macOS spells file names. To S3 it is another key than the composed one. */
const DECOMPOSED = '고양이.jpg'.normalize('NFD');

/** Keys as S3 has them, and the paths by which a browser asks for them. */
const ODD_KEYS: [string, string][] = [
  ['two words.jpg', '/two%20words.jpg'],
  ['a+b.jpg', '/a+b.jpg'],
  ['a+c.jpg', '/a%2Bc.jpg'],
  ['100%.jpg', '/100%25.jpg'],
  ['twice//slashed.jpg', '/twice//slashed.jpg'],
  ['사진/고양이.jpg', '/%EC%82%AC%EC%A7%84/%EA%B3%A0%EC%96%91%EC%9D%B4.jpg'],
  ["it's (1) & more~.jpg", "/it's%20(1)%20&%20more~.jpg"],
  ['/slash-first.jpg', '//slash-first.jpg'],
  ['folder/coded.jpg', '/folder%2Fcoded.jpg'],
  ['no%2Ffolder.jpg', '/no%252Ffolder.jpg'],
  ['what?#.jpg', '/what%3F%23.jpg'],
  [DECOMPOSED, `/${encodeURIComponent(DECOMPOSED)}`],
  // Nearly S3's 1,024 bytes.
  [`${'가'.repeat(300)}.jpg`, `/${'%EA%B0%80'.repeat(300)}.jpg`],
];

let session: Session;

beforeAll(async () => {
  session = await startSession();
  const folder = join(session.home, 'first images');
  mkdirSync(folder, { recursive: true });
  for (const name of ['astronaut.png', 'rocket.jpg'])
    writeFileSync(join(folder, name), readFileSync(join(IMAGES, name)));
  await session.ok('setup', '--bucket', 'main-job', '--region', 'eu-west-1', '--upload', folder, '--yes');
  await session.ok('deploy', '--yes');
}, 120_000);

afterAll(() => session.end());

async function pixels(body: Buffer) {
  const { width, height, format } = await sharp(body).metadata();
  return { width, height, format };
}

describe('resizing', () => {
  test('without d the original comes, byte for byte', async () => {
    const original = await view(session, '/astronaut.png');
    expect(original.status).toBe(200);
    expect(original.body.equals(readFileSync(join(IMAGES, 'astronaut.png')))).toBe(true);
  });

  test('d=WxH gives exactly that size, in the format of the source, a MISS and then a HIT', async () => {
    const first = await view(session, '/astronaut.png?d=100x100');
    const again = await view(session, '/astronaut.png?d=100x100');
    expect(await pixels(first.body)).toEqual({ width: 100, height: 100, format: 'png' });
    expect(first.headers.get('content-type')).toBe('image/png');
    expect(first.cache).toBe('Miss from cloudfront');
    expect(again.cache).toBe('Hit from cloudfront');
    expect(again.body.equals(first.body)).toBe(true);
  });

  test('two sizes differ in pixels', async () => {
    const wide = await view(session, '/rocket.jpg?d=320x100');
    const tall = await view(session, '/rocket.jpg?d=100x320');
    expect(await pixels(wide.body)).toEqual({ width: 320, height: 100, format: 'jpeg' });
    expect(await pixels(tall.body)).toEqual({ width: 100, height: 320, format: 'jpeg' });
    expect(wide.headers.get('content-type')).toBe('image/jpeg');
  });

  test('other parameters are not in the key: the variant is shared', async () => {
    await view(session, '/rocket.jpg?d=50x50');
    expect((await view(session, '/rocket.jpg?utm_source=x&d=50x50')).cache).toBe('Hit from cloudfront');
  });

  test.each(['d=', 'd=0x0', 'd=abc', 'd=1e3x50', 'd=50x50x50', 'd=100y'])('%s passes the original', async (query) => {
    const answer = await view(session, `/rocket.jpg?${query}`);
    expect(answer.status).toBe(200);
    expect(answer.body.equals(readFileSync(join(IMAGES, 'rocket.jpg')))).toBe(true);
  });

  test('a repeated d does not fail', async () => {
    const answer = await view(session, '/rocket.jpg?d=60x60&d=70x70');
    expect(answer.status).toBe(200);
    expect(await pixels(answer.body)).toMatchObject({ width: 60, height: 60 });
  });

  test('a missing image is 404, with and without d', async () => {
    expect((await view(session, '/none.jpg')).status).toBe(404);
    expect((await view(session, '/none.jpg?d=10x10')).status).toBe(404);
  });

  test('so is the root object that nobody uploaded', async () => {
    expect((await view(session, '/')).status).toBe(404);
    expect((await view(session, '/?d=10x10')).status).toBe(404);
  });
});

describe('what a cache may ask of a variant', () => {
  const ask = (size: string, init: RequestInit) => fetch(`${session.dev.cdn}/rocket.jpg?d=${size}`, init);

  test('its parts, its head, and whether it changed, from the cached one', async () => {
    const { body, headers } = await view(session, '/rocket.jpg?d=81x61');
    const part = await ask('81x61', { headers: { range: 'bytes=10-19' } });
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${body.length}`]);
    expect(Buffer.from(await part.arrayBuffer()).equals(body.subarray(10, 20))).toBe(true);
    const head = await ask('81x61', { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(body.length)]);
    const etag = headers.get('etag') ?? '';
    expect(etag).not.toBe('');
    const same = await ask('81x61', { headers: { 'if-none-match': etag } });
    expect([same.status, same.headers.get('etag'), same.headers.get('x-cache')]).toEqual([
      304,
      etag,
      'Hit from cloudfront',
    ]);
    expect((await ask('81x61', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  test.each([
    ['a part', { headers: { range: 'bytes=0-9' } }, '82x61'],
    ['the head', { method: 'HEAD' }, '83x61'],
    ['a change', { headers: { 'if-none-match': '"other"' } }, '84x61'],
  ])('%s, asked first, leaves nothing under its key that is not the variant', async (_name, init, size) => {
    await (await ask(size, init)).arrayBuffer();
    const [width, height] = size.split('x').map(Number);
    expect(await pixels((await view(session, `/rocket.jpg?d=${size}`)).body)).toMatchObject({ width, height });
  });
});

describe('odd keys', () => {
  beforeAll(async () => {
    const photo = readFileSync(join(IMAGES, 'rocket.jpg'));
    const { S3Client, PutObjectCommand } = await import('@aws-sdk/client-s3');
    const s3 = new S3Client({
      endpoint: session.dev.aws,
      forcePathStyle: true,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    for (const [key] of ODD_KEYS)
      await s3.send(new PutObjectCommand({ Bucket: 'main-job', Key: key, Body: photo, ContentType: 'image/jpeg' }));
  });

  test.each(ODD_KEYS)('%s', async (_key, path) => {
    const answer = await view(session, `${path}?d=40x30`);
    expect(answer.status).toBe(200);
    expect(answer.note).toContain('w=40');
    expect(await pixels(answer.body)).toMatchObject({ width: 40, height: 30 });
  });

  test('a name in another Unicode form is another key: 404', async () => {
    expect((await view(session, `/${encodeURIComponent(DECOMPOSED.normalize('NFC'))}?d=40x30`)).status).toBe(404);
  });
});

describe('invalidate', () => {
  test('one size of one image becomes a MISS, its other sizes stay HITs', async () => {
    for (const size of ['110x110', '120x120']) await view(session, `/astronaut.png?d=${size}`);
    await session.ok('invalidate', '/astronaut.png', '--size', '110x110', '--wait', '--yes');
    expect((await view(session, '/astronaut.png?d=110x110')).cache).toBe('Miss from cloudfront');
    expect((await view(session, '/astronaut.png?d=120x120')).cache).toBe('Hit from cloudfront');
  });

  test('a path alone clears every size of that image, --all everything', async () => {
    for (const path of ['/astronaut.png?d=10x10', '/astronaut.png?d=11x11', '/rocket.jpg?d=10x10'])
      await view(session, path);
    await session.ok('invalidate', '/astronaut.png', '--yes');
    expect((await view(session, '/astronaut.png?d=10x10')).cache).toBe('Miss from cloudfront');
    expect((await view(session, '/astronaut.png?d=11x11')).cache).toBe('Miss from cloudfront');
    expect((await view(session, '/rocket.jpg?d=10x10')).cache).toBe('Hit from cloudfront');
    await session.ok('invalidate', '--all', '--yes');
    expect((await view(session, '/rocket.jpg?d=10x10')).cache).toBe('Miss from cloudfront');
  });

  test('a key with Hangul and a space can be named as a person writes it', async () => {
    await view(session, '/%EC%82%AC%EC%A7%84/%EA%B3%A0%EC%96%91%EC%9D%B4.jpg?d=33x33');
    await session.ok('invalidate', '/사진/고양이.jpg', '--size', '33x33', '--yes');
    expect((await view(session, '/%EC%82%AC%EC%A7%84/%EA%B3%A0%EC%96%91%EC%9D%B4.jpg?d=33x33')).cache).toBe(
      'Miss from cloudfront',
    );
  });
});

describe('logs', () => {
  test('the regions that served are merged, in time order', async () => {
    for (const region of ['eu-west-1', 'ap-northeast-2', 'us-east-1'])
      await view(session, '/rocket.jpg?d=77x77', region);
    const { stdout } = await session.ok('logs', '--since', '10m');
    for (const region of ['eu-west-1', 'ap-northeast-2', 'us-east-1']) expect(stdout).toContain(region);
    expect(stdout).toContain('rocket.jpg');
    const { stdout: json } = await session.ok('logs', '--since', '10m', '--json');
    const events = json
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { region: string; timestamp: number });
    expect(new Set(events.map((event) => event.region)).size).toBeGreaterThanOrEqual(3);
    expect(events.map((event) => event.timestamp)).toEqual(
      events.map((event) => event.timestamp).sort((a, b) => a - b),
    );
  });

  test('--region and --filter narrow them', async () => {
    const { stdout } = await session.ok('logs', '--region', 'ap-northeast-2', '--json');
    expect(stdout).not.toContain('"eu-west-1"');
    const filtered = await session.ok('logs', '--filter', '77x77', '--json');
    expect(filtered.stdout).toContain('77x77');
    expect(filtered.stdout).not.toContain('110x110');
  });
});
