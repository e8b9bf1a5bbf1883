import { CreateCloudFrontOriginAccessIdentityCommand, CreateInvalidationCommand } from '@aws-sdk/client-cloudfront';
import { PutBucketPolicyCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterEach, describe, expect, test } from 'vitest';
import { startTestAws, type TestAws, type TestAwsOptions } from '../../builders/local-aws.ts';
import { makeSite, type Site, type SiteOptions } from './site.ts';

const started: TestAws[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((aws) => aws.close()));
});

async function site(options: SiteOptions = {}, local: TestAwsOptions = {}): Promise<{ aws: TestAws; site: Site }> {
  const aws = await startTestAws(local);
  started.push(aws);
  return { aws, site: await makeSite(aws, options) };
}

const ECHO = `exports.handler = async (event) => {
  const { request, response } = event.Records[0].cf;
  console.log('saw', request.querystring);
  if (!request.querystring || response.status !== '200') return response;
  return { ...response, body: Buffer.from(JSON.stringify(event)).toString('base64'), bodyEncoding: 'base64',
    headers: { ...response.headers, 'x-count': [{ value: String(globalThis.count = (globalThis.count ?? 0) + 1) }] } };
};`;

const cacheOf = (response: Response) => response.headers.get('x-cache');

describe('without a function', () => {
  test('a miss, then a hit with its age, headers of S3 and of CloudFront', async () => {
    const { site: pictures } = await site();
    const first = await pictures.get('/a.jpg');
    expect([first.status, cacheOf(first), await first.text()]).toEqual([200, 'Miss from cloudfront', 'original']);
    expect(first.headers.get('age')).toBeNull();
    const second = await pictures.get('/a.jpg');
    expect([second.status, cacheOf(second), await second.text()]).toEqual([200, 'Hit from cloudfront', 'original']);
    expect(second.headers.get('age')).toMatch(/^\d+$/);
    expect(second.headers.get('via')).toMatch(/^1\.1 [0-9a-f]{32}\.cloudfront\.net \(CloudFront\)$/);
    expect(second.headers.get('x-amz-cf-pop')).toBe('IAD89-P1');
    expect(second.headers.get('x-amz-cf-id')).toMatch(/^[\w-]{54}==$/);
    expect(second.headers.get('server')).toBe('AmazonS3');
    expect(second.headers.get('content-type')).toBe('image/jpeg');
  });

  test('every edge has a cache of its own, and an unknown one is refused with the names', async () => {
    const { site: pictures } = await site({ region: 'eu-west-1' });
    const here = await pictures.get('/a.jpg');
    expect(here.headers.get('x-amz-cf-pop')).toBe('DUB56-P1');
    const elsewhere = await pictures.get('/a.jpg', { 'x-edge-location': 'ap-northeast-2' });
    expect([cacheOf(elsewhere), elsewhere.headers.get('x-amz-cf-pop')]).toEqual(['Miss from cloudfront', 'ICN57-P1']);
    const nowhere = await pictures.get('/a.jpg', { 'x-edge-location': 'mars-north-1' });
    expect(nowhere.status).toBe(400);
    expect(await nowhere.text()).toContain('sa-east-1');
  });

  test('what is outside the cache key does not matter; HEAD, ranges and conditions are served from the cache', async () => {
    const { site: pictures } = await site();
    await pictures.get('/a.jpg?utm=1');
    expect(cacheOf(await pictures.get('/a.jpg?utm=2'))).toBe('Hit from cloudfront');
    const head = await pictures.get('/a.jpg', {}, 'HEAD');
    expect([head.status, cacheOf(head), head.headers.get('content-length')]).toEqual([200, 'Hit from cloudfront', '8']);
    const part = await pictures.get('/a.jpg', { range: 'bytes=2-4' });
    expect([part.status, await part.text()]).toEqual([206, 'igi']);
    expect(part.headers.get('content-range')).toBe('bytes 2-4/8');
    expect((await pictures.get('/a.jpg', { range: 'bytes=8-' })).status).toBe(416);
    const etag = head.headers.get('etag') ?? '';
    const same = await pictures.get('/a.jpg', { 'if-none-match': etag });
    expect([same.status, cacheOf(same)]).toEqual([304, 'Hit from cloudfront']);
  });

  test('a range on a miss goes to S3, and its answer is not kept', async () => {
    const { site: pictures } = await site();
    const part = await pictures.get('/a.jpg', { range: 'bytes=0-3' });
    expect([part.status, await part.text()]).toEqual([206, 'orig']);
    const whole = await pictures.get('/a.jpg');
    expect([whole.status, cacheOf(whole), await whole.text()]).toEqual([200, 'Miss from cloudfront', 'original']);
  });

  test('a missing object is 403 without ListBucket and 404 with it, kept for ten seconds', async () => {
    let now = Date.now();
    const { site: closed } = await site({}, { now: () => now });
    const refused = await closed.get('/none.jpg');
    expect([refused.status, cacheOf(refused)]).toEqual([403, 'Error from cloudfront']);
    const { site: listed, aws } = await site({ list: true }, { now: () => now });
    const missing = await listed.get('/none.jpg');
    expect([missing.status, cacheOf(missing)]).toEqual([404, 'Error from cloudfront']);
    await aws.clients.s3.send(new PutObjectCommand({ Bucket: listed.bucket, Key: 'none.jpg', Body: 'now' }));
    expect((await listed.get('/none.jpg')).status).toBe(404);
    now += 10_001;
    expect((await listed.get('/none.jpg')).status).toBe(200);
  });

  test('an expired object is confirmed by the origin, or fetched anew when it changed', async () => {
    let now = Date.now();
    const { site: pictures, aws } = await site({ ttl: { default: 60 } }, { now: () => now });
    await pictures.get('/a.jpg');
    now += 61_000;
    const confirmed = await pictures.get('/a.jpg');
    expect([cacheOf(confirmed), await confirmed.text()]).toEqual(['RefreshHit from cloudfront', 'original']);
    expect(cacheOf(await pictures.get('/a.jpg'))).toBe('Hit from cloudfront');
    await aws.clients.s3.send(new PutObjectCommand({ Bucket: pictures.bucket, Key: 'a.jpg', Body: 'changed' }));
    now += 61_000;
    const changed = await pictures.get('/a.jpg');
    expect([cacheOf(changed), await changed.text()]).toEqual(['Miss from cloudfront', 'changed']);
  });

  test('keys come through as they were written', async () => {
    const keys = ['with space.jpg', 'a+b.jpg', '100%.jpg', 'x//y.jpg', '고양이.jpg', "it's (1).jpg"];
    const objects = Object.fromEntries(keys.map((key) => [key, { body: key }]));
    const { site: pictures } = await site({ objects });
    for (const key of keys) {
      const path = key.split('/').map(encodeURIComponent).join('/');
      const answer = await pictures.get(`/${path}`);
      expect([answer.status, await answer.text()]).toEqual([200, key]);
    }
  });

  test('other hosts are refused; several distributions must be asked for by name', async () => {
    const { site: pictures, aws } = await site();
    expect((await ask(aws.cdn, 'evil.example')).status).toBe(403);
    expect((await ask(aws.cdn, `${pictures.id}.localhost`)).status).toBe(200);
    await makeSite(aws, { bucket: 'other' });
    const unclear = await pictures.get('/a.jpg');
    expect(unclear.status).toBe(421);
    expect(await unclear.text()).toContain(`${pictures.id.toLowerCase()}.localhost`);
    expect((await ask(aws.cdn, `${pictures.id}.localhost`)).status).toBe(200);
  });

  test('with no distribution the page says what to do', async () => {
    const aws = await startTestAws();
    started.push(aws);
    const answer = await fetch(aws.cdn);
    expect(answer.status).toBe(404);
    expect(await answer.text()).toContain('edge-resize setup');
  });

  test('http is sent to https, and methods that are not allowed are refused', async () => {
    const { site: pictures } = await site();
    const sent = await pictures.get('/a.jpg?d=1x1', { 'x-edge-viewer-protocol': 'http' });
    expect([sent.status, cacheOf(sent)]).toEqual([301, 'Redirect from cloudfront']);
    expect(sent.headers.get('location')).toMatch(/^https:\/\/.*\/a\.jpg\?d=1x1$/);
    expect((await pictures.get('/a.jpg', {}, 'DELETE')).status).toBe(403);
  });

  test('a default root object answers / alone; an origin path goes before every key', async () => {
    const { site: pictures } = await site({
      objects: { 'site/index.html': { body: 'home' } },
      edit(config) {
        config.DefaultRootObject = 'index.html';
        for (const origin of config.Origins?.Items ?? []) origin.OriginPath = '/site';
      },
    });
    expect(await (await pictures.get('/')).text()).toBe('home');
    expect((await pictures.get('/folder/')).status).toBe(403);
  });

  test('a custom error response puts its page and status in place', async () => {
    const { site: pictures } = await site({
      objects: { 'lost.html': { body: 'lost' } },
      edit(config) {
        const Items = [{ ErrorCode: 403, ResponsePagePath: '/lost.html', ResponseCode: '404', ErrorCachingMinTTL: 5 }];
        config.CustomErrorResponses = { Quantity: 1, Items };
      },
    });
    const answer = await pictures.get('/none.jpg');
    expect([answer.status, cacheOf(answer), await answer.text()]).toEqual([404, 'Error from cloudfront', 'lost']);
  });
});

