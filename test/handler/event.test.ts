import { describe, expect, it } from 'vitest';
import { sourceOf } from '../../handler/event.ts';
import { headerBytes, pictureBudget, responseBytes } from '../../handler/limits.ts';
import { type EventParts, headerMap, originResponse } from '../builders/event.ts';
import { defaultSettings } from '../bundle/built-handler.ts';

const buckets = { pictures: 'eu-west-1', 'my.dotted.bucket': 'ap-northeast-2', 's3.odd': 'us-east-1' };
const source = (parts: EventParts) =>
  sourceOf(originResponse(parts).Records[0].cf.request, defaultSettings({ buckets }));

describe('the original of a request', () => {
  it.each([
    ['pictures.s3.eu-west-1.amazonaws.com', 'pictures', 'eu-west-1'],
    ['pictures.s3.amazonaws.com', 'pictures', 'eu-west-1'],
    ['pictures.s3-eu-west-1.amazonaws.com', 'pictures', 'eu-west-1'],
    ['pictures.s3.dualstack.eu-west-1.amazonaws.com', 'pictures', 'eu-west-1'],
    ['my.dotted.bucket.s3.ap-northeast-2.amazonaws.com', 'my.dotted.bucket', 'ap-northeast-2'],
    ['s3.odd.s3.us-east-1.amazonaws.com', 's3.odd', 'us-east-1'],
  ])('%s is bucket %s in %s', (domainName, bucket, region) => {
    expect(source({ domainName })).toMatchObject({ bucket, region });
  });

  it.each([
    ['/cat.jpg', 'cat.jpg'],
    ['/a%20b%2Bc+d.jpg', 'a b+c+d.jpg'],
    ['/100%25.jpg', '100%.jpg'],
    ['/%252B.jpg', '%2B.jpg'],
    ['/a//b.jpg', 'a//b.jpg'],
    ['//b.jpg', '/b.jpg'],
    ['/%EA%B3%A0.jpg', '고.jpg'],
    ['/고.jpg', '고.jpg'],
  ])('%s is key %s', (uri, key) => {
    const found = source({ uri });
    expect('refused' in found ? found : found.keys[0]).toBe(key);
  });

  it('lies under the origin path', () => {
    expect(source({ originPath: '/live/2026', uri: '/cat.jpg' })).toMatchObject({ keys: ['live/2026/cat.jpg'] });
  });

  it('is tried in the other Unicode forms', () => {
    expect(source({ uri: `/${encodeURIComponent('é'.normalize('NFD'))}` })).toMatchObject({
      keys: ['é'.normalize('NFD'), 'é'.normalize('NFC')],
    });
    expect(source({ uri: '/plain.jpg' })).toMatchObject({ keys: ['plain.jpg'] });
  });

  it('is tried with a space for each bare +', () => {
    expect(source({ uri: '/a+b%2Bc.jpg' })).toMatchObject({ keys: ['a+b+c.jpg', 'a b+c.jpg'] });
    expect(source({ uri: '/a%2Bb.jpg' })).toMatchObject({ keys: ['a+b.jpg'] });
  });

  it.each<[string, EventParts]>([
    ['origin', { origin: null }],
    ['origin', { origin: { custom: { domainName: 'example.com' } } }],
    ['origin', { domainName: 'pictures.example.com' }],
    ['origin', { domainName: 'pictures.s3.eu-west-1.amazonaws.com.evil.example' }],
    ['origin', { domainName: 'pictures.s3-website.eu-west-1.amazonaws.com' }],
    ['bucket', { domainName: 'other.s3.eu-west-1.amazonaws.com' }],
    ['bucket', { domainName: 'constructor.s3.amazonaws.com' }],
    ['key', { uri: '/%E9.jpg' }],
    ['key', { uri: '/%zz' }],
    ['key', { uri: '/%' }],
    ['key', { uri: '/' }],
    ['key', { uri: '/\ud800.jpg' }],
    ['key', { uri: '/%ED%A0%80.jpg' }],
  ])('is refused (%s): %j', (why, parts) => {
    expect(source(parts)).toEqual({ refused: why });
  });
});

describe('the limit of a response', () => {
  it('counts base64 text and header lines', () => {
    const headers = headerMap({ 'Content-Type': 'image/jpeg', ETag: '"x"' });
    expect(headerBytes(headers)).toBe('Content-Type: image/jpeg\r\nETag: "x"\r\n'.length);
    expect(responseBytes('QUJD', headers)).toBe(4 + headerBytes(headers));
  });

  it('leaves a picture that stays under it once it is text', () => {
    const headers = headerMap({ Server: 'AmazonS3' });
    const budget = pictureBudget(1_048_576, headers);
    const text = Math.ceil(budget / 3) * 4;
    expect(text + headerBytes(headers)).toBeLessThanOrEqual(1_048_576 - 512);
    expect(budget).toBeGreaterThan(780_000);
    expect(pictureBudget(100, headers)).toBe(0);
  });
});
