/** What URLs are signed with: a key that was handed over, else the current one of the key value store. */
import { createHmac } from 'node:crypto';
import type { AwsPorts } from '../aws/ports/index.ts';
import { AppError } from '../errors.ts';
import { ownAccount } from './account.ts';
import { currentSigningKey } from './keys.ts';
import { together } from './together.ts';

/** Holds a key as the entry `signing` has it, so that URLs can be signed where AWS is not asked. */
export const KEY_VARIABLE = 'EDGE_RESIZE_SIGNING_KEY';

export interface Signer {
  /** Fingerprint of the key, as `keys list` has it; undefined for one that was handed over. */
  keyId?: string;
  /** HMAC-SHA256 of a text in base64url without padding. */
  sign(text: string): string;
}

export interface SignerSource {
  name: string;
  /** The account that the config names. */
  account: string | undefined;
  /** The value of the variable. */
  given: string | undefined;
}

type Ports = Pick<AwsPorts, 'identity' | 'viewer' | 'signingKeys'>;

/** @throws AppError USAGE, NOT_SET_UP, FOREIGN_RESOURCE, KEYS_MALFORMED, ACCOUNT_MISMATCH, ACCESS_DENIED */
export async function signerOf(ports: Ports, { name, account, given }: SignerSource): Promise<Signer> {
  if (given !== undefined && given !== '') return { sign: signWith(checked(given)) };
  const [, { id, secret }] = await together(ownAccount(ports, account), currentSigningKey(ports, name));
  return { keyId: id, sign: signWith(secret) };
}

function signWith(secret: string): Signer['sign'] {
  return (text) => createHmac('sha256', secret).update(text).digest('base64url');
}

/** A whole entry, or a key with its line end, would sign what the edge refuses. */
function checked(given: string): string {
  if (/^[\w-]{16,}$/.test(given)) return given;
  throw new AppError('USAGE', `${KEY_VARIABLE} holds no key`, {
    why: 'A key is 43 characters of A-Z, a-z, 0-9, - and _, and nothing around them.',
    fix: `set it to the member "current" of the entry "signing", or unset it: then the key is read from AWS`,
  });
}
