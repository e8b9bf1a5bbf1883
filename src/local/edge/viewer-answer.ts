/** What CloudFront accepts as the answer of a CloudFront Function (CFDG functions-event-structure, AWS-FACTS 1.5). Pure. */
import type { Fields } from '../viewer/query.ts';
import { isBlacklisted, isFieldValue } from './header-rules.ts';
import type { EdgeRefusal } from './refusals.ts';
import type { FunctionRequest, FunctionResponse } from './viewer-event.ts';

/** Headers that a function at viewer-request must leave as they are (AWS-FACTS 1.5). */
const REQUEST_READ_ONLY = ['cdn-loop', 'content-length', 'host', 'transfer-encoding', 'via'];
/** At viewer-response. The list is Lambda@Edge's; that it holds for CloudFront Functions is inferred. */
const RESPONSE_READ_ONLY = ['warning', 'via', 'content-length', 'content-encoding', 'transfer-encoding'];

const SHAPE = 'edge.function-result' satisfies EdgeRefusal;
const HEADER = 'edge.function-header' satisfies EdgeRefusal;

/** `problem` completes the sentence "The CloudFront function returned an invalid value: …". */
export interface Problem {
  refusal: EdgeRefusal;
  problem: string;
}

export type RequestAnswer =
  | { kind: 'request'; request: FunctionRequest }
  | { kind: 'response'; response: FunctionResponse }
  | { kind: 'invalid'; problem: Problem };

type Enforces = (refusal: EdgeRefusal) => boolean;
type Raw = Record<string, unknown>;

/** What a function at viewer-request returned: the request that goes on, or a response. */
export function readRequestAnswer(output: unknown, given: FunctionRequest, enforces: Enforces): RequestAnswer {
  if (!isObject(output)) {
    if (!enforces(SHAPE)) return { kind: 'request', request: given };
    return { kind: 'invalid', problem: shape('it must be a request or a response object') };
  }
  const isResponse = 'statusCode' in output;
  const found = isResponse ? responseProblem(output, {}) : requestProblem(output, given);
  if (found && enforces(found.refusal)) return { kind: 'invalid', problem: found };
  if (found?.refusal === SHAPE) return { kind: 'request', request: given };
  if (isResponse) return { kind: 'response', response: output as unknown as FunctionResponse };
  const { uri, querystring, headers = {}, cookies = {} } = output as unknown as FunctionRequest;
  return { kind: 'request', request: { method: given.method, uri, querystring: querystring ?? {}, headers, cookies } };
}

/** What a function at viewer-response returned. */
export function readResponseAnswer(
  output: unknown,
  given: FunctionResponse,
  enforces: Enforces,
): FunctionResponse | { problem: Problem } {
  const found = viewerResponseProblem(output, given);
  if (found && enforces(found.refusal)) return { problem: found };
  return found?.refusal === SHAPE ? given : (output as FunctionResponse);
}

function viewerResponseProblem(output: unknown, given: FunctionResponse): Problem | undefined {
  if (!isObject(output)) return shape('it must be a response object');
  if (output.statusCode !== given.statusCode) return shape('response.statusCode is read-only at viewer-response');
  return responseProblem(output, given.headers ?? {});
}

const shape = (problem: string): Problem => ({ refusal: SHAPE, problem });

const isObject = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);

function requestProblem(output: Raw, given: FunctionRequest): Problem | undefined {
  const { method, uri, querystring = {}, headers = {}, cookies = {} } = output;
  if (method !== given.method) return shape('request.method is read-only');
  if (typeof uri !== 'string' || !uri.startsWith('/')) return shape('request.uri must begin with a forward slash');
  const query = typeof querystring === 'string' ? undefined : fieldsProblem('request.querystring', querystring);
  const problem = query ?? fieldsProblem('request.headers', headers) ?? fieldsProblem('request.cookies', cookies);
  if (problem) return shape(problem);
  return headersProblem('request.headers', headers as Fields, given.headers, REQUEST_READ_ONLY);
}

function responseProblem(output: Raw, given: Fields): Problem | undefined {
  const { statusCode, statusDescription, headers = {}, cookies = {}, body } = output;
  if (!Number.isInteger(statusCode) || Number(statusCode) < 200 || Number(statusCode) > 599) {
    return shape('response.statusCode must be an integer between 200 and 599');
  }
  if (statusDescription !== undefined && typeof statusDescription !== 'string') {
    return shape('response.statusDescription must be a string');
  }
  const problem =
    fieldsProblem('response.headers', headers) ?? fieldsProblem('response.cookies', cookies) ?? bodyProblem(body);
  if (problem) return shape(problem);
  return headersProblem('response.headers', headers as Fields, given, RESPONSE_READ_ONLY);
}

/** `{ NAME: { value, multiValue: [{ value }] } }`. */
function fieldsProblem(path: string, fields: unknown): string | undefined {
  if (!isObject(fields)) return `${path} must be an object`;
  for (const [name, field] of Object.entries(fields)) {
    const values = isObject(field) ? [field, ...(Array.isArray(field.multiValue) ? field.multiValue : [])] : [];
    const strings = values.length > 0 && values.every((one) => isObject(one) && typeof one.value === 'string');
    if (!strings) return `${path}.${name} must be an object with a string value`;
  }
  return undefined;
}

function bodyProblem(body: unknown): string | undefined {
  if (body === undefined || typeof body === 'string') return undefined;
  const { data, encoding } = isObject(body) ? body : {};
  if (typeof data !== 'string') return 'response.body must be a string, or an object with data and encoding';
  if (encoding !== 'text' && encoding !== 'base64') return "response.body.encoding must be 'text' or 'base64'";
  const invalid = encoding === 'base64' && (data.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(data));
  return invalid ? 'response.body.data is not valid base64' : undefined;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

function headersProblem(path: string, headers: Fields, given: Fields, readOnly: string[]): Problem | undefined {
  const header = (problem: string): Problem => ({ refusal: HEADER, problem });
  for (const [name, field] of Object.entries(headers)) {
    // The one sentence that is known word for word (bug reports); the others are made after it.
    if (name !== name.toLowerCase()) return header(`${path} must have header names in lower case`);
    if (!TOKEN.test(name)) return header(`${path} has a name with a character that is not allowed`);
    if (isBlacklisted(name)) return header(`${path} must not contain ${name}`);
    const values = (field.multiValue ?? [field]).map(({ value }) => value);
    if (!values.every(isFieldValue)) return header(`${path}.${name} has a character that is not allowed`);
  }
  const changed = readOnly.find((name) => JSON.stringify(headers[name]) !== JSON.stringify(given[name]));
  return changed === undefined ? undefined : header(`${path}.${changed} is read-only`);
}