describe('with a function at origin-response', () => {
  test('it sees the documented event and its body is cached under the key', async () => {
    const { site: pictures } = await site({ handler: ECHO, region: 'eu-west-1' });
    const first = await pictures.get('/a.jpg?utm=1&d=100x100');
    expect([first.status, cacheOf(first)]).toEqual([200, 'Miss from cloudfront']);
    const event = JSON.parse(await first.text());
    const { config, request, response } = event.Records[0].cf;
    expect(config).toEqual({
      distributionDomainName: expect.stringMatching(/^d[a-z0-9]{13}\.cloudfront\.net$/),
      distributionId: pictures.id,
      eventType: 'origin-response',
      requestId: first.headers.get('x-amz-cf-id'),
    });
    expect(request).toMatchObject({
      clientIp: '127.0.0.1',
      method: 'GET',
      uri: '/a.jpg',
      querystring: 'd=100x100',
      origin: {
        s3: {
          authMethod: 'none',
          customHeaders: {},
          domainName: 'pictures.s3.eu-west-1.amazonaws.com',
          path: '',
          region: 'eu-west-1',
        },
      },
    });
    expect(request.headers['user-agent']).toEqual([{ key: 'User-Agent', value: 'Amazon CloudFront' }]);
    expect(response).toMatchObject({ status: '200', statusDescription: 'OK' });
    expect(response.headers['content-type']).toEqual([{ key: 'Content-Type', value: 'image/jpeg' }]);
    const second = await pictures.get('/a.jpg?d=100x100&utm=2');
    expect([cacheOf(second), second.headers.get('x-count')]).toEqual(['Hit from cloudfront', '1']);
  });

  test('the log of the region that served has START, the handler’s line, END and REPORT', async () => {
    const { site: pictures } = await site({ handler: ECHO });
    await pictures.get('/a.jpg?d=1x1', { 'x-edge-location': 'sa-east-1' });
    const [start, line, end, report] = await pictures.log('sa-east-1');
    expect(start).toMatch(/^START RequestId: [0-9a-f-]{36} Version: 1\n$/);
    expect(line).toMatch(/^\d{4}-.*Z\t[0-9a-f-]{36}\tINFO\tsaw d=1x1\n$/);
    expect(end).toMatch(/^END RequestId: [0-9a-f-]{36}\n$/);
    expect(report).toMatch(
      /^REPORT RequestId: [0-9a-f-]{36}\tDuration: \d+\.\d\d ms\tBilled Duration: \d+ ms\tMemory Size: 256 MB\tMax Memory Used: \d+ MB\tInit Duration: \d+\.\d\d ms\t\n$/,
    );
    expect(await pictures.log('us-east-1')).toEqual([]);
    await pictures.get('/a.jpg?d=2x2', { 'x-edge-location': 'sa-east-1' });
    expect((await pictures.log('sa-east-1')).at(-1)).not.toContain('Init Duration');
  });

  test('simultaneous misses of one key make one trip', async () => {
    const slow = ECHO.replace(
      'exports.handler = async (event) => {',
      (start) => `${start}\nawait new Promise((done) => setTimeout(done, 200));`,
    );
    const { site: pictures } = await site({ handler: slow });
    const answers = await Promise.all(Array.from({ length: 8 }, () => pictures.get('/a.jpg?d=1x1')));
    expect(answers.map((answer) => answer.headers.get('x-count'))).toEqual(Array(8).fill('1'));
    expect((await pictures.log('us-east-1')).filter((line) => line.startsWith('START'))).toHaveLength(1);
  });

  test('an invalidation takes exactly what it names', async () => {
    const { site: pictures, aws } = await site({ handler: ECHO });
    const paths = ['/a.jpg', '/a.jpg?d=1x1', '/a.jpg?d=2x2'];
    for (const path of paths) await pictures.get(path);
    await invalidate(aws, pictures.id, ['/a.jpg?d=1x1']);
    const caches = await Promise.all(paths.map(async (path) => cacheOf(await pictures.get(path))));
    expect(caches).toEqual(['Hit from cloudfront', 'Miss from cloudfront', 'Hit from cloudfront']);
    await invalidate(aws, pictures.id, ['/a.jpg*']);
    for (const path of paths) expect(cacheOf(await pictures.get(path))).toBe('Miss from cloudfront');
  });

  test('a function that lets the body alone may pass an original over 1 MB through', async () => {
    const big = new Uint8Array(3_000_000).fill(7);
    const { site: pictures } = await site({ handler: ECHO, objects: { 'big.jpg': { body: big } } });
    const answer = await pictures.get('/big.jpg');
    expect([answer.status, (await answer.arrayBuffer()).byteLength]).toEqual([200, 3_000_000]);
  });

  test('it has the environment of Lambda and nothing of the parent', async () => {
    const handler = `exports.handler = async (event, context) => ({ status: '200', body: JSON.stringify({ env: process.env, cwd: process.cwd(), context, files: require('fs').readdirSync('.') }) });`;
    const { site: pictures, aws } = await site(
      { handler },
      { env: { ...process.env, AWS_PROFILE: 'mine', SECRET: '1' } },
    );
    const seen = JSON.parse(await (await pictures.get('/a.jpg')).text());
    expect(seen.env).toMatchObject({
      AWS_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_NAME: 'us-east-1.resizer',
      AWS_LAMBDA_FUNCTION_VERSION: '1',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
      AWS_ENDPOINT_URL_S3: aws.aws,
      LAMBDA_TASK_ROOT: seen.cwd,
    });
    expect(seen.env.AWS_SESSION_TOKEN).toBeTruthy();
    expect(Object.keys(seen.env)).not.toContain('SECRET');
    expect(Object.keys(seen.env)).not.toContain('AWS_PROFILE');
    expect(seen.files).toEqual(['index.js']);
    expect(seen.context).toMatchObject({ functionVersion: '1', memoryLimitInMB: '256' });
  });
});

