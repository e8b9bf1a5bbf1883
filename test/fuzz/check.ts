/** Sends one case through viewer function, handler and CloudFront's rules, and says what came of it. */
import sharp from 'sharp';
import type { EdgeRequest, EdgeResponse, OriginEvent } from '../../handler/event.ts';
import { readQuery, variantQuery } from '../../handler/grammar.ts';
import { type Deps, handle } from '../../handler/handle.ts';
import { responseBytes } from '../../handler/limits.ts';
import { s3Origin } from '../../handler/origin.ts';
import type { LambdaHeaders } from '../../src/local/edge/event.ts';
import { readOriginRequest } from '../../src/local/edge/request-answer.ts';
import { type ValidationRules, validateAnswer } from '../../src/local/edge/validate.ts';
import { readRequestAnswer } from '../../src/local/edge/viewer-answer.ts';
import { viewerRequestEvent } from '../../src/local/edge/viewer-event.ts';
import { writeQuery } from '../../src/local/viewer/query.ts';
import { originRequest, originResponse } from '../builders/event.ts';
import { type Case, ENOUGH_MS, settled } from './case.ts';
import type { Installation } from './installations.ts';
import { mutate } from './mutations.ts';
import type { Start } from './originals.ts';
import type { FuzzS3 } from './s3.ts';

export interface FuzzWorld {
  installations: Installation[];
  originals: Start[];
  bombs: Start[];
  s3: FuzzS3;
}

/** What became of a case, in words that can be counted: `picture jpeg`, `original: svg`, `400: size`, … */
export type Outcome = string;

const STRICT: ValidationRules = { enforces: () => true, sizeReading: 'base64-text' };

/** @throws Error saying what is wrong */
export async function checkCase(world: FuzzWorld, given: Case): Promise<Outcome> {
  const one = settled(given);
  const installation = world.installations.find(({ name }) => name === one.at);
  if (!installation) throw new Error(`no installation ${one.at}`);
  const query = passViewer(installation, one);
  if (query === undefined) return 'the viewer function: 400';
  world.s3.tell(one.reply, originalOf(world, one));
  return passFunction(installation, one, query, world.s3.endpoint);
}

function originalOf({ originals, bombs }: FuzzWorld, { original, bomb, mutations }: Case): Buffer {
  const files = bomb === undefined || bombs.length === 0 ? originals : bombs;
  const start = files[(bomb ?? original) % files.length];
  const others = originals.map(({ bytes }) => bytes);
  return mutations.reduce((bytes, mutation) => mutate(bytes, mutation, others), start?.bytes ?? Buffer.alloc(0));
}

