import type { CachePolicyConfig, DistributionConfig, ForwardedValues } from '@aws-sdk/client-cloudfront';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matchBehavior, originPath, pathMatches, protocolAction } from '../../../src/local/edge/behavior.ts';
import { lruCache } from '../../../src/local/edge/cache.ts';
import { cacheKey } from '../../../src/local/edge/cache-key.ts';
import { byteRange, forViewer, notModified } from '../../../src/local/edge/conditional.ts';
import { findDistribution } from '../../../src/local/edge/hosts.ts';
import { canonical, covers } from '../../../src/local/edge/invalidation.ts';
import { parseS3Domain } from '../../../src/local/edge/origin.ts';
import { EDGE_REGIONS, nearestEdge } from '../../../src/local/edge/regions.ts';
import { tagsOf } from '../../../src/local/edge/tags.ts';
import { canBeConfirmed, freshSeconds, ttlBounds } from '../../../src/local/edge/ttl.ts';
import type { Behavior, ViewerRequest } from '../../../src/local/edge/types.ts';
import { validateAnswer } from '../../../src/local/edge/validate.ts';

const behavior = (PathPattern: string): Behavior => ({
  PathPattern,
  TargetOriginId: 'o',
  ViewerProtocolPolicy: 'allow-all',
});

function request(querystring: string, headers: Record<string, string> = {}): ViewerRequest {
  return { method: 'GET', path: '/a.jpg', querystring, headers, clientIp: '127.0.0.1' };
}

describe('behaviors', () => {
  const config = {
    DefaultCacheBehavior: behavior('default'),
    CacheBehaviors: { Quantity: 3, Items: [behavior('/images/*.jpg'), behavior('images/*'), behavior('/a?c')] },
    DefaultRootObject: 'index.html',
  } as unknown as DistributionConfig;

  test.each([
    ['/images/x.jpg', '/images/*.jpg'],
    ['/images/deep/x.jpg', '/images/*.jpg'],
    ['/images/x.JPG', 'images/*'],
    ['/Images/x.jpg', 'default'],
    ['/abc', '/a?c'],
    ['/ac', 'default'],
    ['/', 'default'],
  ])('%s -> %s', (path, pattern) => {
    expect(matchBehavior(config, path).PathPattern).toBe(pattern);
  });

  test('the root object answers / and nothing else', () => {
    expect(originPath(config, '/')).toBe('/index.html');
    expect(originPath(config, '/folder/')).toBe('/folder/');
  });

  test('viewer protocol', () => {
    const policies = ['allow-all', 'redirect-to-https', 'https-only'] as const;
    const actions = policies.map((ViewerProtocolPolicy) =>
      protocolAction({ ...behavior(''), ViewerProtocolPolicy }, 'http'),
    );
    expect(actions).toEqual(['pass', 'redirect', 'refuse']);
  });

  test('a pattern of stars takes no exponential time', () => {
    expect(pathMatches(`/${'*a'.repeat(50)}b`, `/${'a'.repeat(5000)}`)).toBe(false);
  });
});

