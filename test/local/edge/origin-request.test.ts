/** Functions at origin-request, alone and together with one at origin-response. */
import { afterEach, describe, expect, test } from 'vitest';
import { startTestAws, type TestAws, type TestAwsOptions } from '../../builders/local-aws.ts';
import { makeSite, type Site, type SiteOptions } from './site.ts';

const started: TestAws[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((aws) => aws.close()));
});

async function site(options: SiteOptions, local: TestAwsOptions = {}): Promise<Site> {
  const aws = await startTestAws(local);
  started.push(aws);
  return makeSite(aws, { triggers: ['origin-request'], ...options });
}

const resultOf = (response: Response) => response.headers.get('x-cache')?.replace(' from cloudfront', '');

/** A handler of statements that have `cf`, `request` and, at origin-response, `response`. */
const handlerOf = (statements: string) =>
  `exports.handler = async (event) => { const { cf } = event.Records[0]; const { request, response } = cf; ${statements} };`;

test('the event has no response, and the request as it goes to the origin', async () => {
  const handler = handlerOf(`return { status: '200', body: JSON.stringify(event) };`);
  const pictures = await site({ handler, region: 'eu-west-1' });
  const answer = await pictures.get('/a%20b.jpg?d=1x1&utm=1', { range: 'bytes=0-' });
  const { cf } = ((await answer.json()) as { Records: [{ cf: Record<string, Record<string, unknown>> }] }).Records[0];
  expect(Object.keys(cf)).toEqual(['config', 'request']);
  expect(cf.config).toMatchObject({ eventType: 'origin-request', requestId: answer.headers.get('x-amz-cf-id') });
  expect(cf.request).toMatchObject({
    method: 'GET',
    uri: '/a%20b.jpg',
    querystring: 'd=1x1',
    headers: {
      host: [{ key: 'Host', value: 'pictures.s3.eu-west-1.amazonaws.com' }],
      range: [{ key: 'Range', value: 'bytes=0-' }],
    },
    origin: { s3: { domainName: 'pictures.s3.eu-west-1.amazonaws.com', path: '', region: 'eu-west-1' } },
  });
});

describe('a response', () => {
  const MADE =
    handlerOf(`return { status: '200', bodyEncoding: 'base64', body: Buffer.from('made of ' + request.querystring).toString('base64'),
    headers: { 'cache-control': [{ value: 'max-age=60' }], etag: [{ value: '"own"' }], 'x-count': [{ value: String(globalThis.count = (globalThis.count || 0) + 1) }] } };`);

  test('is kept under the key for as long as it says, and cut for HEAD and ranges', async () => {
    let now = Date.now();
    const pictures = await site({ handler: MADE, objects: {} }, { now: () => now });
    const first = await pictures.get('/a.jpg?d=1x1', { range: 'bytes=0-3' });
    expect([first.status, resultOf(first), await first.text()]).toEqual([206, 'LambdaGeneratedResponse', 'made']);
    expect(first.headers.get('content-range')).toBe('bytes 0-3/13');
    const second = await pictures.get('/a.jpg?d=1x1');
    expect([resultOf(second), await second.text()]).toEqual(['Hit', 'made of d=1x1']);
    const head = await pictures.get('/a.jpg?d=1x1', {}, 'HEAD');
    expect([resultOf(head), head.headers.get('content-length')]).toEqual(['Hit', '13']);
    now += 61_000;
    const later = await pictures.get('/a.jpg?d=1x1');
    expect([resultOf(later), later.headers.get('x-count')]).toEqual(['LambdaGeneratedResponse', '2']);
  });

  test('does not meet the function at origin-response', async () => {
    const handler = handlerOf(
      `if (!response) return { status: '200', body: 'made' }; return { ...response, body: 'changed' };`,
    );
    const pictures = await site({ handler, triggers: ['origin-request', 'origin-response'] });
    expect(await (await pictures.get('/a.jpg')).text()).toBe('made');
  });

  test('of an error is kept ten seconds, one over 1 MB or of a wrong form is 502', async () => {
    let now = Date.now();
    const error = await site({ handler: handlerOf(`return { status: '404', body: 'none' };`) }, { now: () => now });
    const missing = await error.get('/a.jpg');
    expect([missing.status, resultOf(missing), await missing.text()]).toEqual([404, 'LambdaGeneratedResponse', 'none']);
    now += 9000;
    expect(resultOf(await error.get('/a.jpg'))).toBe('Error');
    now += 1001;
    expect(resultOf(await error.get('/a.jpg'))).toBe('LambdaGeneratedResponse');
    const big = await site({ handler: handlerOf(`return { status: '200', body: 'x'.repeat(1048577) };`) });
    expect(resultOf(await big.get('/a.jpg'))).toBe('LambdaValidationError');
    const wrong = await site({ handler: handlerOf(`return { status: 200 };`) });
    expect(resultOf(await wrong.get('/a.jpg'))).toBe('LambdaValidationError');
  });
});

