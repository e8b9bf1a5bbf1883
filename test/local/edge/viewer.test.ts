/** CloudFront Functions on a behavior, through the CDN port. */
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
  return makeSite(aws, options);
}

const resultOf = (response: Response) => response.headers.get('x-cache')?.replace(' from cloudfront', '');

/** Answers with what the function was given, as JSON. */
const TELL = `function handler(event) {
  return { statusCode: 200, headers: { 'content-type': { value: 'application/json' } }, body: JSON.stringify(event) };
}`;

const LOWER = `function handler(event) {
  var request = event.request;
  var query = request.querystring;
  request.querystring = query.D ? { d: { value: query.D.value.toLowerCase() } } : query;
  return request;
}`;

describe('at viewer-request', () => {
  test('it runs before the cache key: two spellings, one object', async () => {
    const handler = `exports.handler = async (event) => {
      const { request, response } = event.Records[0].cf;
      return { ...response, body: request.querystring, headers: { ...response.headers, 'x-uri': [{ value: request.uri }] } };
    };`;
    const pictures = await site({ handler, viewer: { request: LOWER } });
    const first = await pictures.get('/a.jpg?D=1X1&utm=1');
    expect([resultOf(first), await first.text()]).toEqual(['Miss', 'd=1x1']);
    const second = await pictures.get('/a.jpg?D=1x1&utm=2');
    expect([resultOf(second), await second.text()]).toEqual(['Hit', 'd=1x1']);
    expect(resultOf(await pictures.get('/a.jpg?d=1x1'))).toBe('Hit');
  });

  test('the event is as documented: several values, cookies apart, nothing decoded', async () => {
    const pictures = await site({ viewer: { request: TELL } });
    const answer = await pictures.get('/a%20b.jpg?d=1x1&tag=%EA%B3%A0&tag=b&flag', {
      cookie: 'id=1; id=2; theme=dark',
      accept: 'image/avif,image/webp',
    });
    expect([answer.status, resultOf(answer)]).toEqual([200, 'FunctionGeneratedResponse']);
    expect(answer.headers.get('server')).toBe('CloudFront');
    const event = (await answer.json()) as Record<string, Record<string, unknown>>;
    expect(event).toMatchObject({
      version: '1.0',
      context: { distributionId: pictures.id, eventType: 'viewer-request' },
      viewer: { ip: '127.0.0.1' },
      request: {
        method: 'GET',
        uri: '/a%20b.jpg',
        querystring: {
          d: { value: '1x1' },
          tag: { value: '%EA%B3%A0', multiValue: [{ value: '%EA%B3%A0' }, { value: 'b' }] },
          flag: { value: '' },
        },
        headers: { accept: { value: 'image/avif,image/webp' } },
        cookies: { id: { value: '1', multiValue: [{ value: '1' }, { value: '2' }] }, theme: { value: 'dark' } },
      },
    });
    expect(event.context?.requestId).toBe(answer.headers.get('x-amz-cf-id'));
    expect(event.request?.headers).not.toHaveProperty('cookie');
    expect(event.request?.headers).not.toHaveProperty('connection');
  });

  test('what it leaves alone goes on as it was sent', async () => {
    const handler = `exports.handler = async (event) => {
      const { request, response } = event.Records[0].cf;
      return { ...response, body: JSON.stringify({ uri: request.uri, query: request.querystring, headers: request.headers }) };
    };`;
    const same = 'function handler(event) { return event.request; }';
    const edit: SiteOptions['edit'] = (config) => {
      const behavior = config.DefaultCacheBehavior;
      if (!behavior) return;
      behavior.CachePolicyId = undefined;
      behavior.MinTTL = 0;
      behavior.ForwardedValues = {
        QueryString: true,
        Headers: { Quantity: 1, Items: ['X-Own'] },
        Cookies: { Forward: 'all' },
      };
    };
    const pictures = await site({ handler, viewer: { request: same }, objects: { 'a b.jpg': { body: 'x' } }, edit });
    const answer = await pictures.get('/a%20b.jpg?b=%2C&a=&flag&a=2&b=3', { 'x-own': '1, 2', cookie: 'a=1; b=2' });
    const seen = (await answer.json()) as { uri: string; query: string; headers: Record<string, { value: string }[]> };
    expect([seen.uri, seen.headers['x-own']?.[0]?.value, seen.headers.cookie?.[0]?.value]).toEqual([
      '/a%20b.jpg',
      '1, 2',
      'a=1; b=2',
    ]);
    expect(seen.query).toBe('b=%2C&b=3&a&a=2&flag');
  });

  test('it may change path and headers, and say the query as a string; the behavior stays', async () => {
    const code = `function handler(event) {
  var request = event.request;
  request.uri = '/other.jpg';
  request.querystring = 'd=2x2';
  delete request.headers['if-none-match'];
  return request;
}`;
    const pictures = await site({
      viewer: { request: code },
      objects: { 'other.jpg': { body: 'other' }, 'a.jpg': { body: 'a' } },
      handler: `exports.handler = async (event) => ({ ...event.Records[0].cf.response, statusDescription: event.Records[0].cf.request.querystring });`,
      edit(config) {
        const behavior = config.DefaultCacheBehavior;
        if (!behavior) return;
        const items = [
          { ...behavior, PathPattern: '/other.jpg', AllowedMethods: undefined, FunctionAssociations: undefined },
        ];
        config.CacheBehaviors = { Quantity: 1, Items: items as never };
        items[0] = { ...items[0], LambdaFunctionAssociations: undefined } as never;
      },
    });
    const answer = await pictures.get('/a.jpg');
    expect([answer.status, answer.statusText, await answer.text()]).toEqual([200, 'd=2x2', 'other']);
  });

  test('HEAD, redirects and refusals of its own', async () => {
    const code = `function handler(event) {
  if (event.request.method === 'HEAD') return { statusCode: 204 };
  if (event.request.uri === '/old') return { statusCode: 301, statusDescription: 'Moved', headers: { location: { value: '/new' } } };
  if (event.request.uri === '/bytes') return { statusCode: 200, body: { encoding: 'base64', data: 'aGk=' },
    cookies: { id: { value: '1', attributes: 'Secure; Path=/' } } };
  return { statusCode: 400, body: 'bad d' };
}`;
    const pictures = await site({ viewer: { request: code } });
    const moved = await pictures.get('/old');
    expect([moved.status, moved.statusText, moved.headers.get('location')]).toEqual([301, 'Moved', '/new']);
    const bytes = await pictures.get('/bytes');
    expect([await bytes.text(), bytes.headers.get('set-cookie')]).toEqual(['hi', 'id=1; Secure; Path=/']);
    const bad = await pictures.get('/a.jpg');
    expect([bad.status, await bad.text(), bad.headers.get('age')]).toEqual([400, 'bad d', null]);
    expect((await pictures.get('/a.jpg', {}, 'HEAD')).status).toBe(204);
  });

  test('lines of console.log are in the group of the function in us-east-1', async () => {
    const code = `function handler(event) { console.log('saw ' + event.request.uri); return event.request; }`;
    const pictures = await site({ viewer: { request: code } });
    const answer = await pictures.get('/a.jpg', { 'x-edge-location': 'eu-west-1' });
    const id = answer.headers.get('x-amz-cf-id');
    expect(await pictures.log('us-east-1', '/aws/cloudfront/function/viewer-request')).toEqual([
      `${id} START DistributionID: ${pictures.id}`,
      `${id} saw /a.jpg`,
      `${id} END`,
    ]);
    expect(await pictures.log('eu-west-1', '/aws/cloudfront/function/viewer-request')).toEqual([]);
  });

  test('an exception is 503 and logged', async () => {
    const pictures = await site({ viewer: { request: `function handler(event) { return event.none.more; }` } });
    const answer = await pictures.get('/a.jpg');
    expect([answer.status, resultOf(answer)]).toEqual([503, 'FunctionExecutionError']);
    expect(await answer.text()).toContain('is invalid or could not run');
    const lines = await pictures.log('us-east-1', '/aws/cloudfront/function/viewer-request');
    expect(lines.join('\n')).toContain('FunctionExecutionError: TypeError');
  });

  test('a run without end is 503', async () => {
    const pictures = await site({ viewer: { request: `function handler(event) { for (;;); }` } });
    const answer = await pictures.get('/a.jpg');
    expect([answer.status, resultOf(answer)]).toEqual([503, 'FunctionThrottledError']);
  });

  test.each([
    ['event.request.uri', 'must be a request or a response object'],
    ['undefined', 'must be a request or a response object'],
    [`({ method: 'POST', uri: '/a' })`, 'request.method is read-only'],
    [`({ method: 'GET', uri: 'a.jpg' })`, 'request.uri must begin with a forward slash'],
    [`({ method: 'GET', uri: '/a', querystring: { d: '1x1' } })`, 'request.querystring.d must be an object'],
    [`({ statusCode: '200' })`, 'response.statusCode must be an integer'],
    [`({ statusCode: 200, headers: { Location: { value: '/' } } })`, 'must have header names in lower case'],
    [`({ statusCode: 200, headers: { 'x-edge-resize': { value: '1' } } })`, 'must not contain x-edge-resize'],
    [`({ statusCode: 200, headers: { 'content-length': { value: '1' } } })`, 'content-length is read-only'],
    [`({ statusCode: 200, body: { data: 'no!', encoding: 'base64' } })`, 'not valid base64'],
    [`({ statusCode: 200, body: { data: 'x' } })`, 'encoding must be'],
    [`(event.request.headers.host.value = 'x', event.request)`, 'request.headers.host is read-only'],
    [
      `(event.request.headers['x-forwarded-proto'] = { value: 'https' }, event.request)`,
      'must not contain x-forwarded-proto',
    ],
  ])('%s is 502: %s', async (expression, problem) => {
    const pictures = await site({ viewer: { request: `function handler(event) { return ${expression}; }` } });
    const answer = await pictures.get('/a.jpg');
    expect([answer.status, resultOf(answer)]).toEqual([502, 'FunctionValidationError']);
    expect(await answer.text()).toContain(problem);
    const lines = await pictures.log('us-east-1', '/aws/cloudfront/function/viewer-request');
    expect(lines.join('\n')).toContain(`The CloudFront function returned an invalid value: `);
  });
});

