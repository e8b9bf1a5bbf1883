/** Event -> what is asked -> the answer: a variant, the original in its place, or what came. */
import { type EdgeRequest, type EdgeResponse, type OriginEvent, type OriginResponseEvent, sourceOf } from './event.ts';
import { badRequest, original, safeSvg } from './fallback.ts';
import { type Asked, readQuery } from './grammar.ts';
import { headerValue } from './headers.ts';
import { logLine } from './log.ts';
import { type Deps, type Made, make, type Work } from './make.ts';
import { handedOn, markOf, withoutMark } from './mark.ts';
import { namesVariant } from './response.ts';

export type { Deps } from './make.ts';

/**
 * Answers an origin event (AWS-FACTS 1.6). Never throws for anything a viewer sends. Untouched, but for a policy on
 * SVGs: what asks for no variant, is neither GET nor HEAD, or has another status than 200, 206 and 304. Else a variant
 * is made. What cannot be made goes out as the original, marked as such and cached briefly: at once at origin-response,
 * and by way of S3 and of the function's own second event at origin-request.
 * @param timeoutMs milliseconds until the function is stopped
 * @returns at origin-request the response, or the request that CloudFront is to send to S3
 */
export async function handle(event: OriginResponseEvent, deps: Deps, timeoutMs: number): Promise<EdgeResponse>;
export async function handle(event: OriginEvent, deps: Deps, timeoutMs: number): Promise<EdgeResponse | EdgeRequest>;
export async function handle(event: OriginEvent, deps: Deps, timeoutMs: number): Promise<EdgeResponse | EdgeRequest> {
  const { request, response } = event.Records[0].cf;
  const work: Work = { ...deps, timeoutMs, started: deps.now() };
  return response ? atResponse(request, response, work) : atRequest(withoutMark(request), work);
}

/** What is asked of this request; `none` for methods that ask for no picture. */
function readAsked(request: EdgeRequest, { settings }: Work): Asked {
  const reads = request.method === 'GET' || request.method === 'HEAD';
  return reads ? readQuery(request.querystring, settings.rules) : { kind: 'none' };
}

async function atRequest(request: EdgeRequest, work: Work): Promise<EdgeResponse | EdgeRequest> {
  const asked = readAsked(request, work);
  if (asked.kind === 'none') return request;
  const made = await answerTo(request, undefined, asked, work);
  return 'response' in made ? made.response : handedOn(request, made.refused);
}

async function atResponse(request: EdgeRequest, response: EdgeResponse, work: Work): Promise<EdgeResponse> {
  const asked = readAsked(request, work);
  if (asked.kind === 'none' || !/^(?:200|206|304)$/.test(response.status)) return safeSvg(response);
  // Not modified since this function made it.
  if (response.status === '304' && namesVariant(headerValue(request.headers, 'if-none-match'))) return response;
  const tried = work.settings.trigger === 'origin-request' ? markOf(request) : undefined;
  const made = tried === undefined ? await answerTo(request, response, asked, work) : { refused: tried };
  return 'response' in made ? made.response : fallback(request, response, asked, made.refused, work);
}

function fallback(request: EdgeRequest, response: EdgeResponse, asked: Asked, why: string, { settings }: Work) {
  const source = sourceOf(request, settings);
  return original(response, why, settings.fallbackTtlSeconds, {
    keys: 'refused' in source ? [] : source.keys,
    recipe: asked.kind === 'recipe' ? asked.recipe : undefined,
    format: 'original',
    build: settings.build,
  });
}

type Outcome = Made | { response: EdgeResponse; refused: string };

/** The answer that the function itself gives, or why it gives none. Logs which. */
async function answerTo(
  request: EdgeRequest,
  response: EdgeResponse | undefined,
  asked: Exclude<Asked, { kind: 'none' }>,
  work: Work,
): Promise<Outcome> {
  const outcome = await decide(request, response, asked, work).catch((error: unknown) => ({ refused: 'error', error }));
  work.log(logLine(request, asked, outcome, work.now() - work.started));
  return outcome;
}

async function decide(
  request: EdgeRequest,
  response: EdgeResponse | undefined,
  asked: Exclude<Asked, { kind: 'none' }>,
  work: Work,
): Promise<Outcome> {
  const { method } = request;
  if (asked.kind === 'invalid') {
    const refused = `invalid-${asked.why}`;
    if (work.settings.onInvalid === 'original') return { refused };
    return { refused, response: badRequest(asked.why, method, response?.headers) };
  }
  // How CloudFront would cache a HEAD under the variant's key is not documented, so it only gets headers that age fast.
  if (method === 'HEAD') return { refused: 'head' };
  // A part of the original is no part of the variant. (At origin-request a part of the variant is cut by CloudFront.)
  if (response?.status === '206') return { refused: 'range' };
  const source = sourceOf(request, work.settings);
  return 'refused' in source ? source : make(source, asked.recipe, response, work);
}
