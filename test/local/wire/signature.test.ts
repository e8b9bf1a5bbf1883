import { createHash, createHmac } from 'node:crypto';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import aws4 from 'aws4';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Shape } from '../../../src/local/wire/codecs.ts';
import type { CallContext } from '../../../src/local/wire/service.ts';
import { type Echo, startEcho } from './echo.ts';
import { type RawRequest, send, sign } from './send.ts';

let echo: Echo;
const heard: { input: Shape; context?: CallContext } = { input: {} };

beforeAll(async () => {
  const record = (answer: Shape) => (input: Shape, context: CallContext) => {
    heard.input = input;
    heard.context = context;
    return answer;
  };
  echo = await startEcho({
    s3: { PutObject: record({ ETag: '"e"' }), GetObject: record({ Body: Buffer.from('body') }) },
    lambda: { ListFunctions: record({ Functions: [] }) },
  });
});
afterAll(() => echo.close());

const body = 'Action=GetCallerIdentity&Version=2011-06-15';
const FORM: RawRequest = {
  method: 'POST',
  path: '/',
  headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-extra': 'one' },
  body,
};

describe('a request that is altered on its way', () => {
  const flip = (text: string, at: number) => text.slice(0, at) + (text[at] === '0' ? '1' : '0') + text.slice(at + 1);

  it('is let in when it is not', async () => {
    expect(await send(echo.endpoint, sign(echo.endpoint, FORM, { service: 'sts' }))).toMatchObject({ status: 200 });
  });

  it.each<[string, (raw: RawRequest) => RawRequest]>([
    ['signature', (raw) => withHeader(raw, 'authorization', (text) => flip(text, text.length - 1))],
    ['first byte of the signature', (raw) => withHeader(raw, 'authorization', (text) => flip(text, text.length - 64))],
    ['region', (raw) => withHeader(raw, 'authorization', (text) => text.replace('us-east-1', 'us-east-2'))],
    ['signed header', (raw) => withHeader(raw, 'x-extra', () => 'onf')],
    [
      'date',
      (raw) => withHeader(raw, 'x-amz-date', (text) => text.replace(/.Z$/, (end) => (end === '0Z' ? '1Z' : '0Z'))),
    ],
    ['body', (raw) => ({ ...raw, body: `${raw.body}&` })],
    ['path', (raw) => ({ ...raw, path: '/a' })],
    ['query', (raw) => ({ ...raw, path: '/?a' })],
    ['method', (raw) => ({ ...raw, method: 'PUT', body: raw.body })],
  ])('is refused: %s', async (_what, alter) => {
    const response = await send(echo.endpoint, alter(sign(echo.endpoint, FORM, { service: 'sts' })));
    expect(response).toMatchObject({ status: _what === 'method' ? 400 : 403 });
    if (_what !== 'method') expect(response.code).toBe('SignatureDoesNotMatch');
  });

  const withHeader = (raw: RawRequest, name: string, change: (text: string) => string): RawRequest => ({
    ...raw,
    headers: { ...raw.headers, [name]: change(raw.headers?.[name] ?? '') },
  });
});

