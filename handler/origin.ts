/** Reads the original from S3: a GET signed with SigV4, over a connection that is kept for the next one. */
import type { Agent, request as httpRequest, RequestOptions } from 'node:http';
import aws4 from 'aws4';
import type { Source } from './event.ts';
import { type Answer, readAnswer } from './s3-answer.ts';

/** As Lambda puts them into the environment. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface FetchLimits {
  /** Largest object that is read. */
  maxBytes: number;
  /** Milliseconds for everything, the retry included. */
  timeoutMs: number;
  /** The ETag that CloudFront got: of several keys that exist, the one that has it is the original. */
  etag?: string | undefined;
}

export type FetchOriginal = (source: Source, limits: FetchLimits) => Promise<Answer>;

export interface OriginOptions {
  credentials(): Credentials;
  /** Milliseconds since 1970. */
  now(): number;
  /** Where S3 is instead of AWS: the local runtime says so, the edge never does. Path style; http is allowed. */
  endpoint?: string;
}

/** What node:http and node:https have in common. */
interface Transport {
  request: typeof httpRequest;
  Agent: new (options: { keepAlive: boolean }) => Agent;
}

interface Client {
  request: typeof httpRequest;
  agent: Agent;
}

/** The share of the time that a first attempt may stand still: a kept connection may have died without a word while the function was frozen. */
const STALL_SHARE = 1 / 3;
/** Milliseconds before another attempt at an S3 that said it is busy. */
const PAUSE_MS = 100;

/**
 * Makes the reader. It never throws: whatever goes wrong is a refusal. A connection that fails or stands still and a
 * 5xx are tried once more. Where S3 does not find a key, the next one is tried; without s3:ListBucket it says 403 for
 * that too (AWS-FACTS 6).
 */
export function s3Origin(options: OriginOptions): FetchOriginal {
  let client: Promise<Client> | undefined;
  return async ({ bucket, region, keys }, limits) => {
    const signal = AbortSignal.timeout(limits.timeoutMs);
    client ??= connect(options.endpoint);
    const { request, agent } = await client;
    const get = (key: string, timeout?: number) => {
      const target = { ...signedGet(options, bucket, region, key), agent, signal, timeout };
      return once(request, target, limits.maxBytes);
    };
    let best: Answer | undefined;
    for (const key of keys) {
      const first = await get(key, limits.timeoutMs * STALL_SHARE).catch(() => undefined);
      const answer = first && !isBusy(first) ? first : await again(() => get(key), first !== undefined, signal);
      if (isWanted(answer, limits.etag)) return answer;
      if (!best || (isMissing(best) && !isMissing(answer))) best = answer;
    }
    return best ?? { refused: 's3-error' };
  };
}

/** Ends the search: the very original, or a trouble that another key would not be without. */
function isWanted(answer: Answer, etag: string | undefined): boolean {
  return 'refused' in answer ? !isMissing(answer) : etag === undefined || answer.etag === etag;
}

function isMissing(answer: Answer): boolean {
  return 'refused' in answer && /^s3-40[34]$/.test(answer.refused);
}

/** node:https takes some milliseconds to load and node:http is for the local runtime only, so one of them is loaded, on first use. */
async function connect(endpoint: string | undefined): Promise<Client> {
  const plain = endpoint?.startsWith('http:');
  const transport: Transport = plain ? await import('node:http') : await import('node:https');
  return { request: transport.request, agent: new transport.Agent({ keepAlive: true }) };
}

/**
 * The request for an object: at AWS in virtual-host style, at an endpoint of its own in path style.
 * @param key in clear; empty segments and every character are kept
 */
export function signedGet(options: OriginOptions, bucket: string, region: string, key: string): RequestOptions {
  // The wildcard certificate of S3 covers one label, so a bucket with dots is asked for in path style.
  const pathStyle = options.endpoint !== undefined || bucket.includes('.');
  const host = pathStyle ? `s3.${region}.amazonaws.com` : `${bucket}.s3.${region}.amazonaws.com`;
  const base = new URL(options.endpoint ?? `https://${host}`);
  const date = new Date(options.now()).toISOString().replace(/[:-]|\.\d{3}/g, '');
  const signed = aws4.sign(
    {
      service: 's3',
      region,
      method: 'GET',
      path: `${pathStyle ? `/${bucket}` : ''}/${encodeKey(key)}`,
      headers: { Host: base.host, 'X-Amz-Date': date },
    },
    options.credentials(),
  );
  return {
    protocol: base.protocol,
    hostname: base.hostname,
    port: base.port,
    path: signed.path,
    headers: signed.headers,
  };
}

/** RFC 3986, segment by segment: everything but unreserved characters is escaped, `/` is kept. */
export function encodeKey(key: string): string {
  const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return key
    .split('/')
    .map((segment) => encodeURIComponent(segment).replace(/[!'()*]/g, percent))
    .join('/');
}

function isBusy(answer: Answer): boolean {
  return 'refused' in answer && /^s3-(?:5|slow-down)/.test(answer.refused);
}

async function again(attempt: () => Promise<Answer>, busy: boolean, signal: AbortSignal): Promise<Answer> {
  if (busy) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  return attempt().catch((error: NodeJS.ErrnoException) =>
    signal.aborted ? { refused: 's3-timeout' } : { refused: 's3-error', error: error.code ?? error.message },
  );
}

/** One GET. Rejects when the connection fails before the last byte. */
function once(request: typeof httpRequest, options: RequestOptions, maxBytes: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(options, (incoming) => resolve(readAnswer(incoming, maxBytes)));
    outgoing.on('error', reject);
    outgoing.on('timeout', () => outgoing.destroy(new Error('no answer')));
    outgoing.end();
  });
}
