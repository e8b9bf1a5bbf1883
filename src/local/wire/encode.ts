/** An operation's output becomes a response, as the schema binds it: status, headers, payload, body. */
import { NormalizedSchema } from '@smithy/core/schema';
import { bodySchema, type Shape, writeJson, writeText, writeXml } from './codecs.ts';
import type { Model, Operation } from './model.ts';
import { NO_BODY, type WireResponse, xmlBody, xmlElement } from './response.ts';

const MEDIA_TYPES = {
  'rest-xml': 'text/xml',
  'rest-json': 'application/json',
  query: 'text/xml',
  json: 'application/x-amz-json-1.1',
};

export function encodeOutput(model: Model, operation: Operation, output: Shape, requestId: string): WireResponse {
  const { $metadata, ...value } = output as Shape & { $metadata?: { httpStatusCode?: number } };
  const response: WireResponse = {
    status: $metadata?.httpStatusCode ?? operation.http?.status ?? 200,
    headers: requestIdHeaders(model, requestId),
    body: NO_BODY,
  };
  if (model.traits.protocol === 'query')
    return withBody(response, 'text/xml', queryResult(model, operation, value, requestId));
  if (model.traits.protocol === 'json') {
    const json = operation.output.isUnitSchema() ? '' : writeJson(operation.output, value);
    return withBody(response, MEDIA_TYPES.json, Buffer.from(json));
  }
  return operation.output.isUnitSchema() ? response : bind(model, operation, value, response);
}

/** S3 and CloudFront name the id of a request differently from the others, and S3 has two. */
export function requestIdHeaders(model: Model, requestId: string): Record<string, string> {
  if (model.traits.id !== 's3') return { 'x-amzn-requestid': requestId };
  return { 'x-amz-request-id': requestId, 'x-amz-id-2': hostId(requestId) };
}

/** S3's second id: opaque to everybody outside, so any text that goes with the request will do. */
export const hostId = (requestId: string): string => Buffer.from(`local-aws-${requestId}`).toString('base64');

function bind(model: Model, operation: Operation, value: Shape, response: WireResponse): WireResponse {
  const inBody: string[] = [];
  for (const [name, member] of operation.output.structIterator()) {
    const place = placeOf(member);
    if (place === 'body') inBody.push(name);
    else if (value[name] !== undefined) PLACES[place](response, member, value[name], model);
  }
  return inBody.length === 0 ? response : bindBody(model, operation, inBody, value, response);
}

type Place = 'payload' | 'status' | 'header' | 'headers';

function placeOf(member: NormalizedSchema): Place | 'body' {
  const traits = member.getMergedTraits();
  if (traits.httpPayload) return 'payload';
  if (traits.httpResponseCode) return 'status';
  if (traits.httpHeader !== undefined) return 'header';
  return typeof traits.httpPrefixHeaders === 'string' ? 'headers' : 'body';
}

type Bind = (response: WireResponse, member: NormalizedSchema, given: unknown, model: Model) => void;

const PLACES: Record<Place, Bind> = {
  payload: (response, member, given, model) => bindPayload(model, member, given, response),
  status(response, _member, given) {
    response.status = Number(given);
  },
  header(response, member, given) {
    response.headers[headerName(member.getMergedTraits().httpHeader ?? '')] = writeText(member, given);
  },
  headers(response, member, given) {
    const prefix = (member.getMergedTraits().httpPrefixHeaders ?? '').toLowerCase();
    for (const [name, text] of Object.entries(given as Record<string, string>)) {
      response.headers[prefix + name.toLowerCase()] = text;
    }
  },
};

/** The SDK reads S3's Expires twice, as a date and as text; only the first is a header of S3. */
const headerName = (name: string): string => (name === 'ExpiresString' ? 'expires' : name.toLowerCase());

function bindPayload(model: Model, member: NormalizedSchema, given: unknown, response: WireResponse): void {
  if (member.isBlobSchema()) {
    response.body = given as Uint8Array;
  } else if (member.isStringSchema()) {
    withBody(response, 'application/json', Buffer.from(String(given)));
  } else {
    withBody(response, MEDIA_TYPES[model.traits.protocol], structureBody(model, member, given as Shape));
  }
}

function bindBody(
  model: Model,
  operation: Operation,
  members: string[],
  value: Shape,
  response: WireResponse,
): WireResponse {
  const mediaType = MEDIA_TYPES[model.traits.protocol];
  if (operation.name === 'GetBucketLocation')
    return withBody(response, 'application/xml', bucketLocation(model, value));
  const schema = NormalizedSchema.of(bodySchema(operation.output, members));
  const empty = members.every((name) => value[name] === undefined);
  // S3 answers PUTs and DELETEs without a body, lists always with one.
  if (empty && model.traits.id === 's3' && operation.http?.method !== 'GET') return response;
  return withBody(
    response,
    model.traits.id === 's3' ? 'application/xml' : mediaType,
    structureBody(model, schema, value),
  );
}

function structureBody(model: Model, schema: NormalizedSchema, value: Shape): Uint8Array {
  if (model.traits.protocol === 'rest-json') return Buffer.from(writeJson(schema, value));
  return xmlBody(writeXml(schema, value, model.traits.xmlNamespace));
}

/** The one output of S3 whose root element is its only member (smithy aws.customizations#s3UnwrappedXmlOutput). */
function bucketLocation(model: Model, value: Shape): Uint8Array {
  return xmlBody(xmlElement('LocationConstraint', String(value.LocationConstraint ?? ''), model.traits.xmlNamespace));
}

/** `<CreateRoleResponse><CreateRoleResult>…</CreateRoleResult><ResponseMetadata>…`. Operations without output have no result. */
function queryResult(model: Model, operation: Operation, value: Shape, requestId: string): Uint8Array {
  const { name, output } = operation;
  const metadata = xmlElement('ResponseMetadata', { RequestId: requestId });
  const result = output.isUnitSchema() ? '' : writeXml(renamed(output, `${name}Result`), value, '');
  return xmlBody(`<${name}Response xmlns="${model.traits.xmlNamespace}">${result}${metadata}</${name}Response>`);
}

function renamed(schema: NormalizedSchema, name: string): NormalizedSchema {
  const [id, namespace, , , ...rest] = bodySchema(schema, Object.keys(schema.getMemberSchemas()));
  return NormalizedSchema.of([id, namespace, name, { xmlName: name }, ...rest]);
}

function withBody(response: WireResponse, mediaType: string, body: Uint8Array): WireResponse {
  response.headers['content-type'] ??= mediaType;
  response.body = body;
  return response;
}