describe('cache key', () => {
  const policy = (QueryStringBehavior: string, Items: string[] = []): { cachePolicy: CachePolicyConfig } => ({
    cachePolicy: {
      Name: 'p',
      MinTTL: 0,
      ParametersInCacheKeyAndForwardedToOrigin: {
        EnableAcceptEncodingGzip: false,
        HeadersConfig: { HeaderBehavior: 'whitelist', Headers: { Quantity: 1, Items: ['Accept'] } },
        CookiesConfig: { CookieBehavior: 'whitelist', Cookies: { Quantity: 1, Items: ['lang'] } },
        QueryStringsConfig: {
          QueryStringBehavior: QueryStringBehavior as 'none',
          QueryStrings: { Quantity: Items.length, Items },
        },
      },
    },
  });

  test.each([
    ['none', [], ''],
    ['whitelist', ['d'], 'd=1x1&d=2x2'],
    ['whitelist', ['D'], 'D=9'],
    ['allExcept', ['utm'], 'd=1x1&D=9&d=2x2'],
    ['all', [], 'd=1x1&utm=a&D=9&d=2x2'],
  ])('%s %j', (kind, names, expected) => {
    const key = cacheKey(request('d=1x1&utm=a&D=9&d=2x2'), '/a.jpg', policy(kind, names));
    expect([key.keyQuery, key.querystring]).toEqual([expected, expected]);
  });

  test('order matters, what is not selected does not, headers and cookies in the key do', () => {
    const rules = policy('whitelist', ['a', 'b']);
    const of = (query: string, headers = {}) => cacheKey(request(query, headers), '/a.jpg', rules).key;
    expect(of('a=1&b=2')).not.toBe(of('b=2&a=1'));
    expect(of('a=1&x=9')).toBe(of('a=1'));
    expect(of('a=1', { accept: 'image/avif' })).not.toBe(of('a=1'));
    expect(of('a=1', { 'user-agent': 'x' })).toBe(of('a=1'));
    expect(of('a=1', { cookie: 'lang=ko; id=1' })).toBe(of('a=1', { cookie: 'id=2; lang=ko' }));
  });

  test('legacy keys narrow the key and forward everything', () => {
    const forwardedValues = {
      QueryString: true,
      QueryStringCacheKeys: { Quantity: 1, Items: ['d'] },
    } as ForwardedValues;
    const key = cacheKey(request('u=1&d=2'), '/a.jpg', { forwardedValues });
    expect([key.keyQuery, key.querystring]).toEqual(['d=2', 'u=1&d=2']);
    const closed = cacheKey(request('u=1'), '/a.jpg', { forwardedValues: { QueryString: false } as ForwardedValues });
    expect([closed.keyQuery, closed.querystring]).toEqual(['', '']);
  });

  test('an origin request policy adds to what is forwarded, not to the key', () => {
    const originRequestPolicy = {
      Name: 'o',
      QueryStringsConfig: { QueryStringBehavior: 'all' as const },
      HeadersConfig: { HeaderBehavior: 'none' as const },
      CookiesConfig: { CookieBehavior: 'none' as const },
    };
    const key = cacheKey(request('d=1&u=2'), '/a.jpg', { ...policy('whitelist', ['d']), originRequestPolicy });
    expect([key.keyQuery, key.querystring]).toEqual(['d=1', 'd=1&u=2']);
  });

  test('two requests have one key exactly when path and selected parts are the same', () => {
    const part = fc.constantFrom('d=1', 'd=2', 'e=1', 'x=1', 'x=2', '', 'd');
    fc.assert(
      fc.property(fc.array(part), fc.array(part), (a, b) => {
        const rules = policy('whitelist', ['d', 'e']);
        const kept = (parts: string[]) => parts.filter((one) => /^[de](=|$)/.test(one)).join('&');
        const [one, two] = [a, b].map((parts) => cacheKey(request(parts.join('&')), '/a.jpg', rules).key);
        expect(one === two).toBe(kept(a) === kept(b));
      }),
    );
  });
});