/** The query that goes on, by the viewer function if there is one; undefined when it answers itself. */
function passViewer({ viewer, settings }: Installation, { request, accept, viewed }: Case): string | undefined {
  const { method = 'GET', uri = '/', querystring = '' } = request;
  if (!viewed) return querystring;
  const occasion = { live: { id: 'E1', domainName: 'd1.cloudfront.net' }, requestId: 'r', clientIp: '203.0.113.1' };
  const ask = (query: string) => {
    const headers: Record<string, string> = accept === '' ? {} : { accept };
    const sent = { method, path: uri, querystring: query, headers, clientIp: '203.0.113.1' };
    const event = viewerRequestEvent(occasion as unknown as Parameters<typeof viewerRequestEvent>[0], sent);
    const answer = readRequestAnswer(plain(viewer(plain(event))), event.request, () => true);
    if (answer.kind === 'invalid') throw new Error(`viewer function: ${answer.problem.problem}`);
    if (answer.kind === 'response') return undefined;
    const { querystring: next } = answer.request;
    return typeof next === 'string' ? next : writeQuery(next);
  };
  const passed = ask(querystring);
  if (passed === undefined || !/^(?:GET|HEAD)$/.test(method)) return passed;
  must(ask(passed) === passed, () => `viewer function: ${passed} is not the last word, ${ask(passed)} is`);
  const asked = readQuery(passed, settings.rules);
  const understood = asked.kind === 'none' ? '' : asked.kind === 'invalid' ? 'd=invalid' : variantQuery(asked.recipe);
  must(understood === passed, () => `the viewer function says ${passed}, the handler reads ${understood}`);
  return passed;
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

async function passFunction(
  installation: Installation,
  one: Case,
  querystring: string,
  endpoint: string,
): Promise<Outcome> {
  const parts = { ...one.request, querystring };
  const settings = { ...installation.settings, trigger: one.trigger };
  const run = async (event: OriginEvent) => {
    const lines: string[] = [];
    const deps: Deps = {
      settings,
      fetchOriginal: s3Origin({ credentials: () => CREDENTIALS, now: Date.now, endpoint }),
      loadSharp: () => sharp,
      memoryMb: one.memoryMb,
      now: Date.now,
      log: (line) => void lines.push(line),
    };
    const began = performance.now();
    const answer = await handle(event, deps, one.timeoutMs);
    const ms = Math.round(performance.now() - began);
    must(one.timeoutMs < ENOUGH_MS || ms < one.timeoutMs, () => `took ${ms} ms`);
    must(lines.length <= 1 && lines.every((line) => !/[\n\r\u2028]/.test(line)), () => `logged ${lines.join('\n')}`);
    return plain(answer) as EdgeRequest | EdgeResponse;
  };
  if (one.trigger === 'origin-response') {
    const event = originResponse(parts);
    const given = structuredClone(event.Records[0].cf.response.headers);
    return judge((await run(event)) as EdgeResponse, given, one, settings);
  }
  const event = originRequest(parts);
  const given = structuredClone(event.Records[0].cf.request);
  const first = await run(event);
  const taken = readOriginRequest(first, given as Parameters<typeof readOriginRequest>[1], STRICT);
  if (taken.kind === 'response') return judge(first as EdgeResponse, {}, one, settings);
  must(taken.kind === 'request', () => `origin-request: ${JSON.stringify(taken)}`);
  const second = originResponse(parts);
  second.Records[0].cf.request = first as EdgeRequest;
  const came = structuredClone(second.Records[0].cf.response.headers);
  return judge((await run(second)) as EdgeResponse, came, one, settings);
}

const CREDENTIALS = { accessKeyId: 'AKIAFUZZ', secretAccessKey: 'secret' };

/** What CloudFront and then the viewer's browser would say to an answer. */
async function judge(
  answer: EdgeResponse,
  given: EdgeResponse['headers'],
  one: Case,
  settings: Installation['settings'],
): Promise<Outcome> {
  const taken = validateAnswer(answer, given as LambdaHeaders, STRICT);
  if ('refusal' in taken) throw new Error(`CloudFront refuses: ${taken.log}`);
  const header = (name: string) => answer.headers[name]?.[0]?.value ?? '';
  const note = header('edge-resize');
  if (answer.body === undefined) {
    const why = /^original;why=([a-z0-9-]+)$/.exec(note)?.[1];
    if (why === undefined) return answer.status === '200' ? 'untouched' : 'untouched, not 200';
    must(
      !answer.headers.etag && !answer.headers['last-modified'],
      () => 'the original under a variant’s key, for long',
    );
    return `original: ${why}`;
  }
  const bytes = responseBytes(answer.body, answer.headers);
  must(answer.status === '400' || bytes <= settings.responseLimitBytes, () => `${bytes} bytes`);
  if (answer.status === '400') return `400: ${note.replace('refused;why=', '')}`;
  must(answer.status === '200', () => `status ${answer.status} with a body`);
  await isPicture(Buffer.from(answer.body, 'base64'), note, header('content-type'));
  const [, format = '?'] = /fmt=(\w+)/.exec(note) ?? [];
  const why = /why=(\w+)/.exec(note)?.[1];
  return `picture: ${format}${one.bomb === undefined ? '' : ' of a bomb'}${why ? `, ${why}` : ''}`;
}

/** The picture decodes to the last row, and is what the headers say. */
async function isPicture(bytes: Buffer, note: string, type: string): Promise<void> {
  const [, w, h, format] = /^w=(\d+);h=(\d+);fmt=(\w+);/.exec(note) ?? [];
  const { width, height, pageHeight = height, format: found } = await sharp(bytes, { pages: -1 }).metadata();
  const is = found === 'heif' ? 'avif' : found;
  must(is === format && type === `image/${format}`, () => `${is} is called ${format} and ${type}`);
  must(width === Number(w) && pageHeight === Number(h), () => `${width}x${pageHeight} is called ${w}x${h}`);
  // All of it is decoded, row by row: the fuzzer's own memory counts too.
  await sharp(bytes, { failOn: 'error' }).resize(8, 8, { fastShrinkOnLoad: false }).raw().toBuffer();
}

function must(holds: boolean, what: () => string): void {
  if (!holds) throw new Error(what());
}
