import fc from 'fast-check';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import type { OriginEvent } from '../../handler/event.ts';
import type { Family } from '../../handler/grammar.ts';
import { handle } from '../../handler/handle.ts';
import type { FetchOriginal } from '../../handler/origin.ts';
import type { OriginRefusal } from '../../handler/s3-answer.ts';
import type { Settings } from '../../handler/settings.ts';
import { type EventParts, headerMap, originRequest, originResponse } from '../builders/event.ts';
import { photographAs, SVG } from '../builders/images.ts';
import { defaultSettings } from '../bundle/built-handler.ts';
import { brokenRequestRules, brokenRules } from './cloudfront-rules.ts';

const anything = fc.string({ unit: 'binary', maxLength: 300 });
const side = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 300 }) },
  fc.integer({ min: -9, max: 100_000 }),
);
const size = fc
  .tuple(side, fc.constantFrom(...Array(20).fill('x'), 'X', '*', ''), side)
  .map(([w, x, h]) => `d=${w}${x}${h}`);
const option = fc.constantFrom(
  ...['fit=inside', 'fit=contain', 'bg=f00', 'rot=90', 'f=webp', 'f=auto', 'q=50', 'lqip=1', 'anim=1', 'blur=3', 'v=1'],
  ...['pos=attention', 'flip=hv', 'gray=1', 'sharp=2', 'icc=keep', 'keep=copyright', 'up=0', 'dpr=2', 'f=', 'q=-1'],
);
const options = fc
  .tuple(size, fc.array(option, { maxLength: 3 }), fc.constantFrom(',', '&'))
  .map(([first, rest, comma]) => [first, ...rest].join(comma));
const querystring = fc.oneof(
  { weight: 6, arbitrary: size },
  { weight: 3, arbitrary: options },
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
    requestHeaders: fc.dictionary(
      fc.constantFrom('Edge-Resize-Why', 'Range', 'If-None-Match', 'Via', 'Accept-Encoding'),
      fc.oneof(fc.constantFrom('svg', '"er-0123456789abcdef0123456789abcdef"'), fc.stringMatching(/^[ -~]{0,60}$/)),
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

const headers = fc
  .dictionary(
    fc.constantFrom('Cache-Control', 'Expires', 'Content-Disposition', 'X-Amz-Meta-A'),
    fc.stringMatching(/^[ -~]{0,60}$/),
  )
  .map(headerMap);
const fetched: fc.Arbitrary<Awaited<ReturnType<FetchOriginal>>> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ bytes, etag: fc.constantFrom('"x"', ''), headers }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom<OriginRefusal>('s3-403', 's3-404', 's3-kms', 's3-timeout', 's3-error', 'too-many-bytes')
      .map((refused) => ({ refused })),
  },
);

const choices: fc.Arbitrary<Partial<Settings>> = fc.record(
  {
    onInvalid: fc.constantFrom('original', '400'),
    trigger: fc.constantFrom('origin-response', 'origin-request'),
    serverTiming: fc.boolean(),
    cacheControl: fc.constant('max-age=5'),
  },
  { requiredKeys: [] },
);
const families: Family[] = ['fit', 'format', 'dpr', 'effects', 'animation', 'placeholder', 'version'];

it.each(['origin-response', 'origin-request'])(
  'no event at %s makes it throw, and CloudFront takes every answer',
  async (at) => {
    const { rules } = defaultSettings();
    const settings = defaultSettings({ build: 'b', rules: { ...rules, maxWidth: 300, maxHeight: 300, families } });
    const deps = { loadSharp: () => sharp, memoryMb: 1024, now: Date.now };
    let pictures = 0;
    await fc.assert(
      fc.asyncProperty(parts, fetched, choices, async (part, original, chosen) => {
        const event: OriginEvent = at === 'origin-request' ? originRequest(part) : originResponse(part);
        const { request, response } = structuredClone(event.Records[0].cf);
        const lines: string[] = [];
        const log = (line: string) => void lines.push(line);
        const mine = { ...deps, settings: { ...settings, ...chosen }, fetchOriginal: async () => original, log };
        const answer = await handle(event, mine, 1000);
        if ('uri' in answer) expect([response, ...brokenRequestRules(answer, request)]).toEqual([undefined]);
        else expect(brokenRules(answer, response)).toEqual([]);
        expect(lines.length).toBeLessThanOrEqual(1);
        for (const line of lines) expect(line).not.toMatch(/[\n\r]/);
        if ('body' in answer && answer.status === '200') pictures += 1;
      }),
      { numRuns: 1500 },
    );
    expect(pictures).toBeGreaterThan(50);
  },
);
