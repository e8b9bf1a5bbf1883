/** Whatever comes to either port is answered or refused; nothing that was sent ends the process or hangs it. */
import { connect } from 'node:net';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestAws, type TestAws } from '../builders/local-aws.ts';
import { makeSite, type Site } from './edge/site.ts';
import { type RawRequest, send, sign } from './wire/send.ts';

/** Merges what the query says into the answer, so that a test chooses what the function says. */
const OBEDIENT = `exports.handler = async (event) => {
  const { request, response } = event.Records[0].cf;
  return { ...response, ...JSON.parse(decodeURIComponent(request.querystring.slice(2)) || '{}') };
};`;

const saying = (answer: unknown) => `/a.jpg?d=${encodeURIComponent(JSON.stringify(answer))}`;

let aws: TestAws;
let site: Site;
beforeAll(async () => {
  aws = await startTestAws();
  site = await makeSite(aws, { handler: OBEDIENT });
});
afterAll(() => aws.close());

const stillThere = async () => {
  expect((await send(aws.aws, { path: '/_local/info' })).status).toBe(200);
  expect((await site.get(saying({}))).status).toBe(200);
};

/** The status line's status of what came back; 0 when the connection was closed without an answer. */
function talk(endpoint: string, bytes: Buffer): Promise<number> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(Number(new URL(endpoint).port), '127.0.0.1', () => socket.end(bytes));
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => undefined).on('close', () => resolve(Number(text.slice(9, 12))));
  });
}

const PIECES = [
  ...['/', '?', 'd=', '%', '%ff', '%00', '%0d%0a', '..', '//', '\\', '__proto__', 'constructor', 'http://x/', '*'],
  ...['\r\n', '\r\n\r\n', ': ', 'Host: localhost', 'Host: [::1]:1', 'Content-Length: 5', 'Transfer-Encoding: chunked'],
  ...['Range: bytes=', '0-', '-1', 'If-None-Match: ', 'Expect: 100-continue', 'Upgrade: h2c', 'Connection: upgrade'],
  ...[
    'X-Amz-Target: Logs_20140328.',
    'Action=',
    '&Version=2010-05-08',
    'X-Amz-Signature=',
    'x-edge-location: eu-west-1',
  ],
  'Authorization: AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0a',
];
const noise = fc
  .array(fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...PIECES) }, fc.string({ unit: 'binary' })), {
    maxLength: 20,
  })
  .map((parts) => parts.join(''));
const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE');

test('bytes that are almost HTTP', async () => {
  const message = fc.tuple(method, noise, noise).map(([verb, target, rest]) => {
    return Buffer.from(`${verb} /${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${rest}\r\n\r\n`);
  });
  const bytes = fc.oneof(
    message,
    noise.map((text) => Buffer.from(text)),
    fc.uint8Array().map(Buffer.from),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (sent) => {
      for (const endpoint of [aws.aws, aws.cdn]) expect(await talk(endpoint, Buffer.from(sent))).not.toBe(500);
    }),
    { numRuns: 250 },
  );
  await stillThere();
});

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_BODY = { 'content-type': 'application/json' };
const TARGETS: (RawRequest & { service: string })[] = [
  ...['GetRole', 'CreateRole', 'TagRole', 'constructor'].map((action) => {
    return { service: 'iam', method: 'POST', path: '/', headers: FORM, body: `Version=2010-05-08&Action=${action}&` };
  }),
  ...['FilterLogEvents', 'PutLogEvents', 'CreateLogGroup', '__proto__'].map((operation) => {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Logs_20140328.${operation}` };
    return { service: 'logs', method: 'POST', path: '/', headers, body: '' };
  }),
  ...['functions', 'functions/f/versions', 'functions/%/code'].map((path) => {
    return { service: 'lambda', method: 'POST', path: `/2015-03-31/${path}`, headers: JSON_BODY, body: '' };
  }),
  ...['distribution', 'distribution/E1/invalidation', 'cache-policy', 'constructor'].map((path) => {
    return { service: 'cloudfront', method: 'POST', path: `/2020-05-31/${path}`, body: '' };
  }),
  ...['/new-bucket', '/pictures/%ff', '/__proto__', '//', '/pictures/..'].map((path) => {
    return { service: 's3', method: 'PUT', path, body: '' };
  }),
];
const xml = fc
  .array(
    fc.constantFrom('<a>', '</a>', '<a/>', '<?xml ?>', '<!DOCTYPE a [<!ENTITY b "c">]>', '&b;', '&#0;', '<![CDATA['),
  )
  .map((parts) => parts.join(''));
const fields = fc
  .array(fc.tuple(fc.constantFrom('RoleName', 'Tags.member.1.Key', 'Tags.member.99999999999.Key', '__proto__'), noise))
  .map((pairs) => pairs.map((pair) => pair.join('=')).join('&'));
const deep = fc.constantFrom('[', '{"a":', '<a>').map((text) => text.repeat(20_000));
const body = fc.oneof(fc.json(), xml, fields, noise, deep);

test('signed calls with bodies of all kinds never meet a defect', async () => {
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...TARGETS), body, async ({ service, ...target }, text) => {
      const raw = { ...target, body: `${target.body}${text}` };
      const answer = await send(aws.aws, sign(aws.aws, raw, { service }));
      expect(answer.text).not.toContain('The local AWS failed');
      expect(answer.status).not.toBe(500);
    }),
    { numRuns: 300 },
  );
  await stillThere();
});

test('whatever a function answers becomes a response', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 10 });
  const header = fc.record({ key: text, value: fc.oneof(text, fc.integer()) }, { requiredKeys: [] });
  const headers = fc.dictionary(
    fc.oneof(fc.constantFrom('x-a', 'content-length', 'etag', '__proto__'), text),
    fc.array(header),
  );
  const status = fc.oneof(fc.integer({ min: 90, max: 610 }).map(String), fc.jsonValue());
  const said = fc.record(
    { headers: fc.oneof(headers, fc.jsonValue()), status, statusDescription: text, body: fc.jsonValue() },
    { requiredKeys: [] },
  );
  await fc.assert(
    fc.asyncProperty(said, async (answer) => {
      const { status: code } = await send(aws.cdn, { path: saying(answer) });
      expect(code).toBeGreaterThanOrEqual(200);
      expect(code === 500 && answer.status !== '500').toBe(false);
    }),
    { numRuns: 150 },
  );
  await stillThere();
});

test.each([
  ['a header that is no byte', { headers: { 'x-a': [{ value: 'Ω' }] } }],
  ['a header of two lines', { headers: { 'x-a': [{ value: 'a\r\nb: c' }] } }],
])('%s is refused', async (_what, answer) => {
  const response = await site.get(saying(answer));
  expect([response.status, response.headers.get('x-cache')?.split(' from ')[0]]).toEqual([
    502,
    'LambdaValidationError',
  ]);
});

test('an answer that HTTP cannot carry ends its request alone', async () => {
  const lax = await startTestAws({ off: ['edge.header-shape', 's3.response-header'] });
  try {
    const open = await makeSite(lax, { handler: OBEDIENT });
    expect((await open.get(saying({ headers: { 'x-a': [{ value: 'a\r\nb: c' }] } }))).status).toBe(500);
    const get = new GetObjectCommand({ Bucket: 'pictures', Key: 'a.jpg', ResponseContentType: 'a\r\nb' });
    await expect(lax.clients.s3.send(get)).rejects.toThrow();
    expect((await send(lax.aws, { path: '/_local/info' })).status).toBe(200);
  } finally {
    await lax.close();
  }
});
