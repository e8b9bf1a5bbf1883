/** Requests and what S3 answers CloudFront: methods, keys, headers, statuses. */
import fc from 'fast-check';
import type { EventParts } from '../builders/event.ts';
import { queries } from './queries.ts';

const anything = fc.string({ unit: 'binary', maxLength: 300 });
/** What a header may hold on the wire. */
const headerText = fc.oneof(
  { weight: 6, arbitrary: fc.stringMatching(/^[ -~]{0,60}$/) },
  fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,200}$/),
);

const uris = fc.oneof(
  { weight: 30, arbitrary: fc.constant('/cat.jpg') },
  fc.constantFrom(
    ...['/%', '/%zz', '/%E9', '/%F0%9F', '/\ud800', '/%ED%A0%80', '/..%2f..%2fetc', '/../../x', '/a%00b', '/\0', '//'],
    ...['/', '/+%2B%20', '/a+b', '/caf%C3%A9.jpg', '/cafe%CC%81.jpg', '/%2e%2e/%2e', '/.', '/a/', '/a?b', '/#'],
    ...[`/${'k'.repeat(1024)}`, `/${'%C3%A9'.repeat(900)}`, `/${'/'.repeat(3000)}`, '/__proto__', '/%0d%0aX: y'],
  ),
  anything.map((text) => `/${text}`),
  fc.string({ unit: 'grapheme', maxLength: 50 }).map((text) => `/${encodeURIComponent(text.toWellFormed())}`),
);

const statuses = fc.constantFrom(
  ...Array(80).fill('200'),
  ...['206', '304', '304', '403', '404', '500', '503', '301', '204', '416', '400'],
);

const requestHeaders = fc.dictionary(
  fc.constantFrom(
    ...['Accept', 'Edge-Resize-Why', 'Range', 'If-None-Match', 'If-Modified-Since', 'Via', 'Accept-Encoding', 'Cookie'],
    ...['Transfer-Encoding', 'X-Forwarded-For', 'CDN-Loop', 'If-Range', 'Content-Length', 'X-Edge-Location'],
  ),
  fc.oneof(
    fc.constantFrom('svg', '"er-0123456789abcdef0123456789abcdef"', 'image/avif,image/webp;q=0', 'bytes=0-1', '*'),
    headerText,
  ),
  { maxKeys: 4 },
);

/** What came from S3 by way of CloudFront. */
const responseHeaders = fc.dictionary(
  fc.constantFrom(
    ...['Via', 'Transfer-Encoding', 'Content-Length', 'Content-Encoding', 'Content-Range', 'Vary', 'Connection'],
    ...['X-Amz-Meta-Name', 'Cache-Control', 'Expires', 'ETag', 'Content-Type', 'X-Cache', 'X-Amz-Cf-Id', 'Set-Cookie'],
    ...['Content-Security-Policy', 'Edge-Resize', 'Edge-Resize-Tags', 'Server-Timing', 'Keep-Alive', 'X-Edge-Foo'],
  ),
  fc.oneof(
    fc.constantFrom(
      'max-age=5',
      'no-store',
      'private',
      's-maxage=99999999999',
      'image/svg+xml',
      '0',
      '1',
      '"x"',
      'gzip',
    ),
    { weight: 3, arbitrary: headerText },
    fc.integer({ min: 0, max: 18_000 }).map((length) => 'm'.repeat(length)),
  ),
  { maxKeys: 5 },
);

export const requests: fc.Arbitrary<EventParts> = fc.record(
  {
    uri: uris,
    querystring: queries,
    method: fc.constantFrom(...Array(40).fill('GET'), 'HEAD', 'HEAD', 'POST', 'OPTIONS', 'get', ''),
    status: statuses,
    originPath: fc.constantFrom('', '', '', '/folder', '/%', '/é'),
    requestHeaders,
    headers: responseHeaders,
    domainName: fc.constantFrom(
      ...Array(60).fill('pictures.s3.eu-west-1.amazonaws.com'),
      ...['pictures.s3.amazonaws.com', 'other.s3.amazonaws.com', 'example.com', '__proto__.s3.amazonaws.com', ''],
    ),
    origin: fc.constantFrom(...Array(40).fill(undefined), null, {}, { custom: {} }),
  },
  { requiredKeys: ['uri', 'querystring'] },
);