describe('origins', () => {
  test('an origin access identity reads by its own grant', async () => {
    const { site: pictures, aws } = await site();
    const { cloudfront, s3 } = aws.clients;
    const made = await cloudfront.send(
      new CreateCloudFrontOriginAccessIdentityCommand({
        CloudFrontOriginAccessIdentityConfig: { CallerReference: 'oai', Comment: '' },
      }),
    );
    const identity = made.CloudFrontOriginAccessIdentity?.Id ?? '';
    await pictures.change((config) => {
      for (const origin of config.Origins?.Items ?? []) {
        origin.OriginAccessControlId = '';
        origin.S3OriginConfig = { OriginAccessIdentity: `origin-access-identity/cloudfront/${identity}` };
      }
    });
    expect((await pictures.get('/a.jpg')).status).toBe(403);
    const AWS = `arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ${identity}`;
    const Statement = [
      { Effect: 'Allow', Principal: { AWS }, Action: 's3:GetObject', Resource: 'arn:aws:s3:::pictures/*' },
    ];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await s3.send(new PutBucketPolicyCommand({ Bucket: 'pictures', Policy }));
    expect((await pictures.get('/a.jpg?d=1')).status).toBe(200);
  });

  test('another distribution’s grant does not help', async () => {
    const { site: pictures, aws } = await site();
    await makeSite(aws, { bucket: 'other' });
    const host = `${pictures.id}.localhost`;
    expect((await ask(aws.cdn, host)).status).toBe(200);
    await pictures.change((config) => {
      for (const origin of config.Origins?.Items ?? []) origin.DomainName = 'other.s3.us-east-1.amazonaws.com';
    });
    expect((await ask(aws.cdn, host, '/a.jpg?d=1')).status).toBe(403);
  });

  test('a domain of the wrong region gets S3’s redirect; another host a page that says so', async () => {
    const { site: pictures } = await site({ region: 'eu-west-1' });
    const point = (domain: string) =>
      pictures.change((config) => {
        for (const origin of config.Origins?.Items ?? []) origin.DomainName = domain;
      });
    await point('pictures.s3.us-east-1.amazonaws.com');
    const redirected = await pictures.get('/a.jpg');
    expect([redirected.status, redirected.headers.get('x-amz-bucket-region')]).toEqual([301, 'eu-west-1']);
    await point('pictures.s3.amazonaws.com');
    expect((await pictures.get('/a.jpg?d=1')).status).toBe(200);
    await pictures.change((config) => {
      for (const origin of config.Origins?.Items ?? []) {
        origin.DomainName = 'example.com';
        origin.OriginAccessControlId = '';
        origin.S3OriginConfig = undefined;
        origin.CustomOriginConfig = { HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: 'https-only' };
      }
    });
    const other = await pictures.get('/a.jpg?d=2');
    expect([other.status, await other.text()]).toEqual([502, expect.stringContaining('S3 origins only')]);
  });

  test('a viewer’s query is no query to S3', async () => {
    const { site: pictures } = await site({ keys: ['response-content-type', 'policy', 'd'] });
    for (const query of ['policy', 'd=1', 'response-content-type=text/html']) {
      const answer = await pictures.get(`/a.jpg?${query}`);
      expect(answer.headers.get('x-cache')).not.toBe('Hit from cloudfront');
      expect(await answer.text()).not.toContain('Statement');
    }
  });
});

