/** A variant as a response. */
import { hash } from 'node:crypto';
import type { EdgeResponse, Headers } from './event.ts';
import { MEDIA_TYPES } from './formats.ts';
import { printRecipe, type Recipe } from './grammar.ts';
import { setHeader, without } from './headers.ts';
import { printTags, TAGS_HEADER } from './tags.ts';
import type { Variant } from './variant.ts';

/**
 * Says what was done, on every response under a variant's key. Not `x-edge-…`: CloudFront answers 502 to any function
 * that adds a header of that family (AWS-FACTS 1.5).
 */
export const RESIZE_HEADER = 'edge-resize';

/** True of the source's bytes, and so false of any other: never copied to a variant. */
const OF_THE_BYTES = /^(?:content-(?:length|encoding|range|md5)|accept-ranges|etag|last-modified|x-amz-checksum-.*)$/;

/**
 * The headers of a variant before it is made, so that it can be made to fit beside them. `Transfer-Encoding` and `Via`
 * stay as they came, they are read-only (AWS-FACTS 1.5). Content-Length is left to CloudFront: a stale one would be wrong.
 * @param source the original's headers
 * @param cacheControl in place of what the original says of caching
 */
export function variantHeaders(source: Headers, cacheControl: string | undefined): Headers {
  const headers = without(source, OF_THE_BYTES);
  // The type is the function's word, not the uploader's.
  setHeader(headers, 'X-Content-Type-Options', 'nosniff');
  if (cacheControl === undefined) return headers;
  setHeader(headers, 'Cache-Control', cacheControl);
  return without(headers, /^expires$/);
}

export interface VariantParts {
  variant: Variant;
  recipe: Recipe;
  /** Keys that the original may have. */
  keys: string[];
  /** The original's ETag. */
  sourceEtag: string;
  /** Identity of code and settings. */
  build: string | undefined;
  /** Milliseconds: reading the original, making the picture, and everything. */
  ms: { fetch: number; image: number; total: number };
  serverTiming: boolean;
}

/**
 * The variant as CloudFront takes it.
 * @param prepared what `variantHeaders` gave
 */
export function variantResponse(prepared: Headers, parts: VariantParts): EdgeResponse {
  const { variant, recipe, keys, build, ms } = parts;
  const headers = { ...prepared };
  setHeader(headers, 'Content-Type', MEDIA_TYPES[variant.format]);
  setHeader(headers, 'ETag', variantEtag(parts));
  setHeader(headers, TAGS_HEADER, printTags({ keys, recipe, format: variant.format, build }));
  setHeader(headers, RESIZE_HEADER, note(variant, ms.total));
  if (parts.serverTiming) setHeader(headers, 'Server-Timing', timing(ms));
  const body = variant.bytes.toString('base64');
  return { status: '200', statusDescription: 'OK', headers, body, bodyEncoding: 'base64' };
}

function note({ width, height, format, quality, why }: Variant, ms: number): string {
  const done = [`w=${width}`, `h=${height}`, `fmt=${format}`];
  if (quality !== undefined) done.push(`q=${quality}`);
  done.push(`ms=${Math.round(ms)}`);
  if (why) done.push(`why=${why}`);
  return done.join(';');
}

/** As browsers show it: name and milliseconds (W3C Server Timing). */
function timing(ms: VariantParts['ms']): string {
  return Object.entries(ms)
    .map(([name, spent]) => `${name};dur=${Math.round(spent)}`)
    .join(', ');
}

/**
 * Of the source, what was asked and who made it; and of format and quality, which an edge with less time left may
 * choose differently. Told from S3's own by its first letters.
 */
function variantEtag({ sourceEtag, recipe, build, variant }: VariantParts): string {
  const identity = [sourceEtag, printRecipe(recipe), build ?? '', variant.format, variant.quality ?? 0];
  return `"er-${hash('sha256', JSON.stringify(identity)).slice(0, 32)}"`;
}

/** Is there an ETag of a variant in this If-None-Match? */
export function namesVariant(ifNoneMatch: string): boolean {
  return /"er-[0-9a-f]{32}"/.test(ifNoneMatch);
}
