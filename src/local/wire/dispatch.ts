/** One AWS call from bytes to bytes: route, authenticate, decode, check, authorize, handle, encode. */
import { UnsupportedOperatorError } from '../policy/conditions.ts';
import type { World } from '../world.ts';
import { authenticate } from './authenticate.ts';
import { authorize, targetOf } from './authorize.ts';
import { inputFaults, missingMembers, mistypedMembers } from './check.ts';
import { withoutChunks } from './chunked.ts';
import type { Shape } from './codecs.ts';
import { decodeInput } from './decode.ts';
import { encodeOutput } from './encode.ts';
import { encodeError } from './errors.ts';
import { type Model, SERVICES } from './model.ts';
import type { WireRequest } from './request.ts';
import type { LoggedRequest } from './request-log.ts';
import type { WireResponse } from './response.ts';
import { findRoute, type Route } from './routes.ts';
import { AwsError, type CallContext, type Service, type ServiceId } from './service.ts';
import { readClaim, type SignatureClaim } from './signature.ts';

/**
 * Bytes. Lambda's is the one AWS names today (localstack/docs#933; 69,905,067 in 2021, AWS-FACTS 7): a zip just over
 * 50 MB fits as base64, and is refused for its own size. The other keeps the local AWS from eating the machine's memory.
 */
const BODY_LIMITS: Partial<Record<ServiceId, number>> = { lambda: 70_167_211 };
export const LARGEST_BODY = 75 * 1024 * 1024;

export interface Dispatcher {
  world: World;
  model(id: ServiceId): Promise<Model>;
  service(id: ServiceId): Service | undefined;
  newRequestId(id: ServiceId): string;
}

export type CallRecord = Omit<LoggedRequest, 'write' | 'time'>;

/** Never throws: what goes wrong becomes the service's error, also a defect of a handler (InternalFailure, 500). */
export async function dispatch(
  parts: Dispatcher,
  request: WireRequest,
): Promise<{ response: WireResponse; record: CallRecord }> {
  const claim = readClaim(request);
  const id = serviceOf(request, claim);
  const requestId = parts.newRequestId(id);
  const region = typeof claim === 'object' ? claim.region : parts.world.region;
  const record: CallRecord = { service: id, operation: '?', region, status: 0 };
  const model = await parts.model(id);
  try {
    const response = await call(parts, model, request, claim, { record, requestId });
    return { response, record: { ...record, status: response.status } };
  } catch (error) {
    const failure = error instanceof AwsError ? error : internalFailure(id, error);
    const response = encodeError(model, failure, requestId);
    return { response, record: { ...record, status: response.status, error: failure.code } };
  }
}

async function call(
  parts: Dispatcher,
  model: Model,
  sent: WireRequest,
  claim: SignatureClaim | 'malformed' | undefined,
  { record, requestId }: { record: CallRecord; requestId: string },
): Promise<WireResponse> {
  const { world } = parts;
  const { id } = model.traits;
  if (typeof claim === 'object' && !isServiceId(claim.service)) {
    throw new AwsError('NotImplemented', `The local AWS does not have the service ${claim.service}`, { status: 501 });
  }
  const form = model.traits.protocol === 'query' ? readFormBody(sent) : undefined;
  const route = findRoute(model, sent, form);
  const operation = route.operation.name;
  record.operation = operation;
  checkSize(world, id, operation, sent.body.byteLength);
  const principal = await authenticate(world, model, sent, claim);
  const request = withoutChunks(sent);
  const context: CallContext = {
    service: id,
    operation,
    region: record.region,
    principal,
    requestId,
    now: world.now(),
    headers: request.headers,
  };
  const handler = parts.service(id)?.handlers[operation];
  if (!handler) throw new AwsError('NotImplemented', `The local AWS does not have ${id}:${operation}`, { status: 501 });
  const input = readInput(world, model, route, request, form);
  const { arn } = targetOf(world, context, input);
  if (arn !== '*') record.resource = arn;
  authorize(world, context, input);
  return encodeOutput(model, route.operation, (await handler(input, context)) as Shape, requestId);
}

function readInput(
  world: World,
  model: Model,
  route: Route,
  request: WireRequest,
  form: URLSearchParams | undefined,
): Shape {
  const input = decodeInput(model, route, request, form);
  const faults = inputFaults(route.operation.input, input);
  if (faults.mistyped.length > 0 && world.enforces('wire.type')) throw mistypedMembers(model, faults.mistyped);
  if (faults.missing.length > 0 && world.enforces('wire.required-member')) throw missingMembers(model, faults.missing);
  return input;
}

/** The query protocol's fields: in the body of a POST, in the URL of a GET. */
const readFormBody = (request: WireRequest): URLSearchParams =>
  request.method === 'POST'
    ? new URLSearchParams(Buffer.from(request.body).toString())
    : new URLSearchParams(request.query);

function checkSize(world: World, id: ServiceId, operation: string, size: number): void {
  const limit = BODY_LIMITS[id] ?? LARGEST_BODY;
  if (size <= limit || !world.enforces('wire.body-size')) return;
  throw new AwsError(
    id === 's3' ? 'EntityTooLarge' : 'RequestEntityTooLargeException',
    id === 's3'
      ? 'Your proposed upload exceeds the maximum allowed size'
      : `Request must be smaller than ${limit} bytes for the ${operation} operation`,
    { status: id === 's3' ? 400 : 413 },
  );
}

const isServiceId = (name: string): name is ServiceId => Object.hasOwn(SERVICES, name);

/** The credential scope names the service. What is unsigned is told by its form; what has none is a plain read of S3. */
function serviceOf(request: WireRequest, claim: SignatureClaim | 'malformed' | undefined): ServiceId {
  if (typeof claim === 'object' && isServiceId(claim.service)) return claim.service;
  const { 'x-amz-target': target, 'content-type': type = '' } = request.headers;
  // Services that are not here are answered in the protocol in which they asked.
  if (typeof claim === 'object') return target === undefined ? 'sts' : 'logs';
  const byTarget = Object.values(SERVICES).find(
    (traits) => traits.target !== undefined && target?.startsWith(`${traits.target}.`),
  );
  if (byTarget) return byTarget.id;
  const form = type.startsWith('application/x-www-form-urlencoded')
    ? readFormBody(request)
    : new URLSearchParams(request.query);
  const version = form.get('Action') === null ? request.path.split('/')[1] : form.get('Version');
  return Object.values(SERVICES).find((traits) => traits.id !== 's3' && traits.apiVersion === version)?.id ?? 's3';
}

function internalFailure(id: ServiceId, error: unknown): AwsError {
  if (error instanceof UnsupportedOperatorError) return new AwsError('NotImplemented', error.message, { status: 501 });
  const message = `The local AWS failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  return new AwsError(id === 's3' ? 'InternalError' : 'InternalFailure', message, { status: 500 });
}
