/** event -> what is asked -> original -> picture -> response. Decides, and leaves every I/O to `deps`. */
import type { SharpModule } from './encode.ts';
import { type EdgeRequest, type EdgeResponse, type OriginResponseEvent, type Source, sourceOf } from './event.ts';
import { type Asked, readQuery, type Size } from './grammar.ts';
import { pictureBudget, responseBytes } from './limits.ts';
import type { FetchOriginal } from './origin.ts';
import { original, resized } from './response.ts';
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

/** What became of a request under a variant's key: a picture, or why the original goes out in its place. */
type Outcome = { response: EdgeResponse; variant: Variant; size: Size } | { refused: string; error?: unknown };

/**
 * Answers an origin-response event (AWS-FACTS 1.6). Never throws for anything a viewer sends. Untouched: what has no
 * `d`, is neither GET nor HEAD, or has another status than 200 and 206. With `d`, whatever cannot be resized goes out
 * as the original, marked as such and cached briefly.
 * @param timeoutMs milliseconds until the function is stopped
 */
export async function handle(event: OriginResponseEvent, deps: Deps, timeoutMs: number): Promise<EdgeResponse> {
  const { request, response } = event.Records[0].cf;
  const asked = readQuery(request.querystring, deps.settings.rules);
  if (asked.kind === 'none' || !/^(?:GET|HEAD)$/.test(request.method) || !/^20[06]$/.test(response.status)) {
    return response;
  }
  const started = deps.now();
  const outcome = await vary(request, response, asked, { ...deps, timeoutMs, started }).catch((error: unknown) => ({
    refused: 'error',
    error,
  }));
  const answer =
    'response' in outcome ? outcome.response : original(response, outcome.refused, deps.settings.fallbackTtlSeconds);
  deps.log(logLine(request, outcome, deps.now() - started));
  return answer;
}

/** Most of the time is left to the picture. */
const READING_SHARE = 0.6;

interface Work extends Deps {
  /** Milliseconds from `started` until the function is stopped. */
  timeoutMs: number;
  /** Milliseconds since 1970. */
  started: number;
}

async function vary(request: EdgeRequest, response: EdgeResponse, asked: Asked, work: Work): Promise<Outcome> {
  const { settings } = work;
  // How CloudFront would cache a HEAD under the variant's key is not documented, so it only gets headers that age fast.
  if (request.method === 'HEAD') return { refused: 'head' };
  // A part of the original is no part of the variant.
  if (response.status === '206') return { refused: 'range' };
  if (asked.kind !== 'recipe') return { refused: 'invalid-d' };
  const { width, height } = asked.recipe;
  if (!width || !height) return { refused: 'invalid-d' };
  const size = { width, height };
  if (Number(response.headers['content-length']?.[0]?.value) > settings.maxInputBytes) {
    return { refused: 'too-many-bytes' };
  }
  const source = sourceOf(request, settings);
  return 'refused' in source ? source : generate(source, response, size, work);
}

async function generate(source: Source, response: EdgeResponse, size: Size, work: Work): Promise<Outcome> {
  const { settings, timeoutMs, started } = work;
  const limits = { maxBytes: settings.maxInputBytes, timeoutMs: Math.ceil(timeoutMs * READING_SHARE) };
  const reading = work.fetchOriginal(source, limits);
  await new Promise(setImmediate); // the request leaves now, and travels while sharp loads
  const sharp = work.loadSharp();
  const fetched = await reading;
  if ('refused' in fetched) return fetched;
  const variant = await transform(sharp, fetched.bytes, size, {
    quality: settings.rules.quality,
    maxInputPixels: settings.maxInputPixels,
    maxAnimationPixels: settings.maxAnimationPixels,
    maxAvifPixels: settings.maxAvifPixels,
    maxBytes: pictureBudget(settings.responseLimitBytes, response.headers),
    memoryMb: work.memoryMb,
    leftMs: () => started + timeoutMs - work.now(),
  });
  if ('refused' in variant) return variant;
  const ms = work.now() - started;
  const answer = resized(response, { variant, size, sourceEtag: fetched.etag, build: settings.build ?? '', ms });
  const bytes = responseBytes(answer.body ?? '', answer.headers);
  return bytes <= settings.responseLimitBytes ? { response: answer, variant, size } : { refused: 'limit' };
}

/** One JSON line a response under a variant's key, which `edge-resize logs` reads. Bytes are those of the picture. */
function logLine(request: EdgeRequest, outcome: Outcome, ms: number): string {
  const picture = 'response' in outcome && {
    w: outcome.size.width,
    h: outcome.size.height,
    fmt: outcome.variant.format,
    bytes: outcome.variant.bytes.length,
    why: outcome.variant.why,
  };
  const refusal = 'refused' in outcome && {
    why: outcome.refused,
    error: outcome.error === undefined ? undefined : String(outcome.error),
  };
  const d = /(?:^|&)d=([^&]*)/.exec(request.querystring)?.[1]?.slice(0, 200);
  const line = JSON.stringify({
    edgeResize: 1,
    key: readableKey(request.uri),
    d,
    ...picture,
    ...refusal,
    ms: Math.round(ms),
  });
  return line.replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What JSON may hold in clear and a terminal may obey, or not show: DEL, C1 controls, line separators, marks of direction. */
const UNSEEN = /[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** S3's keys end at 1,024 bytes; what is longer is nobody's. */
const LONGEST_KEY = 1025;

function readableKey(uri: string): string {
  try {
    return decodeURIComponent(uri).slice(1, LONGEST_KEY);
  } catch {
    return uri.slice(1, LONGEST_KEY);
  }
}