test('a revalidation reaches the function with status 304, and what it leaves alone stays', async () => {
  let now = Date.now();
  const handler = `exports.handler = async (event) => {
    const { response } = event.Records[0].cf;
    console.log('status', response.status);
    return response.status === '200' ? { ...response, body: 'made' } : response;
  };`;
  const { site: pictures } = await site({ handler, ttl: { default: 60 } }, { now: () => now });
  await pictures.get('/a.jpg?d=1x1');
  now += 61_000;
  const again = await pictures.get('/a.jpg?d=1x1');
  expect([again.status, cacheOf(again), await again.text()]).toEqual([200, 'RefreshHit from cloudfront', 'made']);
  const said = (await pictures.log('us-east-1')).flatMap((line) => /INFO\tstatus (\d+)/.exec(line)?.[1] ?? []);
  expect(said).toEqual(['200', '304']);
});

test('no edge serves a configuration before its deployment ended', async () => {
  let now = Date.now();
  const { site: pictures } = await site({}, { now: () => now, delays: { deploy: 5000 } });
  expect((await pictures.get('/a.jpg')).status).toBe(503);
  now += 5001;
  expect((await pictures.get('/a.jpg')).status).toBe(200);
  await pictures.change((config) => {
    config.Enabled = false;
  });
  expect((await pictures.get('/a.jpg')).status).toBe(200);
  now += 5001;
  expect((await pictures.get('/a.jpg')).status).toBe(403);
});

async function invalidate(aws: TestAws, id: string, paths: string[]): Promise<void> {
  const Paths = { Quantity: paths.length, Items: paths };
  const InvalidationBatch = { CallerReference: paths.join(), Paths };
  await aws.clients.cloudfront.send(new CreateInvalidationCommand({ DistributionId: id, InvalidationBatch }));
}

/** `fetch` does not let a caller set Host. */
async function ask(cdn: string, host: string, path = '/a.jpg'): Promise<{ status: number | undefined }> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    const sent = request(cdn + path, { headers: { host } }, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode });
    });
    sent.on('error', reject).end();
  });
}
