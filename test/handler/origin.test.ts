import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Source } from '../../handler/event.ts';
import { encodeKey, type FetchOriginal, s3Origin, signedGet } from '../../handler/origin.ts';
import { CREDENTIALS, type S3Server, startS3 } from './s3-server.ts';

const LIMITS = { maxBytes: 1000, timeoutMs: 2000 };
const BODY = Buffer.from('an original');

let s3: S3Server;
let fetchOriginal: FetchOriginal;

beforeEach(async () => {
  s3 = await startS3();
  fetchOriginal = s3Origin({ credentials: () => CREDENTIALS, now: Date.now, endpoint: s3.endpoint });
});

afterEach(() => s3.close());

const get = (...keys: [string, ...string[]]) =>
  fetchOriginal({ bucket: 'pictures', region: 'eu-west-1', keys }, LIMITS);
const put = (key: string, body = BODY) => s3.objects.set(`pictures/${key}`, body);

describe('the signed GET', () => {
  it.each([
    'cat.jpg',
    'a folder/two words.jpg',
    'a+b.jpg',
    '100%.jpg',
    '%2B.jpg',
    'a//b.jpg',
    '/leading.jpg',
    '고양이/사진.jpg',
    'émoji 🐈.png',
    "it's (a) *star*!.jpg",
    'q?x=1&y=2#z.jpg',
    'semi;colon,comma=equals@at:colon$dollar.jpg',
    '~tilde_under-dash.dot',
    'a/../b.jpg',
    '../b.jpg',
    './a/./b.jpg',
    'a/..',
  ])('reads %j', async (key) => {
    put(key);
    expect(await get(key)).toMatchObject({ bytes: BODY, etag: expect.stringMatching(/^"[0-9a-f]{32}"$/) });
    expect(s3.seen).toEqual([expect.objectContaining({ status: 200 })]);
  });

  it('is refused with another secret, token or region', async () => {
    put('cat.jpg');
    const options = { now: Date.now, endpoint: s3.endpoint };
    const source = { bucket: 'pictures', region: 'eu-west-1', keys: ['cat.jpg'] as [string] };
    const refused = (error: string) => ({ refused: 's3-403', error });
    for (const [wrong, error] of [
      [{ secretAccessKey: 'another' }, 'SignatureDoesNotMatch'],
      [{ sessionToken: 'another' }, 'InvalidToken'],
      [{ sessionToken: undefined }, 'InvalidToken'],
    ] as const) {
      const origin = s3Origin({ ...options, credentials: () => ({ ...CREDENTIALS, ...wrong }) });
      expect(await origin(source, LIMITS)).toEqual(refused(error));
    }
    const elsewhere = await fetchOriginal({ ...source, region: 'eu-west-2' }, LIMITS);
    expect(elsewhere).toEqual(refused('SignatureDoesNotMatch'));
  });

  it('goes over one connection', async () => {
    put('cat.jpg');
    for (let count = 0; count < 3; count += 1) await get('cat.jpg');
    await get('missing.jpg');
    await get('cat.jpg');
    expect(new Set(s3.seen.map(({ port }) => port)).size).toBe(1);
    expect(s3.seen.map(({ status }) => status)).toEqual([200, 200, 200, 404, 200]);
  });

  it('asks with the credentials of the moment', async () => {
    put('cat.jpg');
    let current = { ...CREDENTIALS, accessKeyId: 'ASIAEXPIRED', secretAccessKey: 'old' };
    const renewing = s3Origin({ credentials: () => current, now: Date.now, endpoint: s3.endpoint });
    const source = { bucket: 'pictures', region: 'eu-west-1', keys: ['cat.jpg'] as [string] };
    expect(await renewing(source, LIMITS)).toEqual({ refused: 's3-403', error: 'SignatureDoesNotMatch' });
    current = CREDENTIALS;
    expect(await renewing(source, LIMITS)).toMatchObject({ bytes: BODY });
  });
});

