/** What CloudFront accepts as the answer of an origin-request function: a request, or a response (AWS-FACTS 1.5, 1.6). Pure. */
import type { LambdaHeaders } from './event.ts';
import { asHeaders, headerShapeProblem, headerValues, isBlacklisted } from './header-rules.ts';
import {
  type AcceptedAnswer,
  type RejectedAnswer,
  rejected,
  type ValidationRules,
  validateAnswer,
} from './validate.ts';

/** Must come back as they were given (AWS-FACTS 1.5). */
const READ_ONLY = [
  'accept-encoding',
  'cdn-loop',
  'content-length',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'transfer-encoding',
  'via',
];

export interface GivenRequest {
  method: string;
  uri: string;
  querystring: string;
  headers: LambdaHeaders;
  origin: unknown;
}

/** The request that goes to the origin. */
export interface OriginRequest {
  uri: string;
  querystring: string;
  headers: Record<string, string>;
}

export type OriginRequestAnswer =
  | { kind: 'request'; request: OriginRequest }
  | { kind: 'response'; response: AcceptedAnswer }
  | { kind: 'rejected'; rejected: RejectedAnswer }
  /** It chose another origin: not modelled. */
  | { kind: 'other-origin' };

type Raw = Partial<Record<keyof GivenRequest | 'status', unknown>>;

/** Takes the function's answer (parsed JSON) and the request it was given. What has a `status` is a response. */
export function readOriginRequest(answer: unknown, given: GivenRequest, rules: ValidationRules): OriginRequestAnswer {
  const problem = findProblem(answer, given);
  if (problem && rules.enforces(problem.refusal)) return { kind: 'rejected', rejected: problem };
  if (problem?.refusal === 'edge.request-shape') return { kind: 'request', request: requestOf(given) };
  const raw = answer as Raw;
  if ('status' in raw) {
    const response = validateAnswer(raw, {}, rules);
    return 'refusal' in response ? { kind: 'rejected', rejected: response } : { kind: 'response', response };
  }
  if (raw.origin !== undefined && JSON.stringify(raw.origin) !== JSON.stringify(given.origin)) {
    return { kind: 'other-origin' };
  }
  return { kind: 'request', request: requestOf({ ...given, ...(raw as GivenRequest) }) };
}

function requestOf({ uri, querystring, headers }: GivenRequest): OriginRequest {
  const entries = Object.entries(asHeaders(headers)).filter(([, values]) => values.length > 0);
  const single = entries.map(([name, values]) => [name, values.map(({ value }) => value).join(', ')]);
  return { uri, querystring, headers: Object.fromEntries(single) };
}

function findProblem(answer: unknown, given: GivenRequest): RejectedAnswer | undefined {
  if (answer === null || typeof answer !== 'object' || Array.isArray(answer)) {
    const sentence = 'The Lambda function returned invalid JSON: The JSON output must be an object type.';
    return { refusal: 'edge.request-shape', page: sentence, log: sentence };
  }
  if ('status' in answer) return undefined;
  const shape = shapeProblem(answer, given);
  if (shape) return rejected('edge.request-shape', shape);
  const header = headersProblem((answer as { headers?: unknown }).headers, given.headers);
  return header === undefined ? undefined : rejected('edge.request-header', header);
}

function shapeProblem({ method, uri, querystring, headers }: Raw, given: GivenRequest): string | undefined {
  if (method !== undefined && method !== given.method) return 'the method is read-only';
  if (uri !== undefined && (typeof uri !== 'string' || !uri.startsWith('/'))) return 'the uri must begin with a slash';
  if (querystring !== undefined && typeof querystring !== 'string') return 'the querystring must be a string';
  return headerShapeProblem(headers ?? given.headers);
}

function headersProblem(headers: unknown, given: LambdaHeaders): string | undefined {
  if (headers === undefined) return undefined;
  const returned = asHeaders(headers);
  const added = Object.keys(returned).find((name) => isBlacklisted(name) && !Object.hasOwn(given, name));
  if (added !== undefined) return `the header ${added} is not allowed`;
  const changed = READ_ONLY.find((name) => headerValues(given, name) !== headerValues(returned, name));
  return changed === undefined ? undefined : `the header ${changed} is read-only`;
}
