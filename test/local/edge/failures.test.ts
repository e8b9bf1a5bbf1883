/** Each way in which a function fails: the status, the x-cache, and the line in the right log of the right region. */
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

const answering = (expression: string) =>
  `exports.handler = async (event) => { const response = event.Records[0].cf.response; return ${expression}; };`;

const INVALID: [string, string, RegExp][] = [
  [
    'a body over 1 MB',
    `{ ...response, body: 'x'.repeat(1100000) }`,
    /was 11\d{5} bytes which exceeded the CloudFront limit of 1048576 bytes/,
  ],
  [
    'a base64 text over 1 MB of a picture under 1 MB',
    `{ ...response, bodyEncoding: 'base64', body: Buffer.alloc(900000).toString('base64') }`,
    /was 1200\d{3} bytes/,
  ],
  [
    'a header that is not allowed',
    `{ ...response, headers: { ...response.headers, 'x-edge-resize': [{ value: 'w=1' }] } }`,
    /x-edge-resize is not allowed/,
  ],
  [
    'a read-only header',
    `{ ...response, headers: { ...response.headers, via: [{ value: '1.1 me' }] } }`,
    /via is read-only/,
  ],
  ['a capital header name', `{ ...response, headers: { ETag: [{ value: '"1"' }] } }`, /ETag must be in lower case/],
  ['a header that is no list', `{ ...response, headers: { etag: '"1"' } }`, /etag must be an array/],
  [
    'a status that is a number',
    `{ ...response, status: 200 }`,
    /status must be a string between 200 and 599, it is 200/,
  ],
  ['no status', `{ headers: {} }`, /status must be a string between 200 and 599, it is missing/],
  ['a status out of range', `{ status: '199' }`, /between 200 and 599/],
  ['a body that is not base64', `{ ...response, body: 'no!', bodyEncoding: 'base64' }`, /not valid base64/],
  ['a body that is an object', `{ ...response, body: {} }`, /body is not a string/],
  ['nothing', `undefined`, /JSON output must be an object type/],
];

test.each(INVALID)('%s is 502 and the reason is in the distribution’s log', async (_name, answer, reason) => {
  const pictures = await site({ handler: answering(answer) });
  const response = await pictures.get('/a.jpg?d=1x1', { 'x-edge-location': 'eu-west-2' });
  expect([response.status, response.headers.get('x-cache')]).toEqual([502, 'LambdaValidationError from cloudfront']);
  const page = await response.text();
  expect(page).toContain('<H1>502 ERROR</H1>');
  expect(page).toContain(`Request ID: ${response.headers.get('x-amz-cf-id')}`);
  const [line, ...more] = await pictures.log('eu-west-2', `/aws/cloudfront/LambdaEdge/${pictures.id}`);
  expect(more).toEqual([]);
  expect(line).toContain(response.headers.get('x-amz-cf-id'));
  expect(line).toMatch(reason);
  expect(await pictures.log('us-east-1', `/aws/cloudfront/LambdaEdge/${pictures.id}`)).toEqual([]);
});

test('the decoded reading of the limit can be chosen', async () => {
  const handler = answering(`{ ...response, bodyEncoding: 'base64', body: Buffer.alloc(900000).toString('base64') }`);
  const pictures = await site({ handler }, { sizeReading: 'decoded' });
  expect((await pictures.get('/a.jpg?d=1x1')).status).toBe(200);
});

test('an error page stays for ten seconds, then the function is asked again', async () => {
  let now = Date.now();
  const pictures = await site({ handler: answering('undefined') }, { now: () => now });
  await pictures.get('/a.jpg?d=1x1');
  expect((await pictures.get('/a.jpg?d=1x1')).headers.get('x-cache')).toBe('Error from cloudfront');
  now += 10_001;
  expect((await pictures.get('/a.jpg?d=1x1')).headers.get('x-cache')).toBe('LambdaValidationError from cloudfront');
});

