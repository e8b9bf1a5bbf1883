/** What stays under a variant's key and for how long, with the handler as it is built and the clock moved on. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CreateInvalidationCommand } from '@aws-sdk/client-cloudfront';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { makeBundle } from '../../../src/bundle/index.ts';
import { startTestAws, type TestAws } from '../../builders/local-aws.ts';
import { buildHandler, defaultSettings, PACKAGE_ROOT, temporaryFolder } from '../../bundle/built-handler.ts';
import { makeSite, type Site, type SiteOptions } from './site.ts';

type Trigger = 'origin-request' | 'origin-response';
const TRIGGERS: Trigger[] = ['origin-response', 'origin-request'];

const started: TestAws[] = [];
const zips = new Map<Trigger, Uint8Array>();
let folder = '';
let handlerDir = '';

beforeAll(async () => {
  folder = temporaryFolder();
  handlerDir = await buildHandler();
  for (const trigger of TRIGGERS) {
    const settings = defaultSettings({ trigger, fallbackTtlSeconds: 30 });
    const outFile = join(folder, `${trigger}.zip`);
    await makeBundle({ handlerDir, packageRoot: PACKAGE_ROOT, settings, outFile });
    zips.set(trigger, readFileSync(outFile));
  }
}, 60_000);

afterEach(async () => {
  await Promise.all(started.splice(0).map((aws) => aws.close()));
});

afterAll(() => {
  for (const path of [handlerDir, folder]) rmSync(path, { recursive: true, force: true });
});

const picture = (red: number) =>
  sharp({ create: { width: 64, height: 48, channels: 3, background: { r: red, g: 0, b: 0 } } })
    .jpeg()
    .toBuffer();

interface Shop {
  aws: TestAws;
  pictures: Site;
  put(body: string | Uint8Array): Promise<unknown>;
  /** Lets seconds pass: minutes at most, since the handler signs by the real clock. */
  wait(seconds: number): void;
}

async function open(trigger: Trigger, body: string | Uint8Array, options: SiteOptions = {}): Promise<Shop> {
  let now = Date.now();
  const aws = await startTestAws({ now: () => now });
  started.push(aws);
  const cacheControl = 'max-age=300';
  const pictures = await makeSite(aws, {
    region: 'eu-west-1',
    memory: 1024,
    timeout: 20,
    zip: zips.get(trigger),
    triggers: trigger === 'origin-request' ? ['origin-request', 'origin-response'] : [trigger],
    objects: { 'a.jpg': { body, cacheControl } },
    ...options,
  });
  const { s3 } = aws.clientsFor(aws.credentials, 'eu-west-1');
  const put = (Body: string | Uint8Array) =>
    s3.send(
      new PutObjectCommand({
        Bucket: 'pictures',
        Key: 'a.jpg',
        Body,
        ContentType: 'image/jpeg',
        CacheControl: cacheControl,
      }),
    );
  const wait = (seconds: number) => {
    now += seconds * 1000;
  };
  return { aws, pictures, put, wait };
}

const resultOf = (response: Response) => response.headers.get('x-cache')?.replace(' from cloudfront', '');

/** Width and mean of red. */
async function seen(response: Response): Promise<[number, number]> {
  const image = sharp(Buffer.from(await response.arrayBuffer()));
  const [{ width }, { channels }] = await Promise.all([image.metadata(), image.stats()]);
  return [width, Math.round((channels[0]?.mean ?? 0) / 10) * 10];
}

