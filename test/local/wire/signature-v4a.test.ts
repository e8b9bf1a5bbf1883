/** SigV4A as the SDK signs it, checked as the server does. */
import { createHash, randomBytes } from 'node:crypto';
import { SignatureV4a } from '@aws-sdk/signature-v4a';
import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { expect, it } from 'vitest';
import { type WireRequest, wireRequest } from '../../../src/local/wire/request.ts';
import { readClaim, type SignatureClaim, signatureHolds } from '../../../src/local/wire/signature.ts';

const PATH = '/key-value-stores/arn%3Aaws%3Acloudfront%3A%3A000000000000%3Akey-value-store%2Fid/keys/a%2Fb%20%25';

/** A request signed by the SDK's own signer, as it comes out of the socket. */
async function signed(accessKeyId: string, secretAccessKey: string): Promise<WireRequest> {
  const body = '{"Value":"é"}';
  const signer = new SignatureV4a({
    service: 'cloudfront-keyvaluestore',
    region: '*',
    credentials: { accessKeyId, secretAccessKey },
    sha256: Sha256,
  });
  const headers = { host: '127.0.0.1:1', 'content-type': 'application/json', 'if-match': 'KVX' };
  const unsigned = new HttpRequest({ method: 'PUT', path: PATH, query: { b: '2 +', a: '1' }, headers, body });
  const request = await signer.sign(unsigned, {});
  return wireRequest('PUT', `${PATH}?b=2%20%2B&a=1`, request.headers, Buffer.from(body));
}

const claimOf = (request: WireRequest): SignatureClaim => {
  const claim = readClaim(request);
  if (typeof claim !== 'object') throw new Error(`no claim: ${claim}`);
  return claim;
};

it('reads the claim: no region in the scope, the region set in its header', async () => {
  const request = await signed('AKID', 'secret');
  expect(claimOf(request)).toMatchObject({
    asymmetric: true,
    accessKeyId: 'AKID',
    service: 'cloudfront-keyvaluestore',
    region: '*',
    signedHeaders: expect.arrayContaining(['host', 'if-match', 'x-amz-date', 'x-amz-region-set']),
  });
});

it('holds for keys and secrets of any kind', async () => {
  const secrets = Array.from({ length: 20 }, () => randomBytes(30).toString('base64'));
  for (const secret of [
    's',
    'a secret of more than sixty-four bytes, which HMAC hashes before it uses it as a key',
    ...secrets,
  ]) {
    const id = `AKIA${createHash('sha256').update(secret).digest('hex').slice(0, 16).toUpperCase()}`;
    const request = await signed(id, secret);
    expect(await signatureHolds(request, claimOf(request), secret)).toBe(true);
    expect(await signatureHolds(request, claimOf(request), `${secret}x`)).toBe(false);
  }
});

const request = await signed('AKID', 'secret');
const altered: [string, Partial<WireRequest>][] = [
  ['method', { method: 'DELETE' }],
  ['path', { path: PATH.replace('%2Fid', '%2Fie') }],
  ['query', { query: [['a', '1']] }],
  ['signed header', { headers: { ...request.headers, 'if-match': 'KVY' } }],
  ['region set', { headers: { ...request.headers, 'x-amz-region-set': 'us-east-1' } }],
  ['date', { headers: { ...request.headers, 'x-amz-date': '20260101T000000Z' } }],
  ['declared body', { headers: { ...request.headers, 'x-amz-content-sha256': createHash('sha256').digest('hex') } }],
  [
    'key id',
    { headers: { ...request.headers, authorization: request.headers.authorization?.replace('AKID', 'AKIE') ?? '' } },
  ],
];
it.each(altered)('does not hold with another %s', async (_what, change) => {
  const other = { ...request, ...change };
  expect(await signatureHolds(other, claimOf(other), 'secret')).toBe(false);
});

it.each(['00', 'abc', '30', 'f'.repeat(144), '3006020100020100'])(
  'a signature that is none does not hold: %s',
  async (signature) => {
    expect(await signatureHolds(request, { ...claimOf(request), signature }, 'secret')).toBe(false);
  },
);

it('without a region set the claim is malformed', () => {
  const { 'x-amz-region-set': _, ...headers } = request.headers;
  expect(readClaim({ ...request, headers })).toBe('malformed');
});
