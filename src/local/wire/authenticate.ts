/** Who sends a request: SigV4 checked as the called service does it, with that service's error for each fault. */
import { createHash } from 'node:crypto';
import type { Credential, Principal, World } from '../world.ts';
import { unchunk } from './chunked.ts';
import type { Model } from './model.ts';
import type { WireRefusal } from './refusals.ts';
import type { WireRequest } from './request.ts';
import { AwsError } from './service.ts';
import { chunksMatch, SIGNED_CHUNKS, type SignatureClaim, signatureHolds, UNSIGNED_PAYLOAD } from './signature.ts';

const CLOCK_SKEW_MS = 15 * 60 * 1000;

export const ANONYMOUS: Principal = { kind: 'anonymous', arn: '*', accountId: 'anonymous', userId: 'anonymous' };

type Family = 's3' | 'query' | 'json';
type Fault =
  | 'clock'
  | 'expired'
  | 'key'
  | 'malformed'
  | 'payload'
  | 'presign'
  | 'region'
  | 'signature'
  | 'token'
  | 'unsigned';

const SIGNATURE_MESSAGE =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';

const SCOPE_MESSAGE = 'Credential should be scoped to a valid region.';

/** Code and message of each fault, by the family of the service. CloudFront speaks XML, but answers these as query services do. */
const FAULTS: Record<Family, Record<Fault, [code: string, message: string, status?: number]>> = {
  s3: {
    clock: ['RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.'],
    expired: ['ExpiredToken', 'The provided token has expired.', 400],
    key: ['InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.'],
    malformed: ['AuthorizationHeaderMalformed', 'The authorization header that you provided is not valid.', 400],
    payload: [
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
      400,
    ],
    presign: ['AccessDenied', 'Request has expired'],
    region: ['AuthorizationHeaderMalformed', SCOPE_MESSAGE, 400],
    signature: [
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    ],
    token: ['InvalidToken', 'The provided token is malformed or otherwise invalid.', 400],
    unsigned: ['AccessDenied', 'Access Denied'],
  },
  query: {
    clock: ['SignatureDoesNotMatch', 'Signature expired'],
    expired: ['ExpiredToken', 'The security token included in the request is expired'],
    key: ['InvalidClientTokenId', 'The security token included in the request is invalid.'],
    malformed: ['IncompleteSignature', 'The request signature does not conform to AWS standards.', 400],
    payload: ['SignatureDoesNotMatch', SIGNATURE_MESSAGE],
    presign: ['SignatureDoesNotMatch', 'Signature expired'],
    region: ['SignatureDoesNotMatch', SCOPE_MESSAGE],
    signature: ['SignatureDoesNotMatch', SIGNATURE_MESSAGE],
    token: ['InvalidClientTokenId', 'The security token included in the request is invalid.'],
    unsigned: ['MissingAuthenticationToken', 'Request is missing Authentication Token'],
  },
  json: {
    clock: ['InvalidSignatureException', 'Signature expired'],
    expired: ['ExpiredTokenException', 'The security token included in the request is expired'],
    key: ['UnrecognizedClientException', 'The security token included in the request is invalid.'],
    malformed: ['IncompleteSignatureException', 'The request signature does not conform to AWS standards.', 400],
    payload: ['InvalidSignatureException', SIGNATURE_MESSAGE],
    presign: ['InvalidSignatureException', 'Signature expired'],
    region: ['InvalidSignatureException', SCOPE_MESSAGE],
    signature: ['InvalidSignatureException', SIGNATURE_MESSAGE],
    token: ['UnrecognizedClientException', 'The security token included in the request is invalid.'],
    unsigned: ['MissingAuthenticationTokenException', 'Missing Authentication Token'],
  },
};

/**
 * The principal behind a request. S3 takes unsigned requests from anybody; what they may do is the bucket's matter.
 * @throws AwsError when a claim is made and does not hold.
 */
export async function authenticate(
  world: World,
  model: Model,
  request: WireRequest,
  claim: SignatureClaim | 'malformed' | undefined,
): Promise<Principal> {
  const refuse = refuserFor(world, model);
  if (claim === 'malformed') throw fault(model, 'malformed');
  if (claim === undefined) {
    if (model.traits.id !== 's3') refuse('wire.missing-token', 'unsigned');
    return ANONYMOUS;
  }
  // The data API of key value stores is in every region, so its requests are signed for all of them; the others are of one.
  if (claim.asymmetric !== (model.traits.id === 'cloudfront-keyvaluestore')) refuse('wire.region-scope', 'region');
  const credential = world.iam.credential(claim.accessKeyId);
  if (!credential) {
    refuse('wire.key', 'key');
    return ANONYMOUS;
  }
  checkTimes(world, claim, credential, refuse);
  if (credential.sessionToken !== claim.sessionToken) refuse('wire.token', 'token');
  if (!(await signatureHolds(request, claim, credential.secretAccessKey))) refuse('wire.signature', 'signature');
  if (!(await payloadMatches(request, claim, credential.secretAccessKey))) refuse('wire.payload-hash', 'payload');
  return credential.principal;
}

type Refuse = (rule: WireRefusal, kind: Fault, detail?: string) => void;

function refuserFor(world: World, model: Model): Refuse {
  return (rule, kind, detail) => {
    if (world.enforces(rule)) throw fault(model, kind, detail);
  };
}

function checkTimes(world: World, claim: SignatureClaim, credential: Credential, refuse: Refuse): void {
  const now = world.now();
  if (claim.kind === 'query') {
    const end = claim.signedAt + (claim.expiresIn ?? 0) * 1000;
    if (now > end) refuse('wire.presign-expired', 'presign');
  } else if (Math.abs(now - claim.signedAt) > CLOCK_SKEW_MS) {
    refuse(
      'wire.clock',
      'clock',
      `: ${stamp(claim.signedAt)} is now earlier than ${stamp(now - CLOCK_SKEW_MS)} (${stamp(now)} - 15 min.)`,
    );
  }
  if (credential.expiresAt !== undefined && now >= credential.expiresAt) refuse('wire.token-expired', 'expired');
}

const stamp = (time: number): string => new Date(time).toISOString().replace(/[-:]|\.\d+/g, '');

/** What a request declares of its body is part of its signature; this says whether it is true of the body that came. */
async function payloadMatches({ headers, body }: WireRequest, claim: SignatureClaim, secret: string): Promise<boolean> {
  const declared = headers['x-amz-content-sha256'];
  if (declared === undefined || declared === UNSIGNED_PAYLOAD) return true;
  if (declared === SIGNED_CHUNKS) return chunksMatch(unchunk(body).chunks, claim, secret);
  return declared.startsWith('STREAMING-') || createHash('sha256').update(body).digest('hex') === declared;
}

function fault(model: Model, kind: Fault, detail = ''): AwsError {
  const { id, protocol } = model.traits;
  const family = id === 's3' ? 's3' : protocol === 'json' || protocol === 'rest-json' ? 'json' : 'query';
  const [code, message, status] = FAULTS[family][kind];
  return new AwsError(code, message + (family === 's3' ? '' : detail), status === undefined ? {} : { status });
}
