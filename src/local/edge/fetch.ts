/** What an edge does on a miss: asks the origin, lets the function change the answer, and says how long it may stay. */
import type { DistributionConfig } from '@aws-sdk/client-cloudfront';
import type { Runtime } from '../runtime/outcome.ts';
import type { LiveDistribution, OriginAnswer, World } from '../world.ts';
import type { CacheKey } from './cache-key.ts';
import { lambdaHeaders, originRequestEvent, originResponseEvent, requestOf } from './event.ts';
import { viaHost } from './finish.ts';
import { isBlacklisted } from './header-rules.ts';
import { logRejection } from './log.ts';
import { findOrigin, readOrigin, type S3OriginTarget } from './origin.ts';
import { errorPage, escapeHtml, SENTENCES } from './pages.ts';
import type { EdgeRegion } from './regions.ts';
import { type OriginRequest, readOriginRequest } from './request-answer.ts';
import { type Behavior, type EdgeResponse, firstValue, type Headers, type ResultType, toHeaders } from './types.ts';
import { type AcceptedAnswer, type RejectedAnswer, type SizeReading, validateAnswer } from './validate.ts';

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

/** One trip to the origin, with the functions on both of its sides. Never rejects for what origin or function answer. */
export async function fetchObject(parts: FetchParts, fetch: Fetch): Promise<Fetched> {
  const target = findOrigin(parts.world, fetch.live, fetch.config, fetch.behavior);
  if (target.kind === 'unsupported') {
    return { response: errorPage(502, escapeHtml(target.reason), fetch.requestId), result: 'Error' };
  }
  const asked = await atOriginRequest(parts, fetch, target);
  if ('response' in asked) return asked;
  const answer = readOrigin(parts.world, target, { method: fetch.method, ...asked });
  const versionArn = functionAt(fetch.behavior, 'origin-response');
  if (versionArn === undefined) return plain({ ...answer, headers: toHeaders(answer.headers) });
  return atOriginResponse(parts, fetch, { target, versionArn, answer, asked });
}

type Trigger = 'origin-request' | 'origin-response';

/** ARN of the version that the behavior has at a trigger. */
function functionAt(behavior: Behavior, trigger: Trigger): string | undefined {
  const items = behavior.LambdaFunctionAssociations?.Items ?? [];
  return items.find(({ EventType }) => EventType === trigger)?.LambdaFunctionARN;
}

/** What goes to the origin: as the behavior forwards it, changed by the function at origin-request; or its own answer. */
async function atOriginRequest(
  parts: FetchParts,
  fetch: Fetch,
  target: S3OriginTarget,
): Promise<OriginRequest | Fetched> {
  const { uri, forwarded } = fetch;
  const asked: OriginRequest = { uri, querystring: forwarded.querystring, headers: originHeaders(fetch, target) };
  const versionArn = functionAt(fetch.behavior, 'origin-request');
  if (versionArn === undefined) return asked;
  const given = eventParts(parts, fetch, target, asked);
  const invoked = await invoke(parts, fetch, versionArn, originRequestEvent(given));
  if ('response' in invoked) return invoked;
  const answer = readOriginRequest(invoked.value, requestOf(given), rulesOf(parts));
  switch (answer.kind) {
    case 'request':
      return answer.request;
    case 'response':
      return generated(answer.response);
    case 'rejected':
      return reject(parts, fetch, { versionArn, lambdaRequestId: invoked.requestId }, answer.rejected);
    case 'other-origin': {
      const sentence = `The local AWS does not model another origin chosen at origin-request (${escapeHtml(versionArn)}).`;
      return failed(502, sentence, 'Error', fetch);
    }
  }
}

/** Kept like an answer of the origin; origin-response is not asked (AWS-FACTS 1.6). */
function generated({ status, statusDescription, headers, body = new Uint8Array() }: AcceptedAnswer): Fetched {
  const own = { server: ['CloudFront'], ...headers, 'content-length': [String(body.byteLength)] };
  return { response: { status, statusDescription, headers: own, body }, result: 'LambdaGeneratedResponse' };
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
  asked: OriginRequest;
}

async function atOriginResponse(parts: FetchParts, fetch: Fetch, exchange: OriginExchange): Promise<Fetched> {
  const { target, versionArn, answer, asked } = exchange;
  const responseHeaders = visibleHeaders(answer.headers);
  const { status: given } = answer;
  const event = originResponseEvent({ ...eventParts(parts, fetch, target, asked), status: given, responseHeaders });
  const invoked = await invoke(parts, fetch, versionArn, event);
  if ('response' in invoked) return invoked;
  const accepted = validateAnswer(invoked.value, lambdaHeaders(responseHeaders), rulesOf(parts));
  if ('refusal' in accepted) {
    return reject(parts, fetch, { versionArn, lambdaRequestId: invoked.requestId }, accepted);
  }
  const { status, statusDescription, headers } = accepted;
  return plain({ status, statusDescription, headers, body: accepted.body ?? answer.body });
}

function eventParts({ world }: FetchParts, fetch: Fetch, target: S3OriginTarget, asked: OriginRequest) {
  return {
    distribution: fetch.live,
    requestId: fetch.requestId,
    clientIp: fetch.clientIp,
    method: fetch.method,
    uri: asked.uri,
    querystring: asked.querystring,
    requestHeaders: toHeaders(asked.headers),
    target,
    region: world.s3.bucket(target.bucket)?.region ?? world.region,
  };
}

async function invoke(
  { runtime }: FetchParts,
  fetch: Fetch,
  versionArn: string,
  event: unknown,
): Promise<{ value: unknown; requestId: string } | Fetched> {
  const outcome = await runtime.invoke(versionArn, fetch.region, event);
  if (outcome.kind === 'error') return failed(503, SENTENCES.execution, 'LambdaExecutionError', fetch);
  if (outcome.kind === 'limit') return failed(503, SENTENCES.limit, 'LambdaLimitExceeded', fetch);
  return outcome;
}

const rulesOf = ({ world, sizeReading }: FetchParts) => ({ sizeReading, enforces: (id: string) => world.enforces(id) });

function reject(
  { world }: FetchParts,
  fetch: Fetch,
  ids: { versionArn: string; lambdaRequestId: string },
  { page, log }: RejectedAnswer,
): Fetched {
  logRejection(world, fetch, { ...ids, sentence: log });
  return failed(502, escapeHtml(page), 'LambdaValidationError', fetch);
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
