/** A request becomes the input of its operation, as the schema binds it: labels, query, headers, payload, body. */
import type { NormalizedSchema } from '@smithy/core/schema';
import { NormalizedSchema as Schema } from '@smithy/core/schema';
import { bodySchema, readJson, readText, readXml, type Shape } from './codecs.ts';
import type { Model, Protocol } from './model.ts';
import { readForm } from './query-form.ts';
import type { WireRequest } from './request.ts';
import type { Route } from './routes.ts';
import { AwsError } from './service.ts';

/** @throws AwsError for a body that cannot be read. */
export function decodeInput(
  model: Model,
  route: Route,
  request: WireRequest,
  form: URLSearchParams | undefined,
): Shape {
  const { input } = route.operation;
  const { protocol } = model.traits;
  if (input.isUnitSchema()) return {};
  if (protocol === 'query') return readForm(input, form ?? new URLSearchParams());
  if (protocol === 'json') return readJsonBody(input, request.body);
  return decodeBindings(input, protocol, route, request);
}

function decodeBindings(input: NormalizedSchema, protocol: Protocol, route: Route, request: WireRequest): Shape {
  const value: Shape = {};
  const inBody: string[] = [];
  for (const [name, member] of input.structIterator()) {
    const traits = member.getMergedTraits();
    if (traits.httpPayload) {
      put(value, name, readPayload(member, protocol, request.body));
    } else if (traits.httpLabel || isS3Bucket(name, route)) {
      put(value, name, readMaybe(member, route.labels[name]));
    } else if (traits.httpQuery !== undefined) {
      put(value, name, readParameter(member, request, traits.httpQuery));
    } else if (traits.httpHeader !== undefined) {
      put(value, name, readHeader(member, request.headers[traits.httpHeader.toLowerCase()]));
    } else if (typeof traits.httpPrefixHeaders === 'string') {
      value[name] = prefixed(request.headers, traits.httpPrefixHeaders.toLowerCase());
    } else {
      inBody.push(name);
    }
  }
  if (inBody.length === 0 || request.body.byteLength === 0) return value;
  return { ...value, ...readBody(Schema.of(bodySchema(input, inBody)), protocol, request.body) };
}

const isS3Bucket = (name: string, route: Route): boolean => name === 'Bucket' && 'Bucket' in route.labels;

function put(shape: Shape, name: string, value: unknown): void {
  if (value !== undefined) shape[name] = value;
}

const readMaybe = (member: NormalizedSchema, text: string | undefined): unknown =>
  text === undefined ? undefined : readText(member, text);

function readParameter(member: NormalizedSchema, request: WireRequest, name: string): unknown {
  const values = request.query.filter(([key]) => key === name).map(([, text]) => text);
  if (values.length === 0) return undefined;
  if (member.isListSchema()) return values.map((text) => readText(member.getValueSchema(), text));
  return readText(member, values[0] ?? '');
}

/** A date that cannot be read is no condition (RFC 9110, 13.1.3), so it is dropped and not refused. */
function readHeader(member: NormalizedSchema, text: string | undefined): unknown {
  if (!member.isTimestampSchema()) return readMaybe(member, text);
  try {
    return readMaybe(member, text);
  } catch {
    return undefined;
  }
}

function prefixed(headers: Record<string, string>, prefix: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, text]) => [name.slice(prefix.length), text]),
  );
}

function readPayload(member: NormalizedSchema, protocol: Protocol, body: Uint8Array): unknown {
  if (member.isBlobSchema()) return body;
  if (body.byteLength === 0) return undefined;
  if (member.isStringSchema()) return new TextDecoder().decode(body);
  return readBody(member, protocol, body);
}

function readBody(schema: NormalizedSchema, protocol: Protocol, body: Uint8Array): Shape {
  if (protocol === 'rest-json') return readJsonBody(schema, body);
  try {
    return readXml(schema, new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw malformedXml();
  }
}

export const malformedXml = (): AwsError =>
  new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
    {
      status: 400,
    },
  );

function readJsonBody(schema: NormalizedSchema, body: Uint8Array): Shape {
  if (body.byteLength === 0) return {};
  try {
    return readJson(schema, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)));
  } catch (error) {
    throw new AwsError(
      'SerializationException',
      `Could not parse request body into json: ${(error as Error).message}`,
      {
        status: 400,
      },
    );
  }
}
