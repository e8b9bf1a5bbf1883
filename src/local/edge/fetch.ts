/** What an edge does on a miss: asks the origin, lets the function change the answer, and says how long it may stay. */
import type { DistributionConfig } from '@aws-sdk/client-cloudfront';
import type { Runtime } from '../runtime/outcome.ts';
import type { LiveDistribution, OriginAnswer, World } from '../world.ts';
import type { CacheKey } from './cache-key.ts';
import { lambdaHeaders, originResponseEvent } from './event.ts';
import { viaHost } from './finish.ts';
import { isBlacklisted } from './header-rules.ts';
import { logRejection } from './log.ts';
import { findOrigin, readOrigin, type S3OriginTarget } from './origin.ts';
import { errorPage, escapeHtml, SENTENCES } from './pages.ts';
import type { EdgeRegion } from './regions.ts';
import { type Behavior, type EdgeResponse, firstValue, type Headers, type ResultType, toHeaders } from './types.ts';
import { type SizeReading, validateAnswer } from './validate.ts';

export interface FetchParts {
  world: World;
  runtime: Runtime;
  sizeReading: SizeReading;
}

export interface Fetch {
  live: LiveDistribution;
  config: DistributionConfig;
  behavior: Behavior;
  region: EdgeRegion;
  requestId: string;
  clientIp: string;
  method: 'GET' | 'HEAD';
  /** Path at the origin, after the default root object; without the origin's own path. */
  uri: string;
  forwarded: CacheKey;
  /** Range of the viewer; S3 answers it, and such an answer is not kept. */
  range: string | undefined;
  /** What the cache holds and wants confirmed. */
  stale: EdgeResponse | undefined;
}

export interface Fetched {
  response: EdgeResponse;
  result: ResultType;
}

/** One trip to the origin. Never rejects for what the origin or the function answers. */
export async function fetchObject(parts: FetchParts, fetch: Fetch): Promise<Fetched> {
  const target = findOrigin(parts.world, fetch.live, fetch.config, fetch.behavior);
  if (target.kind === 'unsupported') {
    return { response: errorPage(502, escapeHtml(target.reason), fetch.requestId), result: 'Error' };
  }
  const requestHeaders = originHeaders(fetch, target);
  const { uri, method } = fetch;
  const { querystring } = fetch.forwarded;
  const answer = readOrigin(parts.world, target, { method, uri, querystring, headers: requestHeaders });
  const versionArn = originResponseFunction(fetch.behavior);
  if (versionArn === undefined) return plain({ ...answer, headers: toHeaders(answer.headers) });
  return runFunction(parts, fetch, { target, versionArn, answer, requestHeaders });
}

/** ARN of the version that the behavior has at origin-response. */
export function originResponseFunction(behavior: Behavior): string | undefined {
  const items = behavior.LambdaFunctionAssociations?.Items ?? [];
  return items.find(({ EventType }) => EventType === 'origin-response')?.LambdaFunctionARN;
}

/** The request as the origin sees it; a revalidation carries the cached ETag and date (AWS-FACTS 1.6). */
function originHeaders(fetch: Fetch, target: S3OriginTarget): Record<string, string> {
  const headers: Record<string, string> = {
    ...fetch.forwarded.headers,
    host: target.origin.DomainName ?? '',
    'user-agent': 'Amazon CloudFront',
    via: `1.1 ${viaHost(fetch.requestId)} (CloudFront)`,
    'x-forwarded-for': fetch.clientIp,
  };
  const conditions: [string, string | undefined][] = [
    ['range', fetch.range],
    ['if-none-match', fetch.stale && firstValue(fetch.stale.headers, 'etag')],
    ['if-modified-since', fetch.stale && firstValue(fetch.stale.headers, 'last-modified')],
  ];
  for (const [name, value] of conditions) if (value !== undefined) headers[name] = value;
  return headers;
}

interface OriginExchange {
  target: S3OriginTarget;
  versionArn: string;
  answer: OriginAnswer;
  requestHeaders: Record<string, string>;
}

async function runFunction(parts: FetchParts, fetch: Fetch, exchange: OriginExchange): Promise<Fetched> {
  const { world, runtime, sizeReading } = parts;
  const { target, versionArn, answer } = exchange;
  const responseHeaders = visibleHeaders(answer.headers);
  const event = originResponseEvent({
    distribution: fetch.live,
    requestId: fetch.requestId,
    clientIp: fetch.clientIp,
    method: fetch.method,
    uri: fetch.uri,
    querystring: fetch.forwarded.querystring,
    requestHeaders: toHeaders(exchange.requestHeaders),
    target,
    region: world.s3.bucket(target.bucket)?.region ?? world.region,
    status: answer.status,
    responseHeaders,
  });
  const outcome = await runtime.invoke(versionArn, fetch.region, event);
  if (outcome.kind === 'error') return failed(503, SENTENCES.execution, 'LambdaExecutionError', fetch);
  if (outcome.kind === 'limit') return failed(503, SENTENCES.limit, 'LambdaLimitExceeded', fetch);
  const rules = { sizeReading, enforces: (id: string) => world.enforces(id) };
  const accepted = validateAnswer(outcome.value, lambdaHeaders(responseHeaders), rules);
  if ('refusal' in accepted) {
    logRejection(world, fetch, { versionArn, lambdaRequestId: outcome.requestId, sentence: accepted.log });
    return failed(502, escapeHtml(accepted.page), 'LambdaValidationError', fetch);
  }
  const { status, statusDescription, headers } = accepted;
  return plain({ status, statusDescription, headers, body: accepted.body ?? answer.body });
}

const failed = (status: number, sentence: string, result: ResultType, { requestId }: Fetch): Fetched => ({
  response: errorPage(status, sentence, requestId),
  result,
});

/** What S3 sent as a function sees it. */
function visibleHeaders(headers: Record<string, string>): Headers {
  const names = Object.keys(headers).filter((name) => !isBlacklisted(name));
  return toHeaders(Object.fromEntries(names.map((name) => [name, headers[name] ?? ''])));
}

function plain(response: EdgeResponse): Fetched {
  return { response, result: resultOf(response.status) };
}

export function resultOf(status: number): ResultType {
  if (status >= 400) return 'Error';
  return status >= 300 && status !== 304 ? 'Redirect' : 'Miss';
}
