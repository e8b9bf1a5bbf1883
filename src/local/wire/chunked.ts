/** Bodies that S3 clients send as `aws-chunked`: chunks with sizes and signatures, then trailers (SigV4 streaming). */
import type { WireRequest } from './request.ts';
import { AwsError } from './service.ts';

export interface Unchunked {
  body: Uint8Array;
  /** Lower-case names, e.g. x-amz-checksum-crc32. */
  trailers: Record<string, string>;
  /** Signature of each chunk in order (the last one is of the empty chunk), when chunks are signed. */
  chunks: { bytes: Uint8Array; signature: string | undefined }[];
}

const CRLF = Buffer.from('\r\n');

/** @throws AwsError IncompleteBody when the framing does not hold. */
export function unchunk(encoded: Uint8Array): Unchunked {
  const bytes = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const chunks: Unchunked['chunks'] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf(CRLF, at);
    const [, hex, signature] =
      /^([0-9a-f]+)(?:;chunk-signature=([0-9a-f]{64}))?$/i.exec(bytes.toString('latin1', at, Math.max(at, end))) ?? [];
    if (end < 0 || hex === undefined) throw incomplete();
    const size = Number.parseInt(hex, 16);
    const start = end + CRLF.length;
    if (start + size > bytes.length) throw incomplete();
    chunks.push({ bytes: bytes.subarray(start, start + size), signature });
    at = start + size;
    if (size === 0) break;
    if (bytes.indexOf(CRLF, at) !== at) throw incomplete();
    at += CRLF.length;
  }
  return {
    body: Buffer.concat(chunks.map((chunk) => chunk.bytes)),
    trailers: readTrailers(bytes.toString('utf8', at)),
    chunks,
  };
}

/** The request as if it had been sent in one piece: the body decoded, trailers among the headers. Others are returned as they are. */
export function withoutChunks(request: WireRequest): WireRequest {
  const { headers, body } = request;
  const encodings = (headers['content-encoding'] ?? '').split(',').map((name) => name.trim());
  const streaming = headers['x-amz-content-sha256']?.startsWith('STREAMING-') === true;
  if (!streaming && !encodings.includes('aws-chunked')) return request;
  const whole = unchunk(body);
  if (Number(headers['x-amz-decoded-content-length'] ?? whole.body.byteLength) !== whole.body.byteLength)
    throw incomplete();
  const { 'content-encoding': _chunked, ...others } = headers;
  const encoding = encodings.filter((name) => name !== 'aws-chunked' && name !== '').join(', ');
  return {
    ...request,
    body: whole.body,
    headers: {
      ...others,
      ...(encoding === '' ? {} : { 'content-encoding': encoding }),
      ...whole.trailers,
      'content-length': String(whole.body.byteLength),
    },
  };
}

function readTrailers(text: string): Record<string, string> {
  const pairs = text.split('\r\n').flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    return colon < 0 ? [] : [[line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]];
  });
  return Object.fromEntries(pairs);
}

const incomplete = (): AwsError =>
  new AwsError('IncompleteBody', 'The request body terminated unexpectedly', { status: 400 });