describe('a request', () => {
  test('goes to the origin with another path; the key stays', async () => {
    const handler = handlerOf(`return { ...request, uri: '/b.jpg' };`);
    const pictures = await site({ handler, objects: { 'b.jpg': { body: 'other' } } });
    const first = await pictures.get('/a.jpg');
    expect([resultOf(first), await first.text()]).toEqual(['Miss', 'other']);
    expect(resultOf(await pictures.get('/a.jpg'))).toBe('Hit');
    expect(resultOf(await pictures.get('/b.jpg'))).toBe('Miss');
  });

  test('has headers that S3 and the function at origin-response see', async () => {
    const handler = handlerOf(`
      if (!response) {
        request.headers['x-mark'] = [{ key: 'X-Mark', value: 'refused' }];
        request.headers.range = [{ key: 'Range', value: 'bytes=0-3' }];
        return { ...request, querystring: 'seen=1' };
      }
      return { ...response, headers: { ...response.headers, 'x-saw': [{ value: request.headers['x-mark'][0].value + ' ' + request.querystring }] } };`);
    const pictures = await site({ handler, triggers: ['origin-request', 'origin-response'] });
    const answer = await pictures.get('/a.jpg?d=1x1');
    expect([answer.status, await answer.text(), answer.headers.get('x-saw')]).toEqual([206, 'orig', 'refused seen=1']);
  });

  test.each([
    ['no object', `return 'request';`, /must be an object type/],
    ['another method', `return { ...request, method: 'POST' };`, /method is read-only/],
    ['a path without slash', `return { ...request, uri: 'a.jpg' };`, /must begin with a slash/],
    ['a query that is no string', `return { ...request, querystring: {} };`, /querystring must be a string/],
    ['a header without list', `request.headers['x-a'] = 'b'; return request;`, /x-a must be an array/],
    [
      'a black-listed header',
      `request.headers['x-edge-a'] = [{ value: 'b' }]; return request;`,
      /x-edge-a is not allowed/,
    ],
    ['a changed Via', `request.headers.via = [{ value: 'me' }]; return request;`, /via is read-only/],
    ['an Accept-Encoding', `request.headers['accept-encoding'] = [{ value: 'gzip' }]; return request;`, /is read-only/],
  ])('with %s is 502, and the reason is in the distribution’s log', async (_name, statements, reason) => {
    const pictures = await site({ handler: handlerOf(statements) });
    const answer = await pictures.get('/a.jpg');
    expect([answer.status, resultOf(answer)]).toEqual([502, 'LambdaValidationError']);
    const lines = await pictures.log('us-east-1', `/aws/cloudfront/LambdaEdge/${pictures.id}`);
    expect(lines.join('')).toMatch(reason);
  });

  test('to another origin is said not to be modelled', async () => {
    const handler = handlerOf(`request.origin.s3.domainName = 'other.s3.amazonaws.com'; return request;`);
    const answer = await (await site({ handler })).get('/a.jpg');
    expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining('another origin')]);
  });
});

test('a function that fails is 503, and nothing is asked of the origin', async () => {
  const pictures = await site({ handler: handlerOf(`throw new Error('no');`) });
  const answer = await pictures.get('/a.jpg');
  expect([answer.status, resultOf(answer)]).toEqual([503, 'LambdaExecutionError']);
});

test('an expired object is confirmed with its ETag, which the function sees and S3 answers', async () => {
  let now = Date.now();
  const handler = handlerOf(`console.log('etag', request.headers['if-none-match']?.[0].value); return request;`);
  const pictures = await site({ handler, ttl: { default: 60 } }, { now: () => now });
  const etag = (await pictures.get('/a.jpg')).headers.get('etag');
  now += 61_000;
  expect(resultOf(await pictures.get('/a.jpg'))).toBe('RefreshHit');
  expect((await pictures.log('us-east-1')).join('')).toContain(`etag ${etag}`);
});
