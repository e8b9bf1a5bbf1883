/** The two origin events (AWS-FACTS 1.6), as far as the handler reads them, and what they say about the original. */
import type { Settings } from './settings.ts';

export interface HeaderEntry {
  /** The name as it goes to the viewer; CloudFront capitalises the map's name when it is missing. */
  key?: string;
  value: string;
}

/** Lower-case names. */
export type Headers = Record<string, HeaderEntry[]>;

export interface S3Origin {
  /** bucket.s3.eu-west-1.amazonaws.com */
  domainName: string;
  /** Origin path: empty, or `/folder` before every uri. */
  path: string;
  /** Region of the bucket as CloudFront knows it; the settings' region is what counts. */
  region?: string;
  authMethod?: string;
  customHeaders?: Headers;
}

export interface EdgeRequest {
  method: string;
  /** Percent-encoded as the viewer sent it, with the leading slash. */
  uri: string;
  /** Without `?`; empty when there is none. */
  querystring: string;
  headers?: Headers;
  clientIp?: string;
  origin?: { s3?: S3Origin; custom?: unknown };
}

export interface EdgeResponse {
  /** A string, '200' to '599'. */
  status: string;
  statusDescription?: string;
  headers: Headers;
  body?: string;
  bodyEncoding?: 'text' | 'base64';
}

export interface OriginResponseEvent {
  Records: [{ cf: { config?: unknown; request: EdgeRequest; response: EdgeResponse } }];
}

/** Before CloudFront asks the origin: the answer is a response, or the request that goes to the origin. */
export interface OriginRequestEvent {
  Records: [{ cf: { config?: unknown; request: EdgeRequest; response?: undefined } }];
}

export type OriginEvent = OriginResponseEvent | OriginRequestEvent;

/** Where the original lies. */
export interface Source {
  bucket: string;
  region: string;
  /** The key as the path says it, then what else it may mean: a space for each `+`, the other Unicode forms. */
  keys: [string, ...string[]];
}

export type SourceRefusal = 'origin' | 'bucket' | 'key';

// bucket.s3.amazonaws.com, bucket.s3.REGION.…, bucket.s3-REGION.…, bucket.s3.dualstack.REGION.…; buckets may have dots.
const S3_DOMAIN = /^(.+)\.s3(?:[.-](?:dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com$/;

/** The original of a request, or why it may not be read: no S3 origin, a bucket that is not in the settings, a key that is not UTF-8. */
export function sourceOf(request: EdgeRequest, settings: Settings): Source | { refused: SourceRefusal } {
  const s3 = request.origin?.s3;
  const bucket = s3 && S3_DOMAIN.exec(s3.domainName)?.[1];
  if (!s3 || bucket === undefined) return { refused: 'origin' };
  const region = Object.hasOwn(settings.buckets, bucket) ? settings.buckets[bucket] : undefined;
  if (region === undefined) return { refused: 'bucket' };
  const path = `${s3.path ?? ''}${request.uri}`;
  const key = keyOf(path);
  if (key === undefined) return { refused: 'key' };
  // S3 itself reads a bare `+` of a path as a space (*inferred* from reports; AWS does not document it).
  const spaced = keyOf(path.replaceAll('+', '%20')) ?? key;
  const others = [spaced, key.normalize('NFC'), key.normalize('NFD')].filter((form) => form !== key);
  return { bucket, region, keys: [key, ...new Set(others)] };
}

/** Decodes a path once and drops its leading slash. `+` stays `+`. Undefined when it is empty or not UTF-8. */
function keyOf(path: string): string | undefined {
  try {
    const key = decodeURIComponent(path.replace(/^\//, ''));
    return key === '' || /\p{Surrogate}/u.test(key) ? undefined : key;
  } catch {
    return undefined;
  }
}
