/**
 * SigV4A, the server's side. Its signatures are random, so they cannot be recomputed: the public key that belongs to a
 * secret key is derived, and the signature checked with it. The SDK's packages export the signing half only; what a
 * signature covers is theirs, the key derivation is written out here (AWS, "Create a signed AWS API request", SigV4A).
 */
import { createECDH, createHmac, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { Sha256 } from '@smithy/core/checksum';
import type { HttpRequest } from '@smithy/core/protocols';
import { getCanonicalHeaders, getPayloadHash, prepareRequest, SignatureV4Base } from '@smithy/signature-v4';

export const SIGV4A = 'AWS4-ECDSA-P256-SHA256';

/** Order of the curve P-256, minus 2. */
const N_MINUS_TWO = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254fn;

export interface SigV4aClaim {
  accessKeyId: string;
  service: string;
  /** Milliseconds since 1970. */
  signedAt: number;
  /** Lower-case names. */
  signedHeaders: string[];
  /** DER, in hex. */
  signature: string;
}

/** Did the holder of the secret key sign this request? `signed` has the signed headers only. */
export async function verifySigV4a(claim: SigV4aClaim, signed: HttpRequest, secretAccessKey: string): Promise<boolean> {
  const text = await new SigV4aReader(claim.service).stringToSign(signed, claim);
  const key = publicKeyOf(claim.accessKeyId, secretAccessKey);
  return verify('sha256', Buffer.from(text), key, Buffer.from(claim.signature, 'hex'));
}

/** What a signature covers, by the SDK's own canonical form. */
class SigV4aReader extends SignatureV4Base {
  constructor(service: string) {
    super({ service, region: '*', credentials: { accessKeyId: '', secretAccessKey: '' }, sha256: Sha256 });
  }

  async stringToSign(signed: HttpRequest, claim: SigV4aClaim): Promise<string> {
    const payloadHash = await getPayloadHash(signed, this.sha256);
    const { longDate, shortDate } = this.formatDate(new Date(claim.signedAt));
    const headers = getCanonicalHeaders(prepareRequest(signed), undefined, new Set(claim.signedHeaders));
    const withDate = claim.signedHeaders.includes('x-amz-date') ? { ...headers, 'x-amz-date': longDate } : headers;
    const canonical = this.createCanonicalRequest(signed, withDate, payloadHash);
    return this.createStringToSign(longDate, `${shortDate}/${this.service}/aws4_request`, canonical, SIGV4A);
  }
}

function publicKeyOf(accessKeyId: string, secretAccessKey: string): KeyObject {
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(privateKeyOf(accessKeyId, secretAccessKey));
  // 04, then both coordinates of 32 bytes.
  const point = pair.getPublicKey();
  const coordinate = (from: number) => point.subarray(from, from + 32).toString('base64url');
  return createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: coordinate(1), y: coordinate(33) }, format: 'jwk' });
}

/** NIST SP 800-108 in counter mode; a candidate over the curve's order is thrown away and the next one made. */
function privateKeyOf(accessKeyId: string, secretAccessKey: string): Buffer {
  for (let counter = 1; counter < 255; counter += 1) {
    const input = Buffer.concat([
      Buffer.from([0, 0, 0, 1]),
      Buffer.from(`${SIGV4A}\0${accessKeyId}`),
      Buffer.from([counter, 0, 0, 1, 0]),
    ]);
    const candidate = BigInt(`0x${createHmac('sha256', `AWS4A${secretAccessKey}`).update(input).digest('hex')}`);
    if (candidate <= N_MINUS_TWO) return Buffer.from((candidate + 1n).toString(16).padStart(64, '0'), 'hex');
  }
  throw new Error('no signing key can be derived');
}