describe('when S3 does not answer well', () => {
  it('says which status and error it was, and tries a 4xx once', async () => {
    expect(await get('missing.jpg')).toEqual({ refused: 's3-404', error: 'NoSuchKey' });
    expect(s3.seen).toHaveLength(1);
  });

  it.each<[number, string, string, string]>([
    [400, 'KMS.DisabledException', 'arn:aws:kms:eu-west-1:1:key/k is disabled.', 's3-kms'],
    [400, 'KMS.NotFoundException', 'Key does not exist', 's3-kms'],
    [400, 'KMS.KMSInvalidStateException', 'k is pending deletion.', 's3-kms'],
    [
      403,
      'AccessDenied',
      'User: arn:aws:sts::1:assumed-role/r/f is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:k',
      's3-kms',
    ],
    [403, 'AccessDenied', 'Access Denied', 's3-403'],
    [403, 'InvalidObjectState', "The operation is not valid for the object's storage class", 's3-archived'],
    [503, 'SlowDown', 'Please reduce your request rate.', 's3-slow-down'],
    [404, 'NoSuchBucket', 'The specified bucket does not exist', 's3-no-bucket'],
    [301, 'PermanentRedirect', 'The bucket must be addressed using the specified endpoint.', 's3-region'],
    [400, 'AuthorizationHeaderMalformed', 'a wrong region</Message><Region>us-east-1</Region><Message>', 's3-region'],
    [400, 'AuthorizationHeaderMalformed', 'The authorization header is malformed', 's3-400'],
    [400, 'ExpiredToken', 'The provided token has expired.', 's3-400'],
    [400, 'constructor', 'toString', 's3-400'],
  ])('tells %i %s (%s) apart: %s', async (status, code, message, refused) => {
    s3.misbehave = (_request, response) => {
      response.writeHead(status).end(`<Error><Code>${code}</Code><Message>${message}</Message></Error>`);
      return true;
    };
    expect(await get('cat.jpg')).toEqual({ refused, error: code });
  });

  it('says what is wrong with the one key that is there, and of none which error was the first', async () => {
    s3.misbehave = (request, response) => {
      const code = request.url?.includes('archived') ? 'InvalidObjectState' : 'AccessDenied';
      response.writeHead(403).end(`<Error><Code>${code}</Code></Error>`);
      return true;
    };
    expect(await get('a.jpg', 'archived.jpg', 'b.jpg')).toMatchObject({ refused: 's3-archived' });
    expect(s3.seen).toHaveLength(2);
    s3.misbehave = undefined;
    expect(await get('a.jpg', 'b.jpg')).toEqual({ refused: 's3-404', error: 'NoSuchKey' });
  });

  it('takes the key that has the ETag, and the first that is there when none has', async () => {
    put('a.jpg', Buffer.from('a'));
    put('b.jpg', Buffer.from('b'));
    const source = {
      bucket: 'pictures',
      region: 'eu-west-1',
      keys: ['none.jpg', 'a.jpg', 'b.jpg'] satisfies Source['keys'],
    };
    const bytesFor = async (etag?: string) => {
      const answer = await fetchOriginal(source, { ...LIMITS, etag });
      return 'bytes' in answer ? answer.bytes.toString() : answer.refused;
    };
    expect(await bytesFor('"92eb5ffee6ae2fec3ad71c777531578f"')).toBe('b');
    expect(await bytesFor('"0cc175b9c0f1b6a831c399e269772661"')).toBe('a');
    expect(await bytesFor('"another"')).toBe('a');
    expect(await bytesFor()).toBe('a');
  });

  it('tries the other Unicode forms of a key that is not there', async () => {
    const [composed, decomposed] = ['한글 é.jpg'.normalize('NFC'), '한글 é.jpg'.normalize('NFD')];
    put(decomposed);
    expect(await get(composed, decomposed)).toMatchObject({ bytes: BODY });
    expect(s3.seen.map(({ status }) => status)).toEqual([404, 200]);
  });

  it.each([500, 503])('tries again once after %i', async (status) => {
    put('cat.jpg');
    s3.misbehave = (_request, response, count) => count === 1 && Boolean(response.writeHead(status).end());
    const started = performance.now();
    expect(await get('cat.jpg')).toMatchObject({ bytes: BODY });
    expect(performance.now() - started, 'after a pause').toBeGreaterThan(95);
    s3.misbehave = (_request, response) => Boolean(response.writeHead(status).end());
    expect(await get('cat.jpg')).toEqual({ refused: `s3-${status}` });
    expect(s3.seen).toHaveLength(4);
  });

  it('tries again once when the connection is reset, before the answer or within it', async () => {
    put('cat.jpg');
    s3.misbehave = (request, _response, count) => count === 1 && Boolean(request.socket.destroy());
    expect(await get('cat.jpg')).toMatchObject({ bytes: BODY });
    let cut = true;
    s3.misbehave = (request, response) => {
      if (!cut) return false;
      cut = false;
      response.writeHead(200, { 'content-length': 500 }).write('only the beginning', () => request.socket.destroy());
      return true;
    };
    expect(await get('cat.jpg')).toMatchObject({ bytes: BODY });
    s3.misbehave = (request) => Boolean(request.socket.destroy());
    expect(await get('cat.jpg')).toEqual({ refused: 's3-error', error: 'ECONNRESET' });
  });

  it('tries again when a kept connection was closed while the function slept', async () => {
    put('cat.jpg');
    await get('cat.jpg');
    s3.misbehave = (request, _response, count) => count === 2 && Boolean(request.socket.resetAndDestroy());
    expect(await get('cat.jpg')).toMatchObject({ bytes: BODY });
  });

  it.each(['before it answers', 'within its answer'])('leaves a connection that stands still %s', async (when) => {
    put('cat.jpg');
    await get('cat.jpg');
    s3.misbehave = (_request, response, count) => {
      if (count !== 2) return false;
      if (when === 'within its answer') response.writeHead(200, { 'content-length': 500 }).write('a part');
      return true;
    };
    const started = performance.now();
    const source = { bucket: 'pictures', region: 'eu-west-1', keys: ['cat.jpg'] as [string] };
    expect(await fetchOriginal(source, { ...LIMITS, timeoutMs: 900 })).toMatchObject({ bytes: BODY });
    expect(performance.now() - started).toBeGreaterThan(290);
    expect(new Set(s3.seen.filter(({ status }) => status === 200).map(({ port }) => port)).size).toBeGreaterThan(1);
  });

  it('names the failure of a name that cannot be resolved', async () => {
    const endpoint = 'http://nowhere.invalid';
    const nowhere = s3Origin({ credentials: () => CREDENTIALS, now: Date.now, endpoint });
    const answer = await nowhere({ bucket: 'pictures', region: 'eu-west-1', keys: ['cat.jpg'] }, LIMITS);
    expect(answer).toMatchObject({ refused: 's3-error', error: expect.stringMatching(/^(?:ENOTFOUND|EAI_AGAIN)$/) });
  });

  it('gives up after the time it has', async () => {
    put('cat.jpg');
    s3.misbehave = () => true;
    const source = { bucket: 'pictures', region: 'eu-west-1', keys: ['cat.jpg'] as [string] };
    const started = performance.now();
    expect(await fetchOriginal(source, { ...LIMITS, timeoutMs: 150 })).toEqual({ refused: 's3-timeout' });
    expect(performance.now() - started).toBeLessThan(1500);
  });

  it('gives up when the body never ends', async () => {
    s3.misbehave = (_request, response) => response.writeHead(200, { 'content-length': 500 }).write('slow');
    const source = { bucket: 'pictures', region: 'eu-west-1', keys: ['cat.jpg'] as [string] };
    expect(await fetchOriginal(source, { ...LIMITS, timeoutMs: 150 })).toEqual({ refused: 's3-timeout' });
  });

  it('reads no more bytes than it may, told or not told', async () => {
    put('exact.jpg', Buffer.alloc(1000));
    put('large.jpg', Buffer.alloc(1001));
    expect(await get('exact.jpg')).toMatchObject({ bytes: Buffer.alloc(1000) });
    expect(await get('large.jpg')).toEqual({ refused: 'too-many-bytes' });
    s3.misbehave = (_request, response) => Boolean(response.writeHead(200).end(Buffer.alloc(200_000)));
    expect(await get('untold.jpg')).toEqual({ refused: 'too-many-bytes' });
  });

  it('says so when nobody is there', async () => {
    await s3.close();
    expect(await get('cat.jpg')).toEqual({ refused: 's3-error', error: 'ECONNREFUSED' });
    s3 = await startS3();
  });
});

describe('the address', () => {
  const options = { credentials: () => CREDENTIALS, now: () => Date.UTC(2026, 10, 22, 9, 8, 7) };

  it('is the bucket of its region, over https', () => {
    expect(signedGet(options, 'pictures', 'eu-west-1', 'a b/c.jpg')).toMatchObject({
      protocol: 'https:',
      hostname: 'pictures.s3.eu-west-1.amazonaws.com',
      path: '/a%20b/c.jpg',
      headers: { Host: 'pictures.s3.eu-west-1.amazonaws.com', 'X-Amz-Date': '20261122T090807Z' },
    });
  });

  it('has the bucket in the path where its dots would not match the certificate', () => {
    expect(signedGet(options, 'my.pictures', 'us-east-1', 'a.jpg')).toMatchObject({
      hostname: 's3.us-east-1.amazonaws.com',
      path: '/my.pictures/a.jpg',
    });
  });
});

it('escapes all but the unreserved characters of RFC 3986, and keeps slashes', () => {
  expect(encodeKey("a b+c/d'e(f)*!~-_.ü")).toBe('a%20b%2Bc/d%27e%28f%29%2A%21~-_.%C3%BC');
});
