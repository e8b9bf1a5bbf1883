/**
 * The function's entry, `index.handler`: gathers what surrounds it at the edge once, and hands every event to `handle`.
 * Built as CommonJS, where Lambda loads `require`d modules fastest and without flags (AWS-FACTS 1.4).
 */
import type { EdgeRequest, EdgeResponse, OriginEvent } from './event.ts';
import { type Deps, handle } from './handle.ts';
import { s3Origin } from './origin.ts';
import type { Settings } from './settings.ts';
import { sharpLoader } from './sharp.ts';

/** What Lambda says of an invocation, as far as it is used here. */
interface LambdaContext {
  getRemainingTimeInMillis?(): number;
}

// libvips' worker threads each keep an arena of memory; one request at a time needs one (PERFORMANCE 2d).
process.env.UV_THREADPOOL_SIZE ??= '1';

// Lambda sets it everywhere, at the edge too; the default of `deploy` where nobody does.
const memoryMb = Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? 1024);

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
  loadSharp: sharpLoader(memoryMb),
  memoryMb,
  now: Date.now,
  log: console.log,
};

/** Milliseconds, where the remaining time is not told. */
const TIMEOUT_MS = 10_000;

export async function handler(event: OriginEvent, context?: LambdaContext): Promise<EdgeResponse | EdgeRequest> {
  return handle(event, deps, context?.getRemainingTimeInMillis?.() ?? TIMEOUT_MS);
}
