/** SigV4, the server's side: reads what a request claims, and recomputes the signature it should have. */
import { Sha256 } from '@smithy/core/checksum';
import { escapeUri, HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import { percentDecode, queryValue, type WireRequest } from './request.ts';
import { SIGV4A, verifySigV4a } from './signature-v4a.ts';

export interface SignatureClaim {
  kind: 'header' | 'query';
  /** SigV4A is asymmetric, and its scope has no region: the header x-amz-region-set says for which ones it is. */
  asymmetric: boolean;
  accessKeyId: string;
  /** Of the credential scope; of SigV4A the region set. */
  region: string;
  service: string;
  /** Milliseconds since 1970. */
  signedAt: number;
  /** Lower-case names. */
  signedHeaders: string[];
  signature: string;
  sessionToken: string | undefined;
  /** Seconds, of presigned URLs. */
  expiresIn: number | undefined;
}

export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';
export const SIGNED_CHUNKS = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';

/** What the request says of its signature; `malformed` when it tries to and does not succeed, undefined when it is unsigned. */
export function readClaim(request: WireRequest): SignatureClaim | 'malformed' | undefined {
  const { authorization } = request.headers;
  if (authorization !== undefined) return headerClaim(request, authorization) ?? 'malformed';
  if (queryValue(request, 'X-Amz-Algorithm') !== undefined || queryValue(request, 'X-Amz-Signature') !== undefined) {
    return queryClaim(request) ?? 'malformed';
  }
  return undefined;
}

function headerClaim({ headers }: WireRequest, authorization: string): SignatureClaim | undefined {
  const parts =
    /^(AWS4-HMAC-SHA256|AWS4-ECDSA-P256-SHA256)\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]+)$/.exec(
      authorization,
    );
  const [, algorithm, credential = '', signedHeaders = '', signature = ''] = parts ?? [];
  const asymmetric = algorithm === SIGV4A;
  const scope = asymmetric ? readGlobalScope(credential, headers['x-amz-region-set']) : readScope(credential);
  const signedAt = readDate(headers['x-amz-date']);
  if (!parts || !scope || signedAt === undefined) return undefined;
  const sessionToken = headers['x-amz-security-token'];
  return {
    ...scope,
    kind: 'header',
    asymmetric,
    signedAt,
    signature,
    signedHeaders: signedHeaders.split(';'),
    sessionToken,
    expiresIn: undefined,
  };
}

