/** The config file: one schema gives the types, the JSON Schema for editors and the messages. */
import * as v from 'valibot';

const pixels = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most));

const functionSchema = v.strictObject({
  runtime: v.optional(v.picklist(['nodejs22.x', 'nodejs24.x']), 'nodejs22.x'),
  /** MB, 128-10240 (AWS-FACTS 1.1). */
  memory: v.optional(v.pipe(v.number(), v.integer(), v.minValue(128), v.maxValue(10_240)), 1024),
  /** Seconds, 1-30 (AWS-FACTS 1.1). */
  timeout: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(30)), 15),
});

const resizeSchema = v.strictObject({
  maxWidth: v.optional(pixels(16_383), 4096),
  maxHeight: v.optional(pixels(16_383), 4096),
  maxInputBytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 50 * 1024 * 1024),
  maxInputPixels: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 100_000_000),
  quality: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)), 80),
  /** Bytes of base64 body + headers. AWS does not say what its 1 MB counts (AWS-FACTS 1.2); the default is safe under every reading. */
  responseLimitBytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(65_536), v.maxValue(1_400_000)), 1_048_576),
  fallbackTtlSeconds: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(86_400)), 10),
});

export const configSchema = v.strictObject({
  $schema: v.optional(v.string()),
  /** Names the role, function and policies: edge-resize-NAME. */
  name: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be 1-32 characters of a-z, 0-9 and -')),
  bucket: v.pipe(
    v.string(),
    v.regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'must be a bucket name: 3-63 characters of a-z, 0-9, . and -'),
  ),
  /** Region of the bucket. */
  region: v.optional(
    v.pipe(v.string(), v.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region like eu-west-1')),
    'us-east-1',
  ),
  distribution: v.optional(
    v.pipe(v.string(), v.regex(/^E[A-Z0-9]{5,}$/, 'must be a distribution id like E2ABC3DEF4GHI5')),
  ),
  /** A different account is an error before any write. */
  account: v.optional(v.pipe(v.string(), v.regex(/^\d{12}$/, 'must be 12 digits'))),
  /** Path pattern of the behavior that resizes; `*` is the default behavior. */
  behavior: v.optional(v.string(), '*'),
  /** How the role may read the originals: by the bucket's policy, or by a policy of its own. */
  grant: v.optional(v.picklist(['bucket-policy', 'role-policy']), 'bucket-policy'),
  function: v.optional(functionSchema, {}),
  resize: v.optional(resizeSchema, {}),
});

/** A config with every default filled in. */
export type Config = v.InferOutput<typeof configSchema>;
/** A config as written by a person. */
export type ConfigInput = v.InferInput<typeof configSchema>;
