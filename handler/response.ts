/** The two answers that the handler writes. Both keep whatever else the source's headers say. */
import { createHash } from 'node:crypto';
import type { EdgeResponse, Headers } from './event.ts';
import { MEDIA_TYPES } from './formats.ts';
import { printSize, type Size } from './grammar.ts';
import type { Variant } from './variant.ts';

/**
 * Says what was done, on every response under a variant's key. Not `x-edge-…`: CloudFront answers 502 to any function
 * that adds a header of that family (AWS-FACTS 1.5).
 */
export const RESIZE_HEADER = 'edge-resize';

export interface ResizedParts {
  variant: Variant;
  size: Size;
  /** The original's ETag. */
  sourceEtag: string;
  /** Identity of code and settings. */
  build: string;
  /** Milliseconds spent. */
  ms: number;
}

/** True of the source's bytes, and so false of any other: never copied to a variant. */
const OF_THE_BYTES = /^(?:content-(?:length|encoding|range|md5)|accept-ranges|etag|last-modified|x-amz-checksum-.*)$/;

/**
 * The variant as CloudFront takes it. `Transfer-Encoding` and `Via` stay as they came, they are read-only
 * (AWS-FACTS 1.5). Content-Length is left to CloudFront: a stale one would be wrong.
 */
export function resized(source: EdgeResponse, { variant, size, sourceEtag, build, ms }: ResizedParts): EdgeResponse {
  const { format, quality, why } = variant;
  const done = [`w=${size.width}`, `h=${size.height}`, `fmt=${format}`];
  if (quality !== undefined) done.push(`q=${quality}`);
  done.push(`ms=${Math.round(ms)}`);
  if (why) done.push(`why=${why}`);
  const headers = without(source.headers, OF_THE_BYTES);
  setHeader(headers, 'Content-Type', MEDIA_TYPES[format]);
  setHeader(headers, 'ETag', variantEtag(sourceEtag, size, build));
  setHeader(headers, RESIZE_HEADER, done.join(';'));
  return {
    status: '200',
    statusDescription: 'OK',
    headers,
    body: variant.bytes.toString('base64'),
    bodyEncoding: 'base64',
  };
}

/**
 * The source as it came, under a variant's key. Without ETag and Last-Modified, so that it is not revalidated into a
 * long life by the original's own 304, and cached for `seconds` at most.
 */
export function original(source: EdgeResponse, why: string, seconds: number): EdgeResponse {
  const headers = without(source.headers, /^(?:etag|last-modified|expires)$/);
  setHeader(headers, 'Cache-Control', briefly(source, seconds));
  setHeader(headers, RESIZE_HEADER, `original;why=${why}`);
  return { ...source, headers };
}

/** For a short time, unless the source wants less: whatever keeps it out of caches stays. */
function briefly({ status, headers }: EdgeResponse, seconds: number): string {
  // A part of the original must not stay at all: the next viewer may ask for the whole.
  if (status === '206') return 'no-store';
  const asked = (headers['cache-control'] ?? []).map(({ value }) => value).join(', ');
  if (/(?:^|[\s,])(?:no-store|no-cache|private)\b/i.test(asked)) return asked;
  const lives = [...asked.matchAll(/(?:^|[\s,])(?:s-maxage|max-age)\s*=\s*"?(\d+)/gi)].map(([, life]) => Number(life));
  return `public, max-age=${Math.min(seconds, ...lives)}`;
}

function variantEtag(sourceEtag: string, size: Size, build: string): string {
  const hash = createHash('sha256').update(JSON.stringify([sourceEtag, printSize(size), build]));
  return `"${hash.digest('hex').slice(0, 32)}"`;
}

function without(headers: Headers, names: RegExp): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.test(name)));
}

function setHeader(headers: Headers, key: string, value: string): void {
  headers[key.toLowerCase()] = [{ key, value }];
}