function queryClaim(request: WireRequest): SignatureClaim | undefined {
  const value = (name: string) => queryValue(request, name);
  const scope = readScope(value('X-Amz-Credential') ?? '');
  const signedAt = readDate(value('X-Amz-Date'));
  const signature = value('X-Amz-Signature');
  const expiresIn = Number(value('X-Amz-Expires'));
  if (value('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256' || !scope || signedAt === undefined || !signature)
    return undefined;
  if (!(expiresIn >= 0 && expiresIn <= 604_800)) return undefined;
  const signedHeaders = (value('X-Amz-SignedHeaders') ?? '').split(';');
  return {
    ...scope,
    kind: 'query',
    asymmetric: false,
    signedAt,
    signature,
    signedHeaders,
    sessionToken: value('X-Amz-Security-Token'),
    expiresIn,
  };
}

function readScope(credential: string): { accessKeyId: string; region: string; service: string } | undefined {
  const parts = credential.split('/');
  const [region, service, terminator] = parts.slice(-3);
  const accessKeyId = parts.slice(0, -4).join('/');
  if (accessKeyId === '' || !region || !service || terminator !== 'aws4_request') return undefined;
  return { accessKeyId, region, service };
}

/** `KEY/DATE/SERVICE/aws4_request` */
function readGlobalScope(
  credential: string,
  regionSet: string | undefined,
): { accessKeyId: string; region: string; service: string } | undefined {
  const [service, terminator] = credential.split('/').slice(-2);
  const accessKeyId = credential.split('/').slice(0, -3).join('/');
  if (accessKeyId === '' || !regionSet || !service || terminator !== 'aws4_request') return undefined;
  return { accessKeyId, region: regionSet, service };
}

/** `20261122T160000Z` */
function readDate(text: string | undefined): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
  if (!parts) return undefined;
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** Is the claimed signature that of the holder of `secretAccessKey`? */
export async function signatureHolds(
  request: WireRequest,
  claim: SignatureClaim,
  secretAccessKey: string,
): Promise<boolean> {
  if (claim.asymmetric) return verifySigV4a(claim, signedParts(request, claim), secretAccessKey);
  return (await recompute(request, claim, secretAccessKey)) === claim.signature;
}

/** The signature that the holder of `secretAccessKey` would have put on this request, in hex. */
export async function recompute(request: WireRequest, claim: SignatureClaim, secretAccessKey: string): Promise<string> {
  const signer = signerOf(claim, secretAccessKey);
  const signable = new Set(claim.signedHeaders);
  const options = { signingDate: new Date(claim.signedAt), signableHeaders: signable };
  const unsigned = signedParts(request, claim);
  if (claim.kind === 'header') {
    const signed = await signer.sign(unsigned, options);
    return /Signature=([0-9a-f]+)$/.exec(signed.headers.authorization ?? '')?.[1] ?? '';
  }
  const presigned = await signer.presign(unsigned, {
    ...options,
    expiresIn: claim.expiresIn ?? 0,
    unhoistableHeaders: signable,
  });
  return String(presigned.query?.['X-Amz-Signature'] ?? '');
}

/** Do the chunks of a STREAMING-AWS4-HMAC-SHA256-PAYLOAD body carry the right signatures? Each one covers the one before it. */
export async function chunksMatch(
  chunks: { bytes: Uint8Array; signature: string | undefined }[],
  claim: SignatureClaim,
  secretAccessKey: string,
): Promise<boolean> {
  const signer = signerOf(claim, secretAccessKey);
  let priorSignature = claim.signature;
  for (const { bytes, signature } of chunks) {
    // A chunk is signed like an event without headers.
    const event = { headers: new Uint8Array(0), payload: bytes };
    priorSignature = await signer.sign(event, { priorSignature, signingDate: new Date(claim.signedAt) });
    if (priorSignature !== signature) return false;
  }
  return true;
}

function signerOf(claim: SignatureClaim, secretAccessKey: string): SignatureV4 {
  const { accessKeyId, sessionToken, service, region } = claim;
  return new SignatureV4({
    service,
    region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) },
    sha256: Sha256,
    // S3 signs the path as it is, everybody else its normalised form, encoded once more.
    uriEscapePath: service !== 's3',
    applyChecksum: false,
  });
}

const SIGNATURE_PARAMETERS = /^X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token)$/;

/** The request as its sender had it before signing: the signed headers, and the query without the signature's own parameters. */
function signedParts(request: WireRequest, claim: SignatureClaim): HttpRequest {
  const isS3 = claim.service === 's3';
  const headers: Record<string, string> = {};
  for (const name of claim.signedHeaders) headers[name] = request.headers[name] ?? '';
  const query: Record<string, string | string[]> = {};
  for (const [name, value] of request.query) {
    if (claim.kind === 'query' && SIGNATURE_PARAMETERS.test(name)) continue;
    const earlier = query[name];
    query[name] = earlier === undefined ? value : [earlier, value].flat();
  }
  return new HttpRequest({
    method: request.method,
    path: isS3 ? s3Path(request.path) : request.path,
    query,
    headers,
    // A presigned URL of S3 says nothing of the body; the signer calls what it cannot hash unsigned.
    body: claim.kind === 'query' && isS3 ? {} : request.body,
  });
}

/** S3 decodes the path and encodes it in the canonical way, so it does not matter which characters the client left plain. */
function s3Path(path: string): string {
  return path
    .split('/')
    .map((segment) => escapeUri(percentDecode(segment) ?? segment))
    .join('/');
}
