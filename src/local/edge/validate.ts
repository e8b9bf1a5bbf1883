/** What CloudFront accepts as the answer of an origin-response function (AWS-FACTS 1.2, 1.5, 1.6). Pure. */
import type { LambdaHeaders } from './event.ts';
import { asHeaders, changedReadOnly, headerShapeProblem, isBlacklisted } from './header-rules.ts';
import type { EdgeRefusal } from './refusals.ts';
import type { Headers } from './types.ts';

/** Bytes of headers and body together. */
export const RESPONSE_LIMIT = 1_048_576;

/** What the limit counts of a base64 body. AWS does not say (AWS-FACTS 1.2); the text is the strict reading. */
export type SizeReading = 'base64-text' | 'decoded';

export interface ValidationRules {
  enforces(refusal: EdgeRefusal): boolean;
  sizeReading: SizeReading;
}

export interface AcceptedAnswer {
  status: number;
  statusDescription: string | undefined;
  headers: Headers;
  /** Undefined: the function set none, the origin's goes through. */
  body: Uint8Array | undefined;
}

/** `page` is the sentence of the 502 page, `log` the one that goes to the distribution's log group. */
export interface RejectedAnswer {
  refusal: EdgeRefusal;
  page: string;
  log: string;
}

interface Answer {
  status?: unknown;
  statusDescription?: unknown;
  headers?: unknown;
  body?: unknown;
  bodyEncoding?: unknown;
}

const FAILED = 'The Lambda function result failed validation: ';
const BODY_PROBLEM = `${FAILED}The body is not a string, is not an object, or exceeds the maximum size.`;

type Check = (answer: Answer, given: LambdaHeaders, rules: ValidationRules) => string | undefined;

/** In the order in which they are looked at; the first that fails is told. */
const CHECKS: [EdgeRefusal, Check][] = [
  ['edge.status', checkStatus],
  ['edge.header-shape', ({ headers }) => headerShapeProblem(headers ?? {})],
  ['edge.blacklisted-header', checkBlacklisted],
  ['edge.read-only-header', checkReadOnly],
  ['edge.body-shape', checkBodyShape],
  ['edge.body-base64', checkBase64],
  ['edge.response-size', checkSize],
];

/** Takes the function's answer (parsed JSON) and the headers it was given. */
export function validateAnswer(
  answer: unknown,
  given: LambdaHeaders,
  rules: ValidationRules,
): AcceptedAnswer | RejectedAnswer {
  if (answer === null || typeof answer !== 'object' || Array.isArray(answer)) {
    if (!rules.enforces('edge.result-not-object')) return accept({ headers: given });
    const sentence = 'The Lambda function returned invalid JSON: The JSON output must be an object type.';
    return { refusal: 'edge.result-not-object', page: sentence, log: sentence };
  }
  for (const [refusal, check] of CHECKS) {
    const problem = rules.enforces(refusal) ? check(answer, given, rules) : undefined;
    if (problem === undefined) continue;
    const about = rejected(refusal, problem);
    return refusal.includes('body') || refusal.endsWith('size') ? { ...about, page: BODY_PROBLEM } : about;
  }
  return accept(answer);
}

export function rejected(refusal: EdgeRefusal, problem: string): RejectedAnswer {
  const sentence = `${FAILED}${problem}.`;
  return { refusal, page: sentence, log: sentence };
}

function checkStatus({ status, statusDescription }: Answer): string | undefined {
  if (typeof status !== 'string' || !/^[2-5]\d\d$/.test(status)) {
    return `the status must be a string between 200 and 599, it is ${JSON.stringify(status) ?? 'missing'}`;
  }
  if (statusDescription !== undefined && typeof statusDescription !== 'string') {
    return 'the statusDescription must be a string';
  }
  return undefined;
}

function checkBlacklisted({ headers }: Answer, given: LambdaHeaders): string | undefined {
  const name = Object.keys(headers ?? {}).find((header) => isBlacklisted(header) && !Object.hasOwn(given, header));
  return name === undefined ? undefined : `the header ${name} is not allowed`;
}

function checkReadOnly({ headers }: Answer, given: LambdaHeaders): string | undefined {
  const name = changedReadOnly(given, asHeaders(headers));
  return name === undefined ? undefined : `the header ${name} is read-only`;
}

function checkBodyShape({ body, bodyEncoding }: Answer): string | undefined {
  if (body !== undefined && typeof body !== 'string') return 'the body is not a string';
  if (bodyEncoding !== undefined && bodyEncoding !== 'text' && bodyEncoding !== 'base64') {
    return "the bodyEncoding must be 'text' or 'base64'";
  }
  return undefined;
}

function checkBase64({ body, bodyEncoding }: Answer): string | undefined {
  if (bodyEncoding !== 'base64' || typeof body !== 'string' || isBase64(body)) return undefined;
  return 'the body is not valid base64';
}

const isBase64 = (text: string) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);

/** A body that the function did not set is the origin's: it is not limited (AWS-FACTS 1.2). */
function checkSize(answer: Answer, _given: LambdaHeaders, rules: ValidationRules): string | undefined {
  if (typeof answer.body !== 'string') return undefined;
  const text = Buffer.byteLength(answer.body);
  const decoded = answer.bodyEncoding === 'base64' && rules.sizeReading === 'decoded';
  const size = (decoded ? Buffer.byteLength(answer.body, 'base64') : text) + headerBytes(asHeaders(answer.headers));
  if (size <= RESPONSE_LIMIT) return undefined;
  return `the length of the body size and header was ${size} bytes which exceeded the CloudFront limit of ${RESPONSE_LIMIT} bytes`;
}

/** Bytes of the headers as HTTP/1.1 lines. Inferred: AWS says "header" and no more. */
function headerBytes(headers: LambdaHeaders): number {
  let total = 0;
  for (const [name, entries] of Object.entries(headers)) {
    for (const { value } of entries) total += Buffer.byteLength(name) + Buffer.byteLength(value) + 4;
  }
  return total;
}

function accept(answer: Answer): AcceptedAnswer {
  const headers = asHeaders(answer.headers);
  const encoding = answer.bodyEncoding === 'base64' ? 'base64' : 'utf8';
  return {
    status: Number(answer.status) || 200,
    statusDescription: typeof answer.statusDescription === 'string' ? answer.statusDescription : undefined,
    headers: Object.fromEntries(
      Object.entries(headers)
        .filter(([, list]) => list.length > 0)
        .map(([name, list]) => [name, list.map(({ value }) => value)]),
    ),
    body: typeof answer.body === 'string' ? Buffer.from(answer.body, encoding) : undefined,
  };
}