describe('each service says in its own way', () => {
  const wrong = () => ({ ...echo.client, credentials: { accessKeyId: 'test', secretAccessKey: 'wrong' } });
  const unknown = () => ({ ...echo.client, credentials: { accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' } });

  it('that the secret key is wrong', async () => {
    await expect(new IAMClient(wrong()).send(new GetRoleCommand({ RoleName: 'r' }))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(new S3Client(wrong()).send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
      $metadata: { httpStatusCode: 403 },
    });
    await expect(new LambdaClient(wrong()).send(new ListFunctionsCommand({}))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      $metadata: { httpStatusCode: 403 },
    });
  });

  it('that there is no such key', async () => {
    await expect(new IAMClient(unknown()).send(new GetRoleCommand({ RoleName: 'r' }))).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
    await expect(new S3Client(unknown()).send(new GetObjectCommand({ Bucket: 'b', Key: 'k' }))).rejects.toMatchObject({
      name: 'InvalidAccessKeyId',
    });
    await expect(new LambdaClient(unknown()).send(new ListFunctionsCommand({}))).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
  });

  it('that the authorization header is no such header', async () => {
    const headers = { authorization: 'AWS4-HMAC-SHA256 nonsense' };
    expect(await send(echo.endpoint, { path: '/bucket/key', headers })).toMatchObject({
      status: 400,
      code: 'AuthorizationHeaderMalformed',
    });
    expect((await send(echo.endpoint, { path: '/2015-03-31/functions', headers })).headers['x-amzn-errortype']).toBe(
      'IncompleteSignatureException',
    );
  });
});

it('lets unsigned requests through to S3, as nobody', async () => {
  expect(await send(echo.endpoint, { path: '/bucket/key' })).toMatchObject({ status: 200, text: 'body' });
  expect(heard.context?.principal.kind).toBe('anonymous');
});

it('takes the region from the credential scope', async () => {
  await new S3Client({ ...echo.client, region: 'ap-northeast-2' }).send(
    new GetObjectCommand({ Bucket: 'b', Key: 'k' }),
  );
  expect(heard.context).toMatchObject({ region: 'ap-northeast-2', principal: { administrator: true } });
});

it.each(['a b', 'a+b', '//a', 'a%2Fb', "q'(1)*!", '한글.jpg', 'a?b&c=d'])(
  'agrees with a signer of another make about the key %j',
  async (key) => {
    const path = `/bucket/${encodeURIComponent(key).replace(/%2F/g, '/')}`;
    const { host } = new URL(echo.endpoint);
    const options = { service: 's3', region: 'us-east-1', host, path, method: 'GET', headers: {} };
    const { headers } = aws4.sign(options, { accessKeyId: 'test', secretAccessKey: 'test' });
    const response = await send(echo.endpoint, {
      path,
      headers: Object.fromEntries(
        Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
      ),
    });
    expect(response.status).toBe(200);
    expect(heard.input.Key).toBe(key);
  },
);

describe('presigned URLs', () => {
  const presign = async (query: Record<string, string> = {}) => {
    const { hostname, port, host } = new URL(echo.endpoint);
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const signer = new SignatureV4({
      service: 's3',
      region: 'us-east-1',
      credentials,
      sha256: Sha256,
      uriEscapePath: false,
      applyChecksum: false,
    });
    const request = new HttpRequest({
      method: 'GET',
      hostname,
      port: Number(port),
      path: '/bucket/a%20b',
      headers: { host },
      query,
      body: {},
    });
    const signed = await signer.presign(request, { expiresIn: 60 });
    return `${signed.path}?${new URLSearchParams(signed.query as Record<string, string>)}`.replaceAll('+', '%20');
  };

  it('open what they were made for', async () => {
    const path = await presign({ 'response-content-type': 'text/plain' });
    expect(await send(echo.endpoint, { path })).toMatchObject({ status: 200, text: 'body' });
    expect(heard.input).toMatchObject({ Key: 'a b', ResponseContentType: 'text/plain' });
  });

  it('open nothing else', async () => {
    const path = await presign({ 'response-content-type': 'text/plain' });
    expect(await send(echo.endpoint, { path: path.replace('a%20b', 'a%20c') })).toMatchObject({
      status: 403,
      code: 'SignatureDoesNotMatch',
    });
    expect(await send(echo.endpoint, { path: path.replace('text%2Fplain', 'text%2Fhtml') })).toMatchObject({
      status: 403,
      code: 'SignatureDoesNotMatch',
    });
  });
});

describe('bodies in chunks', () => {
  const chunk = (text: string, extra = '') => `${Buffer.byteLength(text).toString(16)}${extra}\r\n${text}\r\n`;
  const streaming = (kind: string, content: string): RawRequest => ({
    method: 'PUT',
    path: '/bucket/key',
    headers: {
      'content-encoding': 'aws-chunked',
      'x-amz-content-sha256': kind,
      'x-amz-decoded-content-length': String(Buffer.byteLength(content)),
    },
  });

  it('are put together, and trailers read as headers', async () => {
    const framed = `${chunk('hello ')}${chunk('세계')}0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n`;
    const raw = { ...streaming('STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'hello 세계'), body: framed };
    expect(await send(echo.endpoint, sign(echo.endpoint, raw, { service: 's3' }))).toMatchObject({ status: 200 });
    expect(String(Buffer.from(heard.input.Body as Uint8Array))).toBe('hello 세계');
    expect(heard.input).toMatchObject({ ChecksumCRC32: 'AAAAAA==', ContentLength: 12 });
    expect(heard.input.ContentEncoding).toBeUndefined();
  });

  it('carry a signature each', async () => {
    const at = Date.now();
    const request = sign(echo.endpoint, streaming('STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'hello'), {
      service: 's3',
      at,
    });
    const seed = /Signature=(\w+)$/.exec(request.headers?.authorization ?? '')?.[1] ?? '';
    const first = chunkSignature(seed, 'hello', at);
    const last = chunkSignature(first, '', at);
    const framed = (text: string) => `${chunk(text, `;chunk-signature=${first}`)}0;chunk-signature=${last}\r\n\r\n`;
    expect(await send(echo.endpoint, { ...request, body: framed('hello') })).toMatchObject({ status: 200 });
    expect(await send(echo.endpoint, { ...request, body: framed('hellp') })).toMatchObject({
      status: 400,
      code: 'XAmzContentSHA256Mismatch',
    });
  });

  it('are refused when they end too soon', async () => {
    const raw = { ...streaming('STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'hello'), body: 'a\r\nhello' };
    expect(await send(echo.endpoint, sign(echo.endpoint, raw, { service: 's3' }))).toMatchObject({
      status: 400,
      code: 'IncompleteBody',
    });
  });

  it('come from the SDK when it is asked for them', async () => {
    const s3 = new S3Client({ ...echo.client, requestStreamBufferSize: 65_536 });
    await s3.send(new PutObjectCommand({ Bucket: 'b', Key: 'k', Body: Buffer.alloc(200_000, 'x') }));
    expect((heard.input.Body as Uint8Array).byteLength).toBe(200_000);
  });
});

/** From the SigV4 streaming documentation. */
function chunkSignature(prior: string, text: string, at: number): string {
  const hash = (data: string) => createHash('sha256').update(data).digest('hex');
  const date = new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');
  const day = date.slice(0, 8);
  const scope = `${day}/us-east-1/s3/aws4_request`;
  const key = [day, 'us-east-1', 's3', 'aws4_request'].reduce<Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    Buffer.from('AWS4test'),
  );
  const toSign = ['AWS4-HMAC-SHA256-PAYLOAD', date, scope, prior, hash(''), hash(text)].join('\n');
  return createHmac('sha256', key).update(toSign).digest('hex');
}

it('knows the caller of a session by its token', async () => {
  const sts = new STSClient(echo.client);
  expect(await sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: '000000000000',
    Arn: 'arn:aws:iam::000000000000:user/admin',
  });
});