describe('time to live', () => {
  const now = Date.parse('2026-11-22T00:00:00Z');
  const bounds = { min: 0, default: 100, max: 1000 };
  const of = (status: number, headers: Record<string, string[]>, limits = bounds) =>
    freshSeconds(status, headers, limits, { Quantity: 1, Items: [{ ErrorCode: 404, ErrorCachingMinTTL: 60 }] }, now);

  test.each([
    [200, {}, 100],
    [200, { 'cache-control': ['max-age=50'] }, 50],
    [200, { 'cache-control': ['max-age=5000'] }, 1000],
    [200, { 'cache-control': ['public, s-maxage=70, max-age=5'] }, 70],
    [200, { 'cache-control': ['no-store'] }, 0],
    [200, { 'cache-control': ['private, max-age=9'] }, 0],
    [200, { expires: ['Sun, 22 Nov 2026 00:01:00 GMT'] }, 60],
    [200, { expires: ['0'] }, 0],
    [301, {}, 100],
    [307, {}, 0],
    [206, { 'cache-control': ['max-age=50'] }, 0],
    [404, {}, 60],
    [404, { 'cache-control': ['max-age=90'] }, 90],
    [500, {}, 10],
    [403, {}, 10],
    [400, {}, 0],
    [400, { 'cache-control': ['max-age=20'] }, 20],
  ])('%d %j -> %d s', (status, headers, seconds) => {
    expect(of(status, headers as Record<string, string[]>)).toBe(seconds);
  });

  test('a minimum above 0 keeps even what must not be kept', () => {
    expect(of(200, { 'cache-control': ['no-store'] }, { min: 5, default: 5, max: 10 })).toBe(5);
    expect(of(200, { 'cache-control': ['max-age=1'] }, { min: 5, default: 5, max: 10 })).toBe(5);
  });

  test('bounds come from the policy, else from the behavior, else are a day and a year', () => {
    expect(ttlBounds(behavior(''), { Name: 'p', MinTTL: 1, DefaultTTL: 2, MaxTTL: 3 })).toEqual({
      min: 1,
      default: 2,
      max: 3,
    });
    expect(ttlBounds({ ...behavior(''), MinTTL: 0 }, undefined)).toEqual({ min: 0, default: 86_400, max: 31_536_000 });
  });

  test('what expires at once can still be confirmed, unless it is secret', () => {
    expect(canBeConfirmed(200, { etag: ['"1"'], 'cache-control': ['max-age=0'] })).toBe(true);
    expect(canBeConfirmed(200, { etag: ['"1"'], 'cache-control': ['no-store'] })).toBe(false);
    expect(canBeConfirmed(200, {})).toBe(false);
  });
});

describe('conditions and ranges', () => {
  const headers = { etag: ['"abc"'], 'last-modified': ['Sun, 22 Nov 2026 00:00:00 GMT'] };

  test.each([
    [{ 'if-none-match': '"abc"' }, true],
    [{ 'if-none-match': 'W/"abc"' }, true],
    [{ 'if-none-match': '"x", "abc"' }, true],
    [{ 'if-none-match': '"x"', 'if-modified-since': 'Sun, 22 Nov 2026 00:00:00 GMT' }, false],
    [{ 'if-modified-since': 'Sun, 22 Nov 2026 00:00:00 GMT' }, true],
    [{ 'if-modified-since': 'Sat, 21 Nov 2026 00:00:00 GMT' }, false],
    [{ 'if-modified-since': 'yesterday' }, false],
    [{}, false],
  ])('%j -> %s', (asked, expected) => {
    expect(notModified(asked as Record<string, string>, headers)).toBe(expected);
  });

  test.each([
    ['bytes=0-0', { first: 0, last: 0 }],
    ['bytes=5-', { first: 5, last: 9 }],
    ['bytes=-3', { first: 7, last: 9 }],
    ['bytes=-99', { first: 0, last: 9 }],
    ['bytes=5-99', { first: 5, last: 9 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=5-2', 'whole'],
    ['bytes=0-1,3-4', 'whole'],
    ['lines=1-2', 'whole'],
  ])('%s of ten bytes', (range, expected) => {
    expect(byteRange({ range }, headers, 10)).toEqual(expected);
  });

  test('If-Range of another version gives the whole', () => {
    expect(byteRange({ range: 'bytes=0-1', 'if-range': '"old"' }, headers, 10)).toBe('whole');
    expect(byteRange({ range: 'bytes=0-1', 'if-range': '"abc"' }, headers, 10)).toEqual({ first: 0, last: 1 });
  });

  test('a 206 is the named bytes of the object, whatever is asked', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 50 }), fc.nat(60), fc.nat(60), (body, from, to) => {
        const answer = forViewer('GET', { range: `bytes=${from}-${to}` }, { status: 200, headers: {}, body });
        if (answer.status === 206) expect(answer.body).toEqual(body.subarray(from, to + 1));
        else if (answer.status === 416) expect(from).toBeGreaterThanOrEqual(body.length);
        else expect(answer.body).toBe(body);
      }),
    );
  });
});

