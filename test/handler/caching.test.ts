/** What caches are told: ETags, lifetimes, tags, policies; and refusals. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { EventParts } from '../builders/event.ts';
import { SOURCE_ETAG } from '../builders/event.ts';
import { photograph, SVG } from '../builders/images.ts';
import { handlerKit, header } from './handle-kit.ts';

const kit = handlerKit();
const OURS = '"er-0123456789abcdef0123456789abcdef"';
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

describe('304 under a variant’s key', () => {
  const confirm = (parts: EventParts = {}) =>
    kit.ask({ status: '304', requestHeaders: { 'If-None-Match': SOURCE_ETAG }, ...parts });

  it('means that what is cached is not ours: the variant is made and takes its place', async () => {
    kit.s3.headers = { 'Cache-Control': 'max-age=600', 'x-amz-meta-credit': 'SpaceX' };
    const answer = await confirm({ headers: { Via: '1.1 x' } });
    expect(answer.status).toBe('200');
    expect(header(answer, 'edge-resize')).toMatch(/^w=100/);
    expect(header(answer, 'etag')).toMatch(/^"er-/);
    expect(header(answer, 'last-modified')).toBeUndefined();
    expect(header(answer, 'cache-control')).toBe('max-age=600');
    expect(header(answer, 'x-amz-meta-credit')).toBe('SpaceX');
    expect(header(answer, 'via')).toBe('1.1 x');
  });

  it('has the ETag that the variant has when it is made of a 200', async () => {
    expect(header(await confirm(), 'etag')).toBe(header(await kit.ask(), 'etag'));
  });

  it('stays when what is confirmed is a variant of ours', async () => {
    const answer = await confirm({ requestHeaders: { 'If-None-Match': `W/"x", ${OURS}` } });
    expect(answer.status).toBe('304');
    expect(header(answer, 'etag')).toBe(SOURCE_ETAG);
    expect(kit.s3.seen).toEqual([]);
  });

  it('renews what is cached for a short time when the variant cannot be made', async () => {
    kit.s3.objects.set('pictures/cat.jpg', Buffer.from('no image'));
    const answer = await confirm();
    expect(answer.status).toBe('304');
    expect(header(answer, 'edge-resize')).toMatch(/^original;why=/);
    expect(header(answer, 'cache-control')).toBe('public, max-age=10');
    for (const gone of ['etag', 'last-modified']) expect(header(answer, gone)).toBeUndefined();
  });
});

describe('the ETag of a variant', () => {
  it('is one for each recipe, however it is spelled', async () => {
    const { rules } = kit.deps.settings;
    kit.set({ rules: { ...rules, families: ['fit', 'format'] } });
    const tag = async (querystring: string) => header(await kit.ask({ querystring }), 'etag');
    const spellings = [
      'd=100x80,f=webp,q=70',
      'd=100X80,Q=72,F=WEBP',
      'fm=webp&q=70&d=100*80',
      'p=x&d=0100x80,q=70,f=webp',
    ];
    expect(new Set(await Promise.all(spellings.map(tag))).size).toBe(1);
    expect(await tag('d=100x80,f=webp')).not.toBe(await tag(spellings[0] ?? ''));
  });
});

describe('Cache-Control', () => {
  it('of variants is what the settings say; of anything else it is not', async () => {
    kit.set({ cacheControl: 'public, max-age=31536000, immutable' });
    const variant = await kit.ask({ headers: { Expires: 'Thu, 01 Jan 1970 00:00:00 GMT' } });
    expect(header(variant, 'cache-control')).toBe('public, max-age=31536000, immutable');
    expect(header(variant, 'expires')).toBeUndefined();
    expect(header(await kit.ask({ querystring: 'd=x' }), 'cache-control')).toBe('public, max-age=10');
    expect(header(await kit.ask({ querystring: '' }), 'cache-control')).toBe('max-age=31536000');
  });
});

describe('a refusal', () => {
  it.each([
    ['d', 'd=100x80,%3Cscript%3E', 'The value of d is not valid.\n'],
    ['w', 'w=-1', 'The value of w is not valid.\n'],
    ['q', 'd=9x9&q=101', 'The value of q is not valid.\n'],
    ['size', 'd=9x9', 'This size is not made here.\n'],
  ])('names %s, is not stored and says nothing of the request', async (name, querystring, body) => {
    const { rules } = kit.deps.settings;
    const sizes = name === 'size' ? { sizes: ['50x50'], unlisted: 'refuse' as const } : {};
    kit.set({ onInvalid: '400', rules: { ...rules, families: ['format'], ...sizes } });
    const answer = await kit.ask({ querystring, headers: { Via: '1.1 x', 'x-amz-meta-secret': 's' } });
    expect(answer).toMatchObject({ status: '400', body, bodyEncoding: 'text' });
    expect(Object.keys(answer.headers).sort()).toEqual([
      'cache-control',
      'content-type',
      'edge-resize',
      'via',
      'x-content-type-options',
    ]);
    expect(header(answer, 'cache-control')).toBe('no-store');
    expect(header(answer, 'content-type')).toBe('text/plain; charset=utf-8');
    expect(header(answer, 'edge-resize')).toBe(`refused;why=invalid-${name}`);
    expect(kit.lines).toEqual([expect.objectContaining({ why: `invalid-${name}` })]);
  });

  it('of a HEAD has no body', async () => {
    kit.set({ onInvalid: '400' });
    expect(await kit.ask({ method: 'HEAD', querystring: 'd=x' })).toMatchObject({ status: '400', body: '' });
  });
});

describe('cache tags', () => {
  it('name image, size, format and build', async () => {
    const tags = header(await kit.ask({ originPath: '', uri: '/cat.jpg' }), 'edge-resize-tags');
    expect(tags).toMatch(/^image-[0-9a-f]{32},size-100x80,format-jpeg,build-b1$/);
    const fallback = header(await kit.ask({ uri: '/missing.jpg' }), 'edge-resize-tags');
    expect(fallback).toMatch(/^image-[0-9a-f]{32},size-100x80,format-original,build-b1$/);
    expect(header(await kit.ask({ querystring: 'd=x' }), 'edge-resize-tags')).toMatch(
      /^image-[0-9a-f]{32},format-original,build-b1$/,
    );
  });

  it('are not on originals that were asked for', async () => {
    expect(header(await kit.ask({ querystring: '' }), 'edge-resize-tags')).toBeUndefined();
  });
});

describe('an SVG', () => {
  const svg = (parts: EventParts = {}) =>
    kit.ask({ ...parts, headers: { 'Content-Type': 'image/svg+xml', ...parts.headers } });

  it.each(['', 'd=100x80', 'd=x'])('runs nothing: ?%s', async (querystring) => {
    kit.s3.objects.set('pictures/cat.jpg', SVG);
    expect(header(await svg({ querystring }), 'content-security-policy')).toBe(POLICY);
    const odd = { 'Content-Type': ' Image/SVG+XML; charset=utf-8' };
    expect(header(await svg({ querystring, headers: odd }), 'content-security-policy')).toBe(POLICY);
  });

  it('keeps a policy of its own', async () => {
    const headers = { 'Content-Security-Policy': "default-src 'self'" };
    for (const querystring of ['', 'd=x']) {
      expect(header(await svg({ querystring, headers }), 'content-security-policy')).toBe("default-src 'self'");
    }
  });

  it('is the only one with a policy', async () => {
    for (const querystring of ['', 'd=x', 'd=100x80']) {
      expect(header(await kit.ask({ querystring }), 'content-security-policy')).toBeUndefined();
    }
  });
});

it('whatever lies under a variant’s key keeps its type', async () => {
  for (const querystring of ['d=x', 'd=100x80']) {
    expect(header(await kit.ask({ querystring }), 'x-content-type-options')).toBe('nosniff');
  }
  expect(header(await kit.ask({ querystring: '' }), 'x-content-type-options')).toBeUndefined();
});

describe('Server-Timing', () => {
  it('is there when it is asked for', async () => {
    expect(header(await kit.ask(), 'server-timing')).toBeUndefined();
    kit.set({ serverTiming: true });
    let clock = 0;
    const now = () => {
      clock += 7;
      return clock;
    };
    const answer = await kit.ask({}, { now });
    const timing = /^fetch;dur=(\d+), image;dur=(\d+), total;dur=(\d+)$/.exec(header(answer, 'server-timing') ?? '');
    const [fetch = 0, image = 0, total = 0] = timing?.slice(1).map(Number) ?? [];
    expect([fetch, image > 0, fetch + image]).toEqual([7, true, total]);
    expect(header(answer, 'edge-resize')).toContain(`ms=${total}`);
  });
});

it('an image with + in its address is the one that S3 gave to CloudFront', async () => {
  kit.s3.objects.delete('pictures/cat.jpg');
  kit.s3.objects.set('pictures/a b.jpg', photograph('coffee.png'));
  expect(header(await kit.ask({ uri: '/a+b.jpg' }), 'edge-resize')).toContain('fmt=png');
  kit.s3.objects.set('pictures/a+b.jpg', photograph('rocket.jpg'));
  expect(header(await kit.ask({ uri: '/a+b.jpg' }), 'edge-resize')).toContain('fmt=jpeg');
  const ETag = `"${createHash('md5').update(photograph('coffee.png')).digest('hex')}"`;
  expect(header(await kit.ask({ uri: '/a+b.jpg', headers: { ETag } }), 'edge-resize')).toContain('fmt=png');
  expect(header(await kit.ask({ uri: '/a%2Bb.jpg', headers: { ETag } }), 'edge-resize')).toContain('fmt=jpeg');
});
