/**
 * The function's entry, `index.handler`: gathers what surrounds it at the edge once, and hands every event to `handle`.
 * Built as CommonJS, where Lambda loads `require`d modules fastest and without flags (AWS-FACTS 1.4).
 */
import type Sharp from 'sharp';
import type { EdgeResponse, OriginResponseEvent } from './event.ts';
import { type Deps, handle } from './handle.ts';
import { s3Origin } from './origin.ts';
import type { Settings } from './settings.ts';

/** What Lambda says of an invocation, as far as it is used here. */
interface LambdaContext {
  getRemainingTimeInMillis?(): number;
}

// libvips' worker threads each keep an arena of memory; one request at a time needs one (PERFORMANCE 2d).
process.env.UV_THREADPOOL_SIZE ??= '1';

const deps: Deps = {
  settings: require('./settings.json') as Settings,
  fetchOriginal: s3Origin({
    credentials: () => ({
      accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? '',
      sessionToken: process.env.AWS_SESSION_TOKEN,
    }),
    now: Date.now,
    // Lambda@Edge has no environment variables of its own (AWS-FACTS 1.3); only the local runtime sets this one.
    endpoint: process.env.AWS_ENDPOINT_URL_S3,
  }),
  loadSharp() {
    const sharp = require('sharp') as typeof Sharp;
    // Requests seldom repeat an original, and a function has less than one CPU.
    sharp.cache(false);
    sharp.concurrency(1);
    return sharp;
  },
  now: Date.now,
  log: console.log,
};

/** Most of the time is left to the picture. */
const READING_SHARE = 0.6;
/** Milliseconds, where the remaining time is not told. */
const READING_MS = 8000;

export async function handler(event: OriginResponseEvent, context?: LambdaContext): Promise<EdgeResponse> {
  const left = context?.getRemainingTimeInMillis?.();
  return handle(event, deps, left === undefined ? READING_MS : Math.ceil(left * READING_SHARE));
}