describe('invalidation', () => {
  test.each([
    ['/a.jpg', '/a.jpg', '', true],
    ['/a.jpg', '/a.jpg', 'd=1x1', false],
    ['/a.jpg*', '/a.jpg', 'd=1x1', true],
    ['/a.jpg*', '/a.jpgx', '', true],
    ['/a.jpg?d=1x1', '/a.jpg', 'd=1x1', true],
    ['/a.jpg?d=1*', '/a.jpg', 'd=1x1', true],
    ['/A.jpg', '/a.jpg', '', false],
    ['/*', '/deep/a.jpg', 'd=1', true],
    ['/a b.jpg', '/a%20b.jpg', '', true],
    ['/%ea%b3%a0.jpg', '/%EA%B3%A0.jpg', '', true],
    ['/고.jpg', '/%EA%B3%A0.jpg', '', true],
    ['/a%2Cb.jpg', '/a,b.jpg', '', false],
  ])('%s and %s?%s: %s', (path, object, query, expected) => {
    expect(covers(path, { path: object, keyQuery: query, tags: [] })).toBe(expected);
  });

  test('a tag, without case; no path is one', () => {
    const object = { path: '/a.jpg', keyQuery: '', tags: ['image-1'] };
    expect(['#image-1', '#IMAGE-1', '#image', '#/a.jpg', '/image-1'].map((item) => covers(item, object))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  test('tags are at most 50, of 256 characters without blanks, in the header that is named', () => {
    const tags = (value: string) => tagsOf({ 'cache-tag': [value] }, 'Cache-Tag');
    expect(tags('One, two ,has blank,,é,three')).toEqual(['one', 'two', 'three']);
    expect(tags(Array.from({ length: 60 }, (_, n) => `t${n}`).join(','))).toHaveLength(50);
    expect(tags(`${'a'.repeat(256)},${'b'.repeat(257)}`)).toEqual(['a'.repeat(256)]);
    expect(tagsOf({ 'cache-tag': ['one'] }, undefined)).toEqual([]);
    expect(tagsOf({}, 'Cache-Tag')).toEqual([]);
  });

  test('one spelling is a fixed point, and /* covers everything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(canonical(canonical(text))).toBe(canonical(text));
        expect(covers('/*', { path: `/${text}`, keyQuery: '', tags: [] })).toBe(true);
      }),
    );
  });
});

describe('hosts and domains', () => {
  const live = (id: string, alias?: string) => ({
    id,
    arn: '',
    domainName: `d${id.toLowerCase()}.cloudfront.net`,
    config: { Aliases: { Quantity: 1, Items: alias ? [alias] : [] } } as unknown as DistributionConfig,
  });
  const [one, two] = [live('E1', 'img.example.com'), live('E2')];

  test.each([
    ['de2.cloudfront.net', 'E2'],
    ['IMG.example.com:8080', 'E1'],
    ['e2.localhost:99', 'E2'],
  ])('%s', (host, id) => {
    expect(findDistribution([one, two], host)).toMatchObject({ kind: 'distribution', live: { id } });
  });

  test('loopback means the only one; strangers nothing', () => {
    expect(findDistribution([one], '127.0.0.1:80').kind).toBe('distribution');
    expect(findDistribution([one, two], '[::1]:80')).toEqual({
      kind: 'several',
      hosts: ['e1.localhost', 'e2.localhost'],
    });
    expect(findDistribution([], 'localhost').kind).toBe('none');
    expect(findDistribution([one], 'localhost.evil.com').kind).toBe('foreign');
    expect(findDistribution([one], '').kind).toBe('foreign');
  });

  test.each([
    ['b.s3.amazonaws.com', { bucket: 'b', region: undefined }],
    ['b.s3.eu-west-1.amazonaws.com', { bucket: 'b', region: 'eu-west-1' }],
    ['b.s3-eu-west-1.amazonaws.com', { bucket: 'b', region: 'eu-west-1' }],
    ['b.s3.dualstack.eu-west-1.amazonaws.com', { bucket: 'b', region: 'eu-west-1' }],
    ['my.dotted.b.s3.us-gov-west-1.amazonaws.com', { bucket: 'my.dotted.b', region: 'us-gov-west-1' }],
    ['b.s3-website-eu-west-1.amazonaws.com', undefined],
    ['example.com', undefined],
  ])('%s', (domain, expected) => {
    expect(parseS3Domain(domain)).toEqual(expected);
  });

  test('every region has an edge', () => {
    expect(EDGE_REGIONS).toHaveLength(13);
    for (const region of ['eu-north-1', 'eu-west-3', 'ca-central-1', 'ap-east-1', 'me-central-1', 'xx-new-1']) {
      expect(EDGE_REGIONS).toContain(nearestEdge(region));
    }
  });
});

