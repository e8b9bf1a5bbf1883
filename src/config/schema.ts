/** The config file: one schema gives the types, the JSON Schema for editors and the messages. */
import * as v from 'valibot';
import { FAMILIES } from '../../handler/grammar.ts';

const says = v.description;
const whole = (least: number, most: number, description: string) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most), says(description));
const text = (pattern: RegExp, fault: string, description: string) =>
  v.pipe(v.string(), v.regex(pattern, fault), says(description));

/** Largest side that WebP can have, and beyond what other formats are asked for. */
const LARGEST_SIDE = 16_383;
const BILLION = 1_000_000_000;

const functionSchema = v.strictObject({
  runtime: v.optional(
    v.pipe(v.picklist(['nodejs22.x', 'nodejs24.x']), says('Node.js runtime of the function.')),
    'nodejs22.x',
  ),
  /** AWS-FACTS 1.1, as is the timeout. */
  memory: v.optional(whole(128, 10_240, 'Memory in MB. CPU grows with it.'), 1024),
  timeout: v.optional(whole(1, 30, 'Seconds that one image may take.'), 15),
});

const resizeSchema = v.strictObject({
  maxWidth: v.optional(whole(1, LARGEST_SIDE, 'Widest image that is made, in pixels.'), 4096),
  maxHeight: v.optional(whole(1, LARGEST_SIDE, 'Tallest image that is made, in pixels.'), 4096),
  maxInputBytes: v.optional(whole(1, BILLION, 'Largest original that is read, in bytes.'), 50 * 1024 * 1024),
  maxInputPixels: v.optional(whole(1, BILLION, 'Largest original that is decoded, in pixels.'), 100_000_000),
  quality: v.optional(whole(1, 100, 'Quality of lossy formats.'), 80),
  /** AWS does not say what its 1 MB counts (AWS-FACTS 1.2); the default is safe under every reading. */
  responseLimitBytes: v.optional(
    whole(65_536, 1_400_000, 'Most bytes of a generated response: the base64 text of the image, and headers.'),
    1_048_576,
  ),
  fallbackTtlSeconds: v.optional(
    whole(0, 86_400, 'Seconds that an original may be cached in place of a size that could not be made.'),
    10,
  ),
  maxAnimationPixels: v.optional(
    whole(1, BILLION, 'Largest animation that keeps its frames: width x height x frames, in pixels.'),
    50_000_000,
  ),
  maxAvifPixels: v.optional(
    whole(1, BILLION, 'Largest variant that is encoded as AVIF, in pixels; a larger one becomes WebP.'),
    3840 * 2160,
  ),
  cacheControl: v.optional(
    text(
      /^[\x20-\x7e]{1,256}$/,
      'must be a Cache-Control value',
      "Cache-Control of variants; the original's when left out.",
    ),
  ),
  serverTiming: v.optional(
    v.pipe(v.boolean(), says('Add a Server-Timing header that tells where the time went.')),
    false,
  ),
});

const SIZE_TEXT = /^(?:[1-9]\d{0,4}x[1-9]\d{0,4}|[1-9]\d{0,4}x|x[1-9]\d{0,4})$/;

const urlSchema = v.strictObject({
  options: v.optional(
    v.pipe(v.array(v.picklist(FAMILIES)), says('Groups of URL options that are on beside sizes (docs/url-api.md).')),
    [],
  ),
  sizes: v.optional(
    v.pipe(
      v.array(v.pipe(v.string(), v.regex(SIZE_TEXT, 'must be a size like 300x200, 300x or x200'))),
      says('The only sizes that are made, like 300x200, 300x or x200. Any size when left out.'),
    ),
  ),
  unlisted: v.optional(
    v.pipe(
      v.picklist(['snap', 'refuse']),
      says('What becomes of a size that is not listed: the nearest listed one, or an invalid request.'),
    ),
    'snap',
  ),
  presets: v.optional(
    v.pipe(
      v.record(
        v.pipe(v.string(), v.regex(/^[a-z0-9_-]{1,32}$/, 'must be 1-32 characters of a-z, 0-9, _ and -')),
        v.string(),
      ),
      says('Values of d by name, asked for by ?p=NAME.'),
    ),
    {},
  ),
  presetsOnly: v.optional(v.pipe(v.boolean(), says('Make nothing but presets.')), false),
  invalid: v.optional(
    v.pipe(
      v.picklist(['original', '400']),
      says('Answer to an invalid request: the original for a short time, or status 400.'),
    ),
    'original',
  ),
  compat: v.optional(v.pipe(v.picklist(['seed']), says('seed: read d as the original guide does, and nothing else.'))),
  signed: v.optional(
    v.pipe(v.boolean(), says('Make variants of signed URLs alone. Needs the viewer function.')),
    false,
  ),
});

export const configSchema = v.strictObject({
  $schema: v.optional(v.pipe(v.string(), says('Where editors find this schema.'))),
  name: text(
    /^[a-z0-9][a-z0-9-]{0,31}$/,
    'must be 1-32 characters of a-z, 0-9 and -',
    'Names the role, the function and the policies: edge-resize-NAME. Made from the bucket when left out.',
  ),
  bucket: text(
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    'must be a bucket name: 3-63 characters of a-z, 0-9, . and -',
    'Bucket of the originals.',
  ),
  region: v.optional(
    text(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region like eu-west-1', 'Region of the bucket.'),
    'us-east-1',
  ),
  distribution: v.optional(
    text(/^E[A-Z0-9]{5,}$/, 'must be a distribution id like E2ABC3DEF4GHI5', 'CloudFront distribution that serves it.'),
  ),
  account: v.optional(
    text(/^\d{12}$/, 'must be 12 digits', 'AWS account. Credentials of another one are refused before any write.'),
  ),
  behavior: v.optional(
    v.pipe(v.string(), says('Path pattern of the cache behavior that resizes; * is the default behavior.')),
    '*',
  ),
  grant: v.optional(
    v.pipe(
      v.picklist(['bucket-policy', 'role-policy']),
      says("How the function's role may read the originals: by the bucket's policy, or by a policy of its own."),
    ),
    'bucket-policy',
  ),
  trigger: v.optional(
    v.pipe(
      v.picklist(['origin-response', 'origin-request']),
      says(
        'When the function runs: after S3 answered CloudFront, or before CloudFront asks S3, which saves a read of each original.',
      ),
    ),
    'origin-response',
  ),
  viewerFunction: v.optional(
    v.pipe(
      v.boolean(),
      says('Publish a CloudFront Function that brings every spelling of a request to one cache key.'),
    ),
    true,
  ),
  url: v.optional(v.pipe(urlSchema, says('What URLs may ask for.')), {}),
  function: v.optional(v.pipe(functionSchema, says('The Lambda@Edge function.')), {}),
  resize: v.optional(v.pipe(resizeSchema, says('How images are made.')), {}),
});

/** A config with every default filled in. */
export type Config = v.InferOutput<typeof configSchema>;
/** A config as written by a person. */
export type ConfigInput = v.InferInput<typeof configSchema>;
