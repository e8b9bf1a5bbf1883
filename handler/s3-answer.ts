/** What S3 answered: the original with the headers that matter to a variant, or why there is none. */
import type { IncomingMessage } from 'node:http';
import type { Headers } from './event.ts';

export interface Original {
  bytes: Buffer;
  /** Empty when S3 sent none. */
  etag: string;
  /** What CloudFront would have passed on to the viewer: caching, disposition, language, metadata. */
  headers?: Headers;
}

/** Why there is no original, one word each. Safe in a header; docs/responses.md explains them. */
export type OriginRefusal =
  | `s3-${number}`
  | 's3-kms'
  | 's3-archived'
  | 's3-slow-down'
  | 's3-no-bucket'
  | 's3-region'
  | 's3-timeout'
  | 's3-error'
  | 'too-many-bytes';

/** `error` is for the log: S3's error code, or that of the connection. */
export type Answer = Original | { refused: OriginRefusal; error?: string };

/** Reads an answer to its end. Rejects when the connection fails before the last byte. */
export async function readAnswer(incoming: IncomingMessage, maxBytes: number): Promise<Answer> {
  const { statusCode = 0, headers } = incoming;
  // Errors are read to the end too, so that the connection can be used again.
  const bytes = await collect(incoming, statusCode === 200 ? maxBytes : MOST_ERROR_BYTES);
  if (statusCode !== 200) return refusal(statusCode, bytes?.toString() ?? '');
  return bytes ? { bytes, etag: headers.etag ?? '', headers: passedOn(incoming) } : { refused: 'too-many-bytes' };
}

const MOST_ERROR_BYTES = 10_000;

/**
 * Undefined when there are more bytes, told or not; the connection ends then. Straight into one buffer of the length
 * that S3 tells: 15 % less CPU for 5 MB than an asynchronous iteration and a concatenation at the end.
 */
function collect(incoming: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const told = Number(incoming.headers['content-length'] ?? Number.NaN);
  let bytes: Buffer = Buffer.allocUnsafe(told <= maxBytes ? told : 0);
  let length = 0;
  return new Promise((resolve, reject) => {
    incoming.on('error', reject); // without effect once resolved
    const tooLong = () => {
      resolve(undefined);
      incoming.destroy();
    };
    if (told > maxBytes) return tooLong();
    incoming.on('data', (chunk: Buffer) => {
      if (length + chunk.length > maxBytes) return tooLong();
      if (length + chunk.length > bytes.length) bytes = larger(bytes, length + chunk.length);
      length += chunk.copy(bytes, length);
    });
    incoming.on('end', () => resolve(bytes.subarray(0, length)));
  });
}

/** A copy with room for `least` bytes and as many again, where no length was told. */
function larger(bytes: Buffer, least: number): Buffer {
  return Buffer.concat([bytes], 2 * least);
}

const PASSED_ON = /^(?:cache-control|expires|content-(?:disposition|language)|x-amz-meta-.*)$/;

function passedOn({ rawHeaders }: IncomingMessage): Headers {
  const headers: Headers = {};
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [key = '', value = ''] = rawHeaders.slice(at, at + 2);
    const name = key.toLowerCase();
    if (PASSED_ON.test(name)) headers[name] = [...(headers[name] ?? []), { key, value }];
  }
  return headers;
}

/** Words for S3's error codes that say more than a status (S3 API reference, "List of error codes"). */
const BY_CODE = new Map<string, OriginRefusal>([
  ['InvalidObjectState', 's3-archived'],
  ['SlowDown', 's3-slow-down'],
  ['NoSuchBucket', 's3-no-bucket'],
  ['PermanentRedirect', 's3-region'],
]);

function refusal(status: number, body: string): Answer {
  const error = /<Code>([\w.]{1,64})<\/Code>/.exec(body)?.[1] ?? '';
  // S3 names the bucket's region when a signature is for another one.
  const elsewhere = error === 'AuthorizationHeaderMalformed' && body.includes('<Region>');
  const word = isKms(error, body) ? 's3-kms' : elsewhere ? 's3-region' : BY_CODE.get(error);
  return { refused: word ?? `s3-${status}`, ...(error && { error }) };
}

/**
 * A KMS key that is disabled, deleted or of no use is told by codes of their own (KMS.DisabledException, 400). One that
 * the role may not use is AccessDenied with the denied action in the message (*inferred* from reports; where the message
 * says nothing it is `s3-403`).
 */
function isKms(error: string, body: string): boolean {
  return error.startsWith('KMS.') || (error === 'AccessDenied' && /<Message>[^<]*\bkms:/i.test(body));
}
