import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { EdgeResponse } from '../../handler/event.ts';
import { type EventParts, originResponse, SOURCE_ETAG } from '../builders/event.ts';
import { noise, photograph, SVG } from '../builders/images.ts';
import { handlerKit, header } from './handle-kit.ts';

const kit = handlerKit();
const ask: typeof kit.ask = (parts, changes) => kit.ask(parts, changes);
const answer: typeof kit.answer = (event, changes, timeoutMs) => kit.answer(event, changes, timeoutMs);

describe('a variant', () => {
  it('is the picture, its true type and how it was made', async () => {
    const response = await ask();
    expect(response).toMatchObject({ status: '200', bodyEncoding: 'base64' });
    const meta = await sharp(Buffer.from(response.body ?? '', 'base64')).metadata();
    expect(meta).toMatchObject({ width: 100, height: 80, format: 'jpeg' });
    expect(header(response, 'content-type')).toBe('image/jpeg');
    expect(header(response, 'edge-resize')).toMatch(/^w=100;h=80;fmt=jpeg;q=80;ms=\d+$/);
  });

  it('has the type of its bytes, whatever the name and the source say', async () => {
    kit.s3.objects.set('pictures/cat.jpg', photograph('coffee.png'));
    const response = await ask({ headers: { 'Content-Type': 'binary/octet-stream' } });
    expect(header(response, 'content-type')).toBe('image/png');
    expect(header(response, 'edge-resize')).toMatch(/^w=100;h=80;fmt=png;ms=\d+$/);
  });

  it('keeps what the source says of caching, and nothing that is true of its bytes only', async () => {
    const response = await ask({
      headers: {
        'Content-Length': '112525',
        'Content-Encoding': 'identity',
        'X-Amz-Checksum-Crc32': 'AAAAAA==',
        'X-Amz-Meta-Credit': 'SpaceX',
        Expires: 'Thu, 01 Jan 2037 00:00:00 GMT',
        'Transfer-Encoding': 'chunked',
        Via: '1.1 proxy',
      },
    });
    expect(header(response, 'cache-control')).toBe('max-age=31536000');
    expect(header(response, 'expires')).toBe('Thu, 01 Jan 2037 00:00:00 GMT');
    expect(header(response, 'x-amz-meta-credit')).toBe('SpaceX');
    expect(header(response, 'via')).toBe('1.1 proxy');
    for (const gone of [
      'content-length',
      'content-encoding',
      'last-modified',
      'x-amz-checksum-crc32',
      'accept-ranges',
    ]) {
      expect(header(response, gone), gone).toBeUndefined();
    }
  });

  it('has an ETag of its own: one a picture, a size and a build', async () => {
    const tag = async (parts?: EventParts, build = 'b1') =>
      header(await ask(parts, { settings: { ...kit.deps.settings, build } }), 'etag');
    const first = await tag();
    expect(first).toMatch(/^"er-[0-9a-f]{32}"$/);
    expect(await tag()).toBe(first);
    expect(await tag({ querystring: 'd=0100x080&x=1' })).toBe(first);
    const others = [await tag({ querystring: 'd=80x100' }), await tag({}, 'b2')];
    kit.s3.objects.set('pictures/cat.jpg', photograph('hubble_deep_field.jpg'));
    others.push(await tag());
    expect(new Set([first, SOURCE_ETAG, ...others]).size).toBe(5);
  });

  it.each(['a b+c.jpg', '100%.jpg', 'a//b.jpg', '/b.jpg', '고양이.jpg', "it's (1)*!.jpg"])('of %j', async (key) => {
    kit.s3.objects.set(`pictures/${key}`, photograph('rocket.jpg'));
    const uri = `/${key.split('/').map(encodeURIComponent).join('/')}`;
    expect(header(await ask({ uri }), 'edge-resize')).toMatch(/^w=100/);
    expect(kit.lines.at(-1)).toMatchObject({ key });
  });

  it('too large for CloudFront loses quality, and says so', async () => {
    kit.s3.objects.set(
      'pictures/cat.jpg',
      await sharp(await noise(1200, 1200))
        .jpeg({ quality: 95 })
        .toBuffer(),
    );
    const response = await ask({ querystring: 'd=1200x1200' });
    expect(header(response, 'edge-resize')).toMatch(/^w=1200;h=1200;fmt=jpeg;q=(?:[1-7]\d);ms=\d+;why=limit$/);
    expect(response.body?.length).toBeGreaterThan(700_000);
    expect(kit.lines.at(-1)).toMatchObject({ why: 'limit', w: 1200 });
  });

  it('is within the caps on the side that follows from the ratio too, and says what was made', async () => {
    const { rules } = kit.deps.settings;
    kit.set({ rules: { ...rules, families: ['fit'], maxWidth: 500, maxHeight: 300 } });
    const tall = await sharp({ create: { width: 20, height: 400, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    kit.s3.objects.set('pictures/tall.png', tall);
    for (const [querystring, made] of [
      ['d=40x', /^w=15;h=300;/],
      ['d=40x40,fit=outside', /^w=15;h=300;/],
      ['d=x200', /^w=10;h=200;/],
    ] as const) {
      const { headers } = await kit.ask({ uri: '/tall.png', querystring });
      expect(headers['edge-resize']?.[0]?.value, querystring).toMatch(made);
    }
  });

  it('is told to the log in one line', async () => {
    const response = await ask({ querystring: 'a=1&d=100x80' });
    const bytes = Buffer.from(response.body ?? '', 'base64').length;
    expect(kit.lines).toEqual([
      { edgeResize: 1, key: 'cat.jpg', d: '100x80', w: 100, h: 80, fmt: 'jpeg', bytes, ms: expect.any(Number) },
    ]);
  });
});

describe('untouched', () => {
  it.each<[string, EventParts]>([
    ['no d', { querystring: '' }],
    ['another parameter', { querystring: 'e=100x100' }],
    ['301', { status: '301' }],
    ['403', { status: '403' }],
    ['404', { status: '404' }],
    ['500', { status: '500' }],
    ['POST', { method: 'POST' }],
    ['OPTIONS', { method: 'OPTIONS' }],
  ])('%s', async (_name, parts) => {
    const event = originResponse({ querystring: 'd=100x80', ...parts });
    const { response } = structuredClone(event).Records[0].cf;
    expect(await answer(event)).toEqual(response);
    expect(kit.s3.seen).toEqual([]);
    expect(kit.lines).toEqual([]);
  });
});

describe('the original in place of a variant', () => {
  const expectOriginal = (response: EdgeResponse, why: string) => {
    expect(response.body).toBeUndefined();
    expect(header(response, 'edge-resize')).toBe(`original;why=${why}`);
    expect(header(response, 'content-type')).toBe('image/jpeg');
    for (const gone of ['etag', 'last-modified', 'expires']) expect(header(response, gone), gone).toBeUndefined();
    expect(kit.lines.at(-1)).toMatchObject({ edgeResize: 1, why });
  };

  it.each<[string, EventParts]>([
    ['invalid-d', { querystring: 'd=100y' }],
    ['invalid-d', { querystring: 'd=0x0&d=5x5' }],
    ['origin', { origin: null }],
    ['bucket', { domainName: 'other.s3.eu-west-1.amazonaws.com' }],
    ['key', { uri: '/%E9.jpg' }],
    ['s3-404', { uri: '/missing.jpg' }],
    ['too-many-bytes', { headers: { 'Content-Length': String(50 * 1024 * 1024 + 1) } }],
    ['head', { method: 'HEAD' }],
  ])('%s: %j', async (why, parts) => {
    const response = await ask({ headers: { Expires: 'Thu, 01 Jan 2037 00:00:00 GMT', ...parts.headers }, ...parts });
    expectOriginal(response, why);
    expect(response.status).toBe('200');
    expect(header(response, 'cache-control')).toBe('public, max-age=10');
  });

  it('for what cannot be resized', async () => {
    kit.s3.objects.set('pictures/cat.jpg', SVG);
    expectOriginal(await ask(), 'svg');
    kit.s3.objects.set('pictures/cat.jpg', Buffer.alloc(0));
    expectOriginal(await ask(), 'format');
    kit.s3.objects.set('pictures/cat.jpg', photograph('rocket.jpg').subarray(0, 50_000));
    expectOriginal(await ask(), 'decode');
    kit.s3.objects.set('pictures/cat.jpg', photograph('rocket.jpg'));
    expectOriginal(await ask({}, { settings: { ...kit.deps.settings, maxInputPixels: 1000 } }), 'too-many-pixels');
    expectOriginal(await ask({}, { settings: { ...kit.deps.settings, maxInputBytes: 1000 } }), 'too-many-bytes');
    expectOriginal(await ask({}, { settings: { ...kit.deps.settings, responseLimitBytes: 900 } }), 'limit');
  });

  it('when the picture would not be ready in time', async () => {
    const parts = { querystring: 'd=4096x4096' };
    expectOriginal(await ask(parts, { memoryMb: 128 }), 'slow');
    expect(header(await ask({}, { memoryMb: 128 }), 'edge-resize')).toMatch(/^w=100/);
    let clock = 0;
    const now = () => {
      clock += 5000;
      return clock;
    };
    expectOriginal(await ask({}, { now }), 'slow');
  });

  it('when S3 fails or sharp does not load', async () => {
    kit.s3.misbehave = (_request, response) => Boolean(response.writeHead(503).end());
    expectOriginal(await ask(), 's3-503');
    kit.s3.misbehave = (_request, response) =>
      Boolean(response.writeHead(400).end('<Error><Code>ExpiredToken</Code></Error>'));
    expectOriginal(await ask(), 's3-400');
    expect(kit.lines.at(-1)).toMatchObject({ error: 'ExpiredToken' });
    kit.s3.misbehave = undefined;
    const loadSharp = () => {
      throw new Error('libvips is gone');
    };
    expectOriginal(await ask({}, { loadSharp }), 'error');
    expect(kit.lines.at(-1)).toMatchObject({ error: 'Error: libvips is gone' });
  });

  it('never keeps a part of it for long', async () => {
    const response = await ask({
      status: '206',
      headers: { 'Content-Range': 'bytes 0-99/112525', 'Content-Length': '100' },
    });
    expectOriginal(response, 'range');
    expect(response.status).toBe('206');
    expect(header(response, 'cache-control')).toBe('no-store');
    expect(header(response, 'content-range')).toBe('bytes 0-99/112525');
  });

  it.each([
    ['private', 'private'],
    ['private, max-age=600', 'private, max-age=600'],
    ['no-store', 'no-store'],
    ['max-age=600, No-Cache', 'max-age=600, No-Cache'],
    ['max-age=3', 'public, max-age=3'],
    ['public, max-age=600, s-maxage=0', 'public, max-age=0'],
    ['max-age=600, stale-while-revalidate=5', 'public, max-age=10'],
    ['immutable', 'public, max-age=10'],
  ])('is cached no longer than a source that says %j wants', async (source, expected) => {
    const response = await ask({ querystring: 'd=x', headers: { 'Cache-Control': source } });
    expect(header(response, 'cache-control')).toBe(expected);
  });

  it('reads a Cache-Control of several lines', async () => {
    const event = originResponse({ querystring: 'd=x' });
    event.Records[0].cf.response.headers['cache-control'] = [{ value: 'max-age=600' }, { value: 'private' }];
    expect(header(await answer(event), 'cache-control')).toBe('max-age=600, private');
  });

  it('may be cached as long as the settings say', async () => {
    const response = await ask({ querystring: 'd=x' }, { settings: { ...kit.deps.settings, fallbackTtlSeconds: 77 } });
    expect(header(response, 'cache-control')).toBe('public, max-age=77');
  });
});

describe('the line for the log', () => {
  const lineOf = async (uri: string) => {
    const raw: string[] = [];
    await ask({ uri }, { log: (line) => raw.push(line) });
    return raw.join('\n');
  };

  it('holds nothing that a terminal obeys or hides', async () => {
    const key = 'a\n\r\t\u001b[2J\u0007\u007f\u009b31m\u2028\u202egpj.exe';
    const line = await lineOf(`/${encodeURIComponent(key)}`);
    expect(line).toMatch(/^[ -~]*$/);
    expect(JSON.parse(line)).toMatchObject({ key, why: 's3-404' });
  });

  it('stays short, however long the key', async () => {
    const line = await lineOf(`/${'%F0%9F%90%88'.repeat(600)}${'x'.repeat(8000)}`);
    expect(line.length).toBeLessThan(1200);
    expect((await lineOf(`/%${'x'.repeat(8000)}`)).length).toBeLessThan(1200);
  });
});

it('reads an original of the largest size that is taken, at its largest picture', async () => {
  kit.s3.objects.set('pictures/cat.jpg', photograph('hubble_deep_field.jpg'));
  const response = await answer(originResponse({ querystring: 'd=4096x4096' }), {}, 15_000);
  expect(header(response, 'edge-resize')).toMatch(/^w=4096;h=4096;fmt=jpeg;q=\d+;ms=\d+/);
});
