/** The CloudFront Functions of a behavior: run at viewer-request and viewer-response, answers checked, lines logged. */
import type { ViewerResult, ViewerRuntime } from '../viewer/index.ts';
import type { ViewerFunction, World } from '../world.ts';
import { errorPage, escapeHtml, SENTENCES } from './pages.ts';
import type { Behavior, EdgeResponse, ResultType, ViewerRequest } from './types.ts';
import { type Problem, readRequestAnswer, readResponseAnswer } from './viewer-answer.ts';
import {
  changedRequest,
  changedResponse,
  generatedResponse,
  type Occasion,
  viewerRequestEvent,
  viewerResponseEvent,
} from './viewer-event.ts';

export interface ViewerParts {
  world: World;
  viewer: ViewerRuntime;
}

type Trigger = 'viewer-request' | 'viewer-response';

export interface Answered {
  response: EdgeResponse;
  result: ResultType;
}

/** Runs the behavior's function at viewer-request: the request that goes on, or an answer. */
export async function atViewerRequest(
  parts: ViewerParts,
  behavior: Behavior,
  occasion: Occasion,
  request: ViewerRequest,
): Promise<{ request: ViewerRequest } | Answered> {
  const arn = functionAt(behavior, 'viewer-request');
  if (arn === undefined) return { request };
  const event = viewerRequestEvent(occasion, request);
  const ran = await runAt(parts, arn, occasion, event, request.querystring);
  if ('response' in ran) return ran;
  const answer = readRequestAnswer(ran.output, event.request, (id) => parts.world.enforces(id));
  if (answer.kind === 'invalid') return invalid(parts, ran.fn, occasion, answer.problem);
  if (answer.kind === 'request') return { request: changedRequest(request, answer.request) };
  return { response: generatedResponse(answer.response), result: 'FunctionGeneratedResponse' };
}

/** Runs the behavior's function at viewer-response: not for errors (CFDG edge-function-restrictions-all). */
export async function atViewerResponse(
  parts: ViewerParts,
  behavior: Behavior,
  occasion: Occasion,
  { request, response }: { request: ViewerRequest; response: EdgeResponse },
): Promise<{ response: EdgeResponse; result?: ResultType }> {
  const arn = functionAt(behavior, 'viewer-response');
  if (arn === undefined || response.status >= 400) return { response };
  const event = viewerResponseEvent(occasion, request, response);
  const ran = await runAt(parts, arn, occasion, event, request.querystring);
  if ('response' in ran) return ran;
  const answer = readResponseAnswer(ran.output, event.response, (id) => parts.world.enforces(id));
  if ('problem' in answer) return invalid(parts, ran.fn, occasion, answer.problem);
  return { response: changedResponse(response, answer) };
}

function functionAt(behavior: Behavior, trigger: Trigger): string | undefined {
  return behavior.FunctionAssociations?.Items?.find(({ EventType }) => EventType === trigger)?.FunctionARN;
}

async function runAt(
  { world, viewer }: ViewerParts,
  arn: string,
  occasion: Occasion,
  event: unknown,
  rawQuery: string,
): Promise<{ fn: ViewerFunction; output: unknown } | Answered> {
  const fn = world.cloudfront.viewerFunction?.(arn, 'LIVE');
  if (!fn) return failed('FunctionExecutionError', SENTENCES.function, occasion);
  const keyValues = fn.keyValueStore === undefined ? undefined : world.cloudfront.keyValues?.(fn.keyValueStore);
  const result = await viewer.run({ fn, keyValues, event, rawQuery, now: world.now() });
  logRun(world, fn, occasion, result);
  if (result.errorKind === undefined) return { fn, output: result.output };
  const throttled = result.errorKind === 'FunctionThrottledError';
  return failed(result.errorKind, throttled ? SENTENCES.functionLimit : SENTENCES.function, occasion);
}

const failed = (result: ResultType, sentence: string, { requestId }: Occasion): Answered => ({
  response: errorPage(503, sentence, requestId),
  result,
});

/** People report 502 and this name for headers that are not allowed; the guide lists no status. */
function invalid({ world }: ViewerParts, fn: ViewerFunction, occasion: Occasion, { problem }: Problem): Answered {
  const sentence = `The CloudFront function returned an invalid value: ${problem}.`;
  write(world, fn, occasion, [`FunctionValidationError: ${sentence}`]);
  return { response: errorPage(502, escapeHtml(sentence), occasion.requestId), result: 'FunctionValidationError' };
}

/** Lines come into being when the function writes one or fails (CFDG edge-functions-logs). */
function logRun(world: World, fn: ViewerFunction, occasion: Occasion, { logs, error, errorKind }: ViewerResult): void {
  const lines = error === undefined ? logs : [...logs, `${errorKind}: ${error}`];
  if (lines.length > 0) write(world, fn, occasion, lines);
}

/** `REQUEST_ID text` between START and END, all in us-east-1; the name of the stream is inferred. */
function write(world: World, fn: ViewerFunction, { live, requestId }: Occasion, lines: string[]): void {
  const now = world.now();
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '/');
  const texts = [`START DistributionID: ${live.id}`, ...lines, 'END'];
  const events = texts.map((text) => ({ timestamp: now, message: `${requestId} ${text}` }));
  world.logs.put('us-east-1', `/aws/cloudfront/function/${fn.name}`, `${day}/${live.id}`, events);
}