describe.each(TRIGGERS)('at %s', (trigger) => {
  test('an expired variant is asked again: S3’s ETag does not keep it, and a changed original changes it', async () => {
    const { pictures, put, wait } = await open(trigger, await picture(200));
    const first = await pictures.get('/a.jpg?d=32x24');
    expect(first.headers.get('etag')).toMatch(/^"er-/);
    expect(first.headers.get('last-modified')).toBeNull();
    expect(await seen(first)).toEqual([32, 200]);
    await put(await picture(100));
    wait(299);
    const still = await pictures.get('/a.jpg?d=32x24');
    expect([resultOf(still), await seen(still)]).toEqual(['Hit', [32, 200]]);
    wait(2);
    const renewed = await pictures.get('/a.jpg?d=32x24');
    expect(resultOf(renewed)).not.toBe('Hit');
    expect(await seen(renewed)).toEqual([32, 100]);
    expect(renewed.headers.get('etag')).not.toBe(first.headers.get('etag'));
  });

  test('an original in place of a variant goes after its short time, though the original says five minutes', async () => {
    const { pictures, put, wait } = await open(trigger, 'no picture at all');
    const fallback = await pictures.get('/a.jpg?d=32x24');
    expect([fallback.status, await fallback.text()]).toEqual([200, 'no picture at all']);
    expect([fallback.headers.get('etag'), fallback.headers.get('last-modified')]).toEqual([null, null]);
    await put(await picture(200));
    wait(29);
    expect(resultOf(await pictures.get('/a.jpg?d=32x24'))).toBe('Hit');
    wait(2);
    const variant = await pictures.get('/a.jpg?d=32x24');
    expect([resultOf(variant) === 'Hit', await seen(variant)]).toEqual([false, [32, 200]]);
  });

  test('a part of the original never lies under the key of a variant', async () => {
    const original = await picture(200);
    const { pictures } = await open(trigger, original);
    const part = await pictures.get('/a.jpg?d=32x24', { range: 'bytes=0-9' });
    expect(part.status).toBe(206);
    const whole = await pictures.get('/a.jpg?d=32x24');
    expect(await seen(whole)).toEqual([32, 200]);
    const cut = await pictures.get('/a.jpg?d=32x24', { range: 'bytes=0-9' });
    expect([cut.status, resultOf(cut), cut.headers.get('content-length')]).toEqual([206, 'Hit', '10']);
  });

  test('an error is kept for ten seconds and not longer', async () => {
    const { pictures, put, wait } = await open(trigger, 'x', { objects: {} });
    expect((await pictures.get('/a.jpg?d=32x24')).status).toBe(403);
    await put(await picture(200));
    wait(9);
    expect((await pictures.get('/a.jpg?d=32x24')).status).toBe(403);
    wait(2);
    expect(await seen(await pictures.get('/a.jpg?d=32x24'))).toEqual([32, 200]);
  });
});

test('a HEAD on a miss leaves nothing that answers the GET after it', async () => {
  const { pictures } = await open('origin-response', await picture(200));
  expect((await pictures.get('/a.jpg?d=32x24', {}, 'HEAD')).status).toBe(200);
  expect(await seen(await pictures.get('/a.jpg?d=32x24'))).toEqual([32, 200]);
});

describe('cache tags', () => {
  const TAGGED = `exports.handler = async (event) => {
    const { request, response } = event.Records[0].cf;
    return { ...response, headers: { ...response.headers, 'x-tags': [{ value: 'All, ' + request.uri.slice(1) + ', has space' }] } };
  };`;

  async function invalidate({ aws, pictures }: Shop, item: string): Promise<void> {
    const batch = { CallerReference: item, Paths: { Quantity: 1, Items: [item] } };
    await aws.clients.cloudfront.send(
      new CreateInvalidationCommand({ DistributionId: pictures.id, InvalidationBatch: batch }),
    );
  }

  async function tagged(header: string | undefined): Promise<Shop> {
    const shop = await open('origin-response', 'a', {
      zip: undefined,
      handler: TAGGED,
      objects: { 'a.jpg': { body: 'a' }, 'b.jpg': { body: 'b' } },
      edit(config) {
        if (header !== undefined) config.CacheTagConfig = { HeaderName: header };
      },
    });
    for (const path of ['/a.jpg', '/a.jpg?d=1x1', '/b.jpg']) await shop.pictures.get(path);
    return shop;
  }

  const results = async ({ pictures }: Shop) =>
    Promise.all(['/a.jpg', '/a.jpg?d=1x1', '/b.jpg'].map(async (path) => resultOf(await pictures.get(path))));

  test('an item of one takes every object that has it, without case', async () => {
    const shop = await tagged('X-Tags');
    shop.wait(1);
    await invalidate(shop, '#A.JPG');
    expect(await results(shop)).toEqual(['Miss', 'Miss', 'Hit']);
    shop.wait(1);
    await invalidate(shop, '#all');
    expect(await results(shop)).toEqual(['Miss', 'Miss', 'Miss']);
  });

  test('a distribution that names no header keeps none', async () => {
    const shop = await tagged(undefined);
    shop.wait(1);
    await invalidate(shop, '#all');
    expect(await results(shop)).toEqual(['Hit', 'Hit', 'Hit']);
  });
});
