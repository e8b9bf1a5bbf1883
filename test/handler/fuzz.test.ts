import fc from 'fast-check';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import type { OriginResponseEvent } from '../../handler/event.ts';
import { handle } from '../../handler/handle.ts';
import type { FetchOriginal } from '../../handler/origin.ts';
import type { OriginRefusal } from '../../handler/s3-answer.ts';
import { type EventParts, originResponse } from '../builders/event.ts';
import { photographAs, SVG } from '../builders/images.ts';
import { defaultSettings } from '../bundle/built-handler.ts';
import { brokenRules } from './cloudfront-rules.ts';

const anything = fc.string({ unit: 'binary', maxLength: 300 });
const side = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 300 }) },
  fc.integer({ min: -9, max: 100_000 }),
);
const size = fc
  .tuple(side, fc.constantFrom(...Array(20).fill('x'), 'X', '*', ''), side)
  .map(([w, x, h]) => `d=${w}${x}${h}`);
const querystring = fc.oneof(
  { weight: 6, arbitrary: size },
  anything,
  fc.array(fc.oneof(size, anything), { maxLength: 4 }).map((all) => all.join('&')),
);
const uri = fc.oneof(
  { weight: 6, arbitrary: fc.constant('/cat.jpg') },
  fc.constantFrom(
    '/cat.jpg',
    '/%',
    '/%zz',
    '/%E9',
    '/%F0%9F',
    '/\ud800',
    '/..%2f..%2fetc',
    '/a%00b',
    '//',
    '',
    '/+%2B%20',
  ),
  anything.map((text) => `/${text}`),
  fc.string({ unit: 'grapheme', maxLength: 50 }).map((text) => `/${encodeURIComponent(text)}`),
);

const parts: fc.Arbitrary<EventParts> = fc.record(
  {
    uri,
    querystring,
    method: fc.constantFrom(...Array(12).fill('GET'), 'HEAD', 'POST', 'OPTIONS', 'get', ''),
    status: fc.constantFrom(...Array(12).fill('200'), '206', '304', '403', '404', '503'),
    originPath: fc.constantFrom('', '', '', '/folder', '/%'),
    headers: fc.dictionary(
      fc.constantFrom('Via', 'Transfer-Encoding', 'Content-Length', 'Content-Encoding', 'Vary', 'X-Amz-Meta-Name'),
      fc.stringMatching(/^[ -~]{0,60}$/),
    ),
    origin: fc.constantFrom(...Array(12).fill(undefined), null, {}, { custom: {} }),
  },
  { requiredKeys: ['uri', 'querystring'] },
);

const formats = ['jpeg', 'png', 'webp', 'gif', 'avif'] as const;
const originals = await Promise.all(
  formats.map(async (format) =>
    sharp(await photographAs('jpeg'))
      .resize(64, 48)
      .toFormat(format, format === 'avif' ? { effort: 0 } : {})
      .toBuffer(),
  ),
);

/** An original as it is, with bytes changed, cut, or not an image at all. */
const bytes = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...originals, SVG, Buffer.alloc(0)) },
  fc
    .tuple(
      fc.constantFrom(...originals),
      fc.array(fc.tuple(fc.nat(5000), fc.nat(255)), { maxLength: 20 }),
      fc.nat(5000),
    )
    .map(([original, changes, end]) => {
      const mutated = Buffer.from(original);
      for (const [at, value] of changes) mutated[at % mutated.length] = value;
      return mutated.subarray(0, Math.max(end, 100));
    }),
  fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
);

const fetched: fc.Arbitrary<Awaited<ReturnType<FetchOriginal>>> = fc.oneof(
  { weight: 5, arbitrary: bytes.map((original) => ({ bytes: original, etag: '"x"' })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<OriginRefusal>('s3-403', 's3-404', 's3-timeout', 's3-error', 'too-many-bytes')
      .map((refused) => ({ refused })),
  },
);

it('no event makes it throw, and CloudFront takes every answer', async () => {
  const { rules } = defaultSettings();
  const settings = defaultSettings({ build: 'b', rules: { ...rules, maxWidth: 300, maxHeight: 300 } });
  const deps = { settings, loadSharp: () => sharp, memoryMb: 1024, now: Date.now };
  let pictures = 0;
  await fc.assert(
    fc.asyncProperty(parts, fetched, async (part, original) => {
      const event: OriginResponseEvent = originResponse(part);
      const incoming = structuredClone(event.Records[0].cf.response);
      const lines: string[] = [];
      const log = (line: string) => void lines.push(line);
      const response = await handle(event, { ...deps, fetchOriginal: async () => original, log }, 1000);
      expect(brokenRules(response, incoming)).toEqual([]);
      for (const line of lines) expect(line).not.toMatch(/[\n\r]/);
      if (response.body) pictures += 1;
    }),
    { numRuns: 2000 },
  );
  expect(pictures).toBeGreaterThan(50);
});