describe('a function that does not answer', () => {
  test('by throwing: 503, and its error as Lambda logs it', async () => {
    const pictures = await site({ handler: `exports.handler = async () => { throw new TypeError('boom'); };` });
    const response = await pictures.get('/a.jpg');
    expect([response.status, response.headers.get('x-cache')]).toEqual([503, 'LambdaExecutionError from cloudfront']);
    const lines = await pictures.log('us-east-1');
    const error = lines.find((line) => line.includes('\tERROR\tInvoke Error \t')) ?? '';
    expect(JSON.parse(error.slice(error.indexOf('{')))).toMatchObject({ errorType: 'TypeError', errorMessage: 'boom' });
    expect(lines.at(-1)).toMatch(/^REPORT/);
    // The process goes on: the next invocation is warm.
    await pictures.get('/b.jpg');
    expect((await pictures.log('us-east-1')).at(-1)).not.toContain('Init Duration');
  });

  test('by taking too long: killed, 503, the line of Lambda', async () => {
    const pictures = await site({
      handler: 'exports.handler = () => new Promise(() => setInterval(() => {}, 1e3));',
      timeout: 1,
    });
    const response = await pictures.get('/a.jpg');
    expect([response.status, response.headers.get('x-cache')]).toEqual([503, 'LambdaLimitExceeded from cloudfront']);
    const lines = await pictures.log('us-east-1');
    expect(lines).toContainEqual(expect.stringMatching(/^\S+Z [0-9a-f-]{36} Task timed out after 1\.00 seconds\n\n$/));
    expect(lines.at(-1)).toContain('Duration: 1000.00 ms');
  });

  test('also one that never yields', async () => {
    const pictures = await site({ handler: 'exports.handler = async () => { for (;;); };', timeout: 1 });
    expect((await pictures.get('/a.jpg')).headers.get('x-cache')).toBe('LambdaLimitExceeded from cloudfront');
  });

  test('by taking too much memory: killed, 503, the line of Lambda', async () => {
    const handler = `const kept = []; exports.handler = async () => { for (;;) { kept.push(Buffer.alloc(16e6, 1)); await new Promise((done) => setTimeout(done, 5)); } };`;
    const pictures = await site({ handler, memory: 192, timeout: 20 });
    const response = await pictures.get('/a.jpg');
    expect([response.status, response.headers.get('x-cache')]).toEqual([503, 'LambdaLimitExceeded from cloudfront']);
    const lines = await pictures.log('us-east-1');
    expect(lines).toContainEqual(
      expect.stringContaining('Error: Runtime exited with error: signal: killed\nRuntime.ExitError'),
    );
    expect(lines.at(-1)).toContain('Max Memory Used: 192 MB');
  });

  test.each([
    ['exits', `exports.handler = async () => process.exit(3);`, 'Runtime exited with error: exit status 3'],
    [
      'rejects unseen',
      `exports.handler = () => { Promise.reject(new Error('lost')); return new Promise((done) => setTimeout(done, 500)); };`,
      'Runtime.UnhandledPromiseRejection',
    ],
    ['has no handler', `exports.other = 1;`, 'Runtime.HandlerNotFound'],
    ['cannot be parsed', `exports.handler = (`, 'Runtime.UserCodeSyntaxError'],
    ['misses a module', `require('sharp-not-here'); exports.handler = async () => ({});`, 'Runtime.ImportModuleError'],
  ])('one that %s', async (_name, handler, line) => {
    const pictures = await site({ handler });
    const response = await pictures.get('/a.jpg');
    expect([response.status, response.headers.get('x-cache')]).toEqual([503, 'LambdaExecutionError from cloudfront']);
    expect((await pictures.log('us-east-1')).join('')).toContain(line);
  });

  test('the next request gets a new process', async () => {
    const handler = `exports.handler = async (event) => { if (event.Records[0].cf.request.querystring === 'd=die') process.exit(1); return event.Records[0].cf.response; };`;
    const pictures = await site({ handler });
    expect((await pictures.get('/a.jpg?d=die')).status).toBe(503);
    expect((await pictures.get('/a.jpg?d=live')).status).toBe(200);
  });
});

test('callback handlers run on nodejs22.x and not on nodejs24.x', async () => {
  const handler = 'exports.handler = (event, context, callback) => { callback(null, event.Records[0].cf.response); };';
  expect((await (await site({ handler })).get('/a.jpg')).status).toBe(200);
  const newer = await site({ handler, runtime: 'nodejs24.x' });
  expect((await newer.get('/a.jpg')).status).toBe(503);
  expect((await newer.log('us-east-1')).join('')).toContain('Runtime.CallbackHandlerDeprecated');
});

test('a role that may not write logs runs, and leaves no line', async () => {
  const pictures = await site({ handler: answering('response'), logs: false });
  expect((await pictures.get('/a.jpg')).status).toBe(200);
  expect(await pictures.log('us-east-1')).toEqual([]);
});

test('triggers and origins that are not modelled are said, not passed over', async () => {
  const viewer = await site({
    handler: answering('response'),
    edit(config) {
      for (const item of config.DefaultCacheBehavior?.LambdaFunctionAssociations?.Items ?? [])
        item.EventType = 'viewer-request';
    },
  });
  const answer = await viewer.get('/a.jpg');
  expect([answer.status, await answer.text()]).toEqual([502, expect.stringContaining('at viewer-request')]);
});