describe('the function’s answer', () => {
  const rules = { enforces: () => true, sizeReading: 'base64-text' as const };

  test('whatever a function answers is accepted or rejected, never thrown at', () => {
    const header = fc.dictionary(
      fc.string(),
      fc.oneof(fc.jsonValue(), fc.array(fc.record({ key: fc.string(), value: fc.string() }))),
    );
    const answer = fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          status: fc.oneof(fc.jsonValue(), fc.constant('200')),
          headers: fc.oneof(fc.jsonValue(), header),
          body: fc.jsonValue(),
          bodyEncoding: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(answer, (value) => {
        const result = validateAnswer(value, {}, rules);
        if ('refusal' in result) {
          expect(result.log).toMatch(/^The Lambda function/);
          return;
        }
        expect(result.status).toBeGreaterThanOrEqual(200);
        for (const [name, values] of Object.entries(result.headers)) {
          expect(name).toBe(name.toLowerCase());
          for (const one of values) expect(one).not.toMatch(/[\r\n]/);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('the limit is exactly 1,048,576 bytes of body and headers', () => {
    const headers = { 'content-type': [{ value: 'text/plain' }] };
    const lines = 'content-type: text/plain\r\n'.length;
    const of = (bytes: number) => validateAnswer({ status: '200', headers, body: 'x'.repeat(bytes) }, {}, rules);
    expect(of(1_048_576 - lines)).not.toHaveProperty('refusal');
    expect(of(1_048_577 - lines)).toHaveProperty('refusal', 'edge.response-size');
  });

  test('read-only headers that come back as they went are fine; left out they are not', () => {
    const via = [{ key: 'Via', value: '1.1 x' }];
    expect(validateAnswer({ status: '200', headers: { via } }, { via }, rules)).not.toHaveProperty('refusal');
    expect(validateAnswer({ status: '200', headers: {} }, { via }, rules)).toHaveProperty(
      'refusal',
      'edge.read-only-header',
    );
  });
});

test('the cache forgets the least recently used, and never holds more than it may', () => {
  const sizes = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), bytes: fc.nat(30_000) }));
  fc.assert(
    fc.property(sizes, (puts) => {
      const cache = lruCache(100_000);
      const newest = new Map<string, number>();
      for (const { key, bytes } of puts) {
        const response = { status: 200, headers: {}, body: new Uint8Array(bytes) };
        cache.set(key, {
          distributionId: 'E',
          path: '/',
          keyQuery: '',
          tags: [],
          response,
          fetchedAt: 0,
          storedAt: 0,
          freshUntil: 0,
        });
        newest.set(key, bytes);
        expect(cache.bytes).toBeLessThanOrEqual(100_000);
        const found = cache.get(key)?.response.body.byteLength;
        expect(found).toBe(bytes + 2048 > 25_000 ? undefined : bytes);
      }
      for (const [key, bytes] of newest) {
        const found = cache.get(key);
        if (found) expect(found.response.body.byteLength).toBe(bytes);
      }
    }),
  );
});
