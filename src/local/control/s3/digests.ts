/** Does a body arrive as it was sent? Content-MD5 and the x-amz-checksum headers. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { World } from '../../world.ts';
import { refuserOf } from '../refusal.ts';
import type { S3Refusal } from './refusals.ts';
import type { Checksums } from './state.ts';

type ChecksumMember = keyof Checksums;

const CHECKSUMS: Record<ChecksumMember, (bytes: Uint8Array) => string> = {
  ChecksumCRC32: (bytes) => {
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(bytes));
    return sum.toString('base64');
  },
  ChecksumSHA1: (bytes) => createHash('sha1').update(bytes).digest('base64'),
  ChecksumSHA256: (bytes) => createHash('sha256').update(bytes).digest('base64'),
};

/** The ETag of an object put in one piece: the MD5 of its bytes in hex, in quotes. */
export const etagOf = (bytes: Uint8Array): string => `"${createHash('md5').update(bytes).digest('hex')}"`;

/**
 * The checksums that came with a body, once they and its Content-MD5 are found to be right.
 * @throws AwsError InvalidDigest (400), BadDigest (400)
 */
export function checkedDigests(
  world: World,
  bytes: Uint8Array,
  input: Checksums & { ContentMD5?: string | undefined },
): Checksums {
  requireContentMd5(world, bytes, input.ContentMD5);
  const refuse = refuserOf<S3Refusal>(world);
  const sent = (Object.keys(CHECKSUMS) as ChecksumMember[]).filter((member) => input[member] !== undefined);
  for (const member of sent) {
    const words = `The ${member.slice('Checksum'.length)} you specified did not match the calculated checksum.`;
    refuse('s3.checksum', input[member] !== CHECKSUMS[member](bytes), 'BadDigest', words, { status: 400 });
  }
  return Object.fromEntries(sent.map((member) => [member, CHECKSUMS[member](bytes)]));
}

function requireContentMd5(world: World, bytes: Uint8Array, sent: string | undefined): void {
  if (sent === undefined) return;
  const refuse = refuserOf<S3Refusal>(world);
  const valid = /^[A-Za-z0-9+/]{22}==$/.test(sent);
  refuse('s3.content-md5', !valid, 'InvalidDigest', 'The Content-MD5 you specified was invalid.', { status: 400 });
  const calculated = createHash('md5').update(bytes).digest('base64');
  refuse(
    's3.content-md5',
    sent !== calculated,
    'BadDigest',
    'The Content-MD5 you specified did not match what we received.',
    { status: 400, fields: { ExpectedDigest: sent, CalculatedDigest: calculated } },
  );
}
