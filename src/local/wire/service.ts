/** What a service of the local AWS is to the wire: handlers by operation name, with the shapes of the SDK's own types. */
import type { Principal } from '../world.ts';

export type ServiceId = 'sts' | 'iam' | 's3' | 'lambda' | 'cloudfront' | 'cloudfront-keyvaluestore' | 'logs';

export interface CallContext {
  service: ServiceId;
  operation: string;
  /** Region of the SigV4 credential scope. */
  region: string;
  principal: Principal;
  requestId: string;
  /** Milliseconds since 1970. */
  now: number;
  /** Lower-case names. */
  headers: Record<string, string>;
}

/** What a handler answers. `$metadata.httpStatusCode` is for answers whose status is not the schema's (S3's 206). */
export type Answer<Output> = Omit<Output, '$metadata'> & { $metadata?: { httpStatusCode?: number } };

/** Input and output have the shapes of `@aws-sdk/client-*` command inputs and outputs; bodies are bytes. */
export type Handler<Input, Output> = (input: Input, context: CallContext) => Answer<Output> | Promise<Answer<Output>>;

// biome-ignore lint/suspicious/noExplicitAny: the table holds handlers of many shapes; the wire checks input by schema.
export type Handlers = Record<string, Handler<any, any>>;

export interface Service {
  id: ServiceId;
  handlers: Handlers;
}

export interface AwsErrorParts {
  status?: number;
  fields?: Record<string, unknown>;
  headers?: Record<string, string>;
}

/**
 * An error as AWS sends it. The HTTP status comes from the SDK's schema of the error; give it for codes that the
 * schemas do not model (S3's NoSuchBucketPolicy, MalformedPolicy, …).
 */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number | undefined;
  /** Further members of the error shape. */
  readonly fields: Record<string, unknown>;
  /** Further response headers, lower-case names (x-amz-bucket-region of a redirect, etag of a 304). */
  readonly headers: Record<string, string>;

  constructor(code: string, message: string, parts: AwsErrorParts = {}) {
    super(message);
    this.code = code;
    this.status = parts.status;
    this.fields = parts.fields ?? {};
    this.headers = parts.headers ?? {};
  }
}
