/** Errors as each protocol sends them. */
import { hostId, requestIdHeaders } from './encode.ts';
import type { Model } from './model.ts';
import { NO_BODY, type WireResponse, xmlBody, xmlElement } from './response.ts';
import type { AwsError } from './service.ts';

/** Statuses of codes that no schema models. Everything else that is unknown is the caller's fault: 400. */
const STATUSES: Record<string, number> = {
  AccessDenied: 403,
  AccessDeniedException: 403,
  ExpiredToken: 403,
  InternalError: 500,
  InternalFailure: 500,
  InvalidAccessKeyId: 403,
  InvalidClientTokenId: 403,
  InvalidSignatureException: 403,
  MissingAuthenticationToken: 403,
  MissingAuthenticationTokenException: 403,
  NotImplemented: 501,
  RequestTimeTooSkewed: 403,
  ServiceUnavailable: 503,
  SignatureDoesNotMatch: 403,
  SlowDown: 503,
  UnrecognizedClientException: 403,
};

export function errorStatus(model: Model, error: AwsError): number {
  const modelled = model.errors.get(error.code)?.status;
  if (error.status !== undefined || modelled !== undefined) return error.status ?? modelled ?? 400;
  // The JSON-1.1 protocol has one status for whatever the caller did wrong.
  const status = STATUSES[error.code] ?? 400;
  return model.traits.protocol === 'json' && status < 500 ? 400 : status;
}

export function encodeError(model: Model, error: AwsError, requestId: string): WireResponse {
  const code = model.errors.get(error.code)?.code ?? error.code;
  const status = errorStatus(model, error);
  const headers = { ...requestIdHeaders(model, requestId), ...error.headers };
  const { protocol, id } = model.traits;
  if (status === 304) return { status, headers, body: NO_BODY };
  if (protocol === 'json' || protocol === 'rest-json') {
    const mediaType = protocol === 'json' ? 'application/x-amz-json-1.1' : 'application/json';
    const body = Buffer.from(JSON.stringify(jsonFields(model, error, code)));
    return { status, headers: { ...headers, 'content-type': mediaType, 'x-amzn-errortype': code }, body };
  }
  const xml = id === 's3' ? s3Error(error, code, requestId) : errorResponse(model, error, code, status, requestId);
  return {
    status,
    headers: { ...headers, 'content-type': id === 's3' ? 'application/xml' : 'text/xml' },
    body: xmlBody(xml),
  };
}

/** Lambda gives `Type` and `message` (of some shapes `Message`), CloudWatch Logs `__type` and `message`. */
function jsonFields(model: Model, error: AwsError, code: string): Record<string, unknown> {
  const members = Object.keys(model.errors.get(error.code)?.schema.getMemberSchemas() ?? {});
  const message = members.includes('Message') ? 'Message' : 'message';
  const type =
    model.traits.protocol === 'json'
      ? { __type: code }
      : { Type: errorStatus(model, error) < 500 ? 'User' : 'Service' };
  return { ...type, ...error.fields, [message]: error.message };
}

/** S3's root is `Error` itself, without a namespace. */
function s3Error(error: AwsError, code: string, requestId: string): string {
  const fields = {
    Code: code,
    Message: error.message,
    ...error.fields,
    RequestId: requestId,
    HostId: hostId(requestId),
  };
  return xmlElement('Error', fields);
}

function errorResponse(model: Model, error: AwsError, code: string, status: number, requestId: string): string {
  const type = status < 500 ? 'Sender' : 'Receiver';
  const fields = { Type: type, Code: code, Message: error.message, ...error.fields };
  return xmlElement('ErrorResponse', { Error: fields, RequestId: requestId }, model.traits.xmlNamespace);
}
