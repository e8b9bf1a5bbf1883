import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { EdgeRequest, EdgeResponse } from '../../handler/event.ts';
import type { EventParts } from '../builders/event.ts';
import { photograph, SVG } from '../builders/images.ts';
import { handlerKit, header } from './handle-kit.ts';

const kit = handlerKit();
const MARK = 'edge-resize-why';

async function response(parts?: EventParts): Promise<EdgeResponse> {
  const answer = await kit.askFirst(parts);
  if ('uri' in answer) throw new Error(`handed on: ${header(answer, MARK)}`);
  return answer;
}

async function handedOn(parts?: EventParts): Promise<EdgeRequest> {
  const answer = await kit.askFirst(parts);
  if (!('uri' in answer)) throw new Error(`answered: ${header(answer, 'edge-resize')}`);
  return answer;
}

describe('a variant, before CloudFront asks S3', () => {
  it('is the picture, after one read of the original', async () => {
    const answer = await response();
    const meta = await sharp(Buffer.from(answer.body ?? '', 'base64')).metadata();
    expect(meta).toMatchObject({ width: 100, height: 80, format: 'jpeg' });
    expect(answer).toMatchObject({ status: '200', bodyEncoding: 'base64' });
    expect(header(answer, 'content-type')).toBe('image/jpeg');
    expect(header(answer, 'edge-resize')).toMatch(/^w=100;h=80;fmt=jpeg;q=80;ms=\d+$/);
    expect(kit.s3.seen).toHaveLength(1);
    expect(kit.lines).toEqual([expect.objectContaining({ key: 'cat.jpg', d: '100x80', fmt: 'jpeg' })]);
  });

  it('says of the original what CloudFront would have passed on, and no more', async () => {
    kit.s3.headers = {
      'Cache-Control': 'max-age=600',
      Expires: 'Thu, 01 Jan 2037 00:00:00 GMT',
      'Content-Disposition': 'inline; filename="cat.jpg"',
      'Content-Language': 'ko',
      'x-amz-meta-credit': 'SpaceX',
      'Content-Type': 'text/html',
      'Last-Modified': 'Mon, 02 Nov 2026 10:00:00 GMT',
      'x-amz-request-id': '4442587FB7D0A2F9',
      Server: 'AmazonS3',
    };
    const { headers } = await response();
    expect(Object.fromEntries(Object.entries(headers).map(([name, [entry]]) => [name, entry?.value]))).toEqual({
      'cache-control': 'max-age=600',
      expires: 'Thu, 01 Jan 2037 00:00:00 GMT',
      'content-disposition': 'inline; filename="cat.jpg"',
      'content-language': 'ko',
      'x-amz-meta-credit': 'SpaceX',
      'content-type': 'image/jpeg',
      etag: expect.stringMatching(/^"er-/),
      'x-content-type-options': 'nosniff',
      'edge-resize': expect.any(String),
      'edge-resize-tags': expect.any(String),
    });
  });

  it('is the same one, with the same ETag, as at origin-response', async () => {
    const [before, after] = [await response(), await kit.ask()];
    expect(before.body).toBe(after.body);
    expect(header(before, 'etag')).toBe(header(after, 'etag'));
  });

  it.each([
    ['a part of it is asked for', { Range: 'bytes=0-9' }],
    ['the cached one is asked to be confirmed', { 'If-None-Match': '"er-0123456789abcdef0123456789abcdef"' }],
  ])('is whole and new when %s', async (_what, requestHeaders) => {
    const answer = await response({ requestHeaders });
    expect(answer.status).toBe('200');
    expect(header(answer, 'edge-resize')).toMatch(/^w=100/);
  });

  it('of an invalid request is status 400 where the settings say so, without a read', async () => {
    kit.set({ onInvalid: '400' });
    const answer = await response({ querystring: 'd=<b>' });
    expect(answer).toMatchObject({ status: '400', body: 'The value of d is not valid.\n' });
    expect(kit.s3.seen).toEqual([]);
  });
});

describe('what CloudFront is to ask S3 for', () => {
  it.each<[string, EventParts]>([
    ['no variant', { querystring: '' }],
    ['another method', { method: 'OPTIONS' }],
  ])('%s: unchanged', async (_name, parts) => {
    expect(header(await handedOn(parts), MARK)).toBeUndefined();
    expect(header(await handedOn({ ...parts, requestHeaders: { [MARK]: 'svg' } }), MARK)).toBeUndefined();
    expect(kit.s3.seen).toEqual([]);
  });

  it.each<[string, EventParts]>([
    ['invalid-d', { querystring: 'd=x' }],
    ['head', { method: 'HEAD' }],
    ['key', { uri: '/%E9.jpg' }],
    ['bucket', { domainName: 'other.s3.eu-west-1.amazonaws.com' }],
    ['s3-404', { uri: '/missing.jpg' }],
  ])('%s: %j', async (why, parts) => {
    const request = await handedOn({ ...parts, requestHeaders: { [MARK]: 'of-the-viewer' } });
    expect(request.headers?.[MARK]).toEqual([{ key: 'Edge-Resize-Why', value: why }]);
    expect(kit.lines).toEqual([expect.objectContaining({ why })]);
  });

  it('what is no image, with its reason to the second event, which does not try again', async () => {
    kit.set({ trigger: 'origin-request' });
    kit.s3.objects.set('pictures/cat.jpg', Buffer.from('no image'));
    const request = await handedOn();
    const why = header(request, MARK);
    const answer = await kit.ask({ requestHeaders: { 'Edge-Resize-Why': why ?? '' } });
    expect(header(answer, 'edge-resize')).toBe(`original;why=${why}`);
    expect(header(answer, 'cache-control')).toBe('public, max-age=10');
    for (const gone of ['etag', 'last-modified']) expect(header(answer, gone)).toBeUndefined();
    expect([kit.s3.seen.length, kit.lines.length], 'one read, one line').toEqual([1, 1]);
  });

  it('a picture when sharp does not load: the original', async () => {
    const loadSharp = () => {
      throw new Error('libvips is gone');
    };
    const answer = await kit.askFirst({}, { loadSharp });
    expect(header(answer, MARK)).toBe('error');
  });
});

describe('the second event', () => {
  it('makes the variant itself when the first was not asked', async () => {
    kit.set({ trigger: 'origin-request' });
    expect(header(await kit.ask(), 'edge-resize')).toMatch(/^w=100/);
  });

  it('passes errors of S3 on as they are', async () => {
    kit.set({ trigger: 'origin-request' });
    const answer = await kit.ask({ status: '404', requestHeaders: { 'Edge-Resize-Why': 's3-404' } });
    expect(answer.status).toBe('404');
    expect(header(answer, 'edge-resize')).toBeUndefined();
  });

  it('believes no reason that is not one word', async () => {
    kit.set({ trigger: 'origin-request' });
    for (const odd of ['<script>', 'a'.repeat(41), 'x; y', ''])
      expect(header(await kit.ask({ requestHeaders: { 'Edge-Resize-Why': odd } }), 'edge-resize')).toMatch(/^w=100/);
  });

  it('keeps the original that was already cached for a short time when it is confirmed', async () => {
    kit.set({ trigger: 'origin-request' });
    const answer = await kit.ask({ status: '304', requestHeaders: { 'Edge-Resize-Why': 'decode' } });
    expect(answer.status).toBe('304');
    expect(header(answer, 'cache-control')).toBe('public, max-age=10');
  });

  it('gives an SVG its policy', async () => {
    kit.set({ trigger: 'origin-request' });
    kit.s3.objects.set('pictures/cat.jpg', SVG);
    const why = header(await handedOn(), MARK) ?? '';
    const answer = await kit.ask({
      headers: { 'Content-Type': 'image/svg+xml' },
      requestHeaders: { 'Edge-Resize-Why': why },
    });
    expect(header(answer, 'content-security-policy')).toContain('sandbox');
  });
});

it('at origin-response a viewer who sends the mark himself gets his variant', async () => {
  const answer = await kit.ask({ requestHeaders: { 'Edge-Resize-Why': 'svg' } });
  expect(header(answer, 'edge-resize')).toMatch(/^w=100/);
  kit.s3.objects.set('pictures/cat.jpg', photograph('coffee.png'));
  const first = await kit.askFirst({ requestHeaders: { 'Edge-Resize-Why': 'svg' } });
  expect(header(first, 'edge-resize')).toMatch(/fmt=png/);
});
