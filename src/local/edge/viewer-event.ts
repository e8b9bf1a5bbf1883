/** The event of a CloudFront Function, and what of its answer goes on (CFDG functions-event-structure). Pure. */
import { STATUS_CODES } from 'node:http';
import { addValue, type Fields, type FieldValue, parseQuery, writeQuery } from '../viewer/query.ts';
import type { LiveDistribution } from '../world.ts';
import { isBlacklisted } from './header-rules.ts';
import type { EdgeResponse, Headers, ViewerRequest } from './types.ts';

export interface FunctionRequest {
  method: string;
  uri: string;
  querystring: Fields;
  /** Without cookies, and without what no function may set. */
  headers: Fields;
  cookies: Fields;
}

export interface FunctionResponse {
  statusCode: number;
  statusDescription?: string;
  headers?: Fields;
  cookies?: Record<string, FieldValue & { attributes?: string }>;
  body?: string | { encoding: 'text' | 'base64'; data: string };
}

export interface Occasion {
  live: LiveDistribution;
  requestId: string;
  clientIp: string;
}

export function viewerRequestEvent(occasion: Occasion, request: ViewerRequest) {
  return { ...frame(occasion, 'viewer-request'), request: functionRequest(request) };
}

export function viewerResponseEvent(occasion: Occasion, request: ViewerRequest, response: EdgeResponse) {
  return {
    ...frame(occasion, 'viewer-response'),
    request: functionRequest(request),
    response: functionResponse(response),
  };
}

function frame({ live, requestId, clientIp }: Occasion, eventType: string) {
  const { domainName: distributionDomainName, id: distributionId } = live;
  const context = { distributionDomainName, distributionId, eventType, requestId };
  return { version: '1.0', context, viewer: { ip: clientIp } };
}

/** The path as it was sent, still percent-encoded (AWS-FACTS 1.6). */
function functionRequest({ method, path, querystring, headers }: ViewerRequest): FunctionRequest {
  const visible = Object.entries(headers).filter(([name]) => name !== 'cookie' && !isBlacklisted(name));
  const fields = Object.fromEntries(visible.map(([name, value]) => [name, { value }]));
  return { method, uri: path, querystring: parseQuery(querystring), headers: fields, cookies: cookiesOf(headers) };
}

function cookiesOf({ cookie = '' }: Record<string, string>): Fields {
  const fields: Fields = Object.create(null);
  for (const part of cookie.split(/;\s*/).filter(Boolean)) {
    const at = part.indexOf('=');
    addValue(fields, at < 0 ? part : part.slice(0, at), at < 0 ? '' : part.slice(at + 1));
  }
  return fields;
}

function functionResponse({ status, statusDescription, headers }: EdgeResponse): FunctionResponse {
  const fields: Fields = {};
  for (const [name, values] of Object.entries(headers)) {
    if (name === 'set-cookie' || isBlacklisted(name)) continue;
    for (const value of values) addValue(fields, name, value);
  }
  return {
    statusCode: status,
    statusDescription: statusDescription ?? STATUS_CODES[status] ?? '',
    headers: fields,
    cookies: setCookies(headers['set-cookie'] ?? []),
  };
}

function setCookies(lines: string[]): FunctionResponse['cookies'] {
  const entries = lines.map((line) => {
    const [pair = '', ...attributes] = line.split(/;\s*/);
    const at = pair.indexOf('=');
    return [pair.slice(0, Math.max(at, 0)), { value: pair.slice(at + 1), attributes: attributes.join('; ') }] as const;
  });
  return Object.fromEntries(entries);
}

/** The viewer's request as a function changed it. What no function sees stays as it came. */
export function changedRequest(request: ViewerRequest, changed: FunctionRequest): ViewerRequest {
  const unseen = Object.entries(request.headers).filter(([name]) => isBlacklisted(name));
  const headers = Object.entries(changed.headers).map(([name, field]) => [name, valuesOf(field).join(', ')]);
  const cookie = Object.entries(changed.cookies)
    .flatMap(([name, field]) => valuesOf(field).map((value) => `${name}=${value}`))
    .join('; ');
  return {
    ...request,
    path: changed.uri,
    querystring: typeof changed.querystring === 'string' ? changed.querystring : writeQuery(changed.querystring),
    headers: Object.fromEntries([...unseen, ...headers, ...(cookie === '' ? [] : [['cookie', cookie]])]),
  };
}

const valuesOf = (field: FieldValue) => (field.multiValue ?? [field]).map(({ value }) => value);

/** An answer that a function made at viewer-request. */
export function generatedResponse(answer: FunctionResponse): EdgeResponse {
  const body = bodyOf(answer.body) ?? new Uint8Array();
  const headers = { server: ['CloudFront'], ...answeredHeaders(answer), 'content-length': [String(body.byteLength)] };
  return { status: answer.statusCode, statusDescription: answer.statusDescription, headers, body };
}

/** A response as a function at viewer-response changed it: no body of its own leaves the object's. */
export function changedResponse(response: EdgeResponse, answer: FunctionResponse): EdgeResponse {
  const unseen = Object.entries(response.headers).filter(([name]) => isBlacklisted(name));
  const body = bodyOf(answer.body);
  const headers: Headers = { ...Object.fromEntries(unseen), ...answeredHeaders(answer) };
  if (body) headers['content-length'] = [String(body.byteLength)];
  return { ...response, statusDescription: answer.statusDescription, headers, body: body ?? response.body };
}

function answeredHeaders({ headers = {}, cookies = {} }: FunctionResponse): Headers {
  const lines = Object.entries(cookies).map(
    ([name, { value, attributes }]) => `${name}=${value}${attributes ? `; ${attributes}` : ''}`,
  );
  return {
    ...Object.fromEntries(Object.entries(headers).map(([name, field]) => [name, valuesOf(field)])),
    ...(lines.length > 0 ? { 'set-cookie': lines } : {}),
  };
}

function bodyOf(body: FunctionResponse['body']): Uint8Array | undefined {
  if (body === undefined) return undefined;
  if (typeof body === 'string') return Buffer.from(body);
  return Buffer.from(body.data, body.encoding === 'base64' ? 'base64' : 'utf8');
}
