/** Recipe + original -> variant as a response. Every I/O is left to `deps`. */
import type { SharpModule } from './encode.ts';
import type { EdgeResponse, Headers, Source } from './event.ts';
import type { Recipe } from './grammar.ts';
import { headerValue, readOnly } from './headers.ts';
import { pictureBudget, responseBytes } from './limits.ts';
import type { FetchOriginal } from './origin.ts';
import { variantHeaders, variantResponse } from './response.ts';
import type { Original } from './s3-answer.ts';
import type { Settings } from './settings.ts';
import { transform } from './transform.ts';
import type { Variant } from './variant.ts';

export interface Deps {
  settings: Settings;
  fetchOriginal: FetchOriginal;
  /** Called when a picture may be made, once the original has been asked for. */
  loadSharp(): SharpModule;
  /** Memory of the function, in MB. */
  memoryMb: number;
  /** Milliseconds since 1970. */
  now(): number;
  /** Takes one line for the function's log. */
  log(line: string): void;
}

/** An invocation: its means, and the time that it has. */
export interface Work extends Deps {
  /** Milliseconds from `started` until the function is stopped. */
  timeoutMs: number;
  /** Milliseconds since 1970. */
  started: number;
}

export type Made = { response: EdgeResponse; variant: Variant } | { refused: string; error?: unknown };

/** Most of the time is left to the picture. */
const READING_SHARE = 0.6;

/**
 * Reads the original and makes the variant. Rejects when sharp cannot be loaded; whatever else goes wrong is a refusal.
 * @param response what S3 answered CloudFront, at origin-response: 200, or 304 without a body
 */
export async function make(
  source: Source,
  recipe: Recipe,
  response: EdgeResponse | undefined,
  work: Work,
): Promise<Made> {
  const { settings, timeoutMs, started, now } = work;
  const found = response?.status === '200' ? response.headers : undefined;
  const told = Number(headerValue(found, 'content-length'));
  if (told > settings.maxInputBytes) return { refused: 'too-many-bytes' };
  const reading = work.fetchOriginal(source, {
    maxBytes: settings.maxInputBytes,
    timeoutMs: Math.ceil(timeoutMs * READING_SHARE),
    etag: headerValue(found, 'etag') || undefined,
  });
  const sharp = work.loadSharp();
  const original = await reading;
  if ('refused' in original) return original;
  const fetchedAt = now();
  const prepared = variantHeaders(sourceHeaders(response, original), settings.cacheControl);
  const variant = await transform(sharp, original.bytes, recipe, {
    quality: settings.rules.quality,
    maxInputPixels: settings.maxInputPixels,
    maxAnimationPixels: settings.maxAnimationPixels,
    maxAvifPixels: settings.maxAvifPixels,
    caps: { width: settings.rules.maxWidth, height: settings.rules.maxHeight },
    maxBytes: pictureBudget(settings.responseLimitBytes, prepared),
    memoryMb: work.memoryMb,
    leftMs: () => started + timeoutMs - now(),
  });
  if ('refused' in variant) return variant;
  const madeAt = now();
  const answer = variantResponse(prepared, {
    variant,
    recipe,
    keys: source.keys,
    sourceEtag: original.etag,
    build: settings.build,
    ms: { fetch: fetchedAt - started, image: madeAt - fetchedAt, total: madeAt - started },
    serverTiming: settings.serverTiming,
  });
  const bytes = responseBytes(answer.body ?? '', answer.headers);
  return bytes <= settings.responseLimitBytes ? { response: answer, variant } : { refused: 'limit' };
}

/** What is said of the original: by S3 to CloudFront, or to the function itself where CloudFront got no 200. */
function sourceHeaders(response: EdgeResponse | undefined, { headers }: Original): Headers {
  if (response?.status === '200') return response.headers;
  return { ...headers, ...readOnly(response?.headers ?? {}) };
}