describe('at viewer-response', () => {
  const ADD = `function handler(event) {
  var response = event.response;
  response.headers['x-own'] = { value: event.request.uri + ' ' + response.statusCode };
  return response;
}`;

  test('it changes headers of hits and misses, and is not asked for errors', async () => {
    const pictures = await site({ viewer: { response: ADD } });
    for (const result of ['Miss', 'Hit']) {
      const answer = await pictures.get('/a.jpg');
      expect([resultOf(answer), answer.headers.get('x-own'), await answer.text()]).toEqual([
        result,
        '/a.jpg 200',
        'original',
      ]);
    }
    const missing = await pictures.get('/none.jpg');
    expect([missing.status, missing.headers.get('x-own')]).toEqual([403, null]);
  });

  test('the status and a length are not its to change; a failure is a 503', async () => {
    const status = await site({
      viewer: { response: `function handler(event) { event.response.statusCode = 201; return event.response; }` },
    });
    expect(resultOf(await status.get('/a.jpg'))).toBe('FunctionValidationError');
    const length = await site({
      viewer: {
        response: `function handler(event) { delete event.response.headers['content-length']; return event.response; }`,
      },
    });
    expect(resultOf(await length.get('/a.jpg'))).toBe('FunctionValidationError');
    const broken = await site({ viewer: { response: `function handler() { throw new Error('no'); }` } });
    expect((await broken.get('/a.jpg')).status).toBe(503);
  });
});
