/** The keys of signed URLs through the data API of CloudFront's key value stores. */
import { createHash } from 'node:crypto';
import type { CloudFrontKeyValueStoreClientConfig } from '@aws-sdk/client-cloudfront-keyvaluestore';
import { AppError } from '../errors.ts';
import type { ClientSettings } from './clients.ts';
import { call, isAwsError } from './errors.ts';
import type { SigningKey, SigningKeys, SigningKeysPort, SigningSecrets } from './ports/signing-keys.ts';
import { refusable } from './refusals.ts';

/** The entry that the viewer function reads: {"current":"…","previous":"…"}, base64url each. */
const ENTRY = 'signing';

/** @throws AppError from every call, see aws/errors */
export async function createSigningKeysPort(settings: ClientSettings): Promise<SigningKeysPort> {
  const [sdk] = await Promise.all([
    import('@aws-sdk/client-cloudfront-keyvaluestore'),
    // Registers the only signature that this API takes (AWS-FACTS 3.5).
    import('@aws-sdk/signature-v4a'),
  ]);
  const client = new sdk.CloudFrontKeyValueStoreClient(unprefixed(settings));
  return {
    read: (KvsARN) =>
      callKeys(`read the keys of signed URLs in ${KvsARN}`, async () => {
        // The version first: a write between the two reads is then refused as stale.
        const { ETag } = await client.send(new sdk.DescribeKeyValueStoreCommand({ KvsARN }));
        const text = await storedValue(() => client.send(new sdk.GetKeyCommand({ KvsARN, Key: ENTRY })));
        return { keys: text === undefined ? undefined : parsed(text, KvsARN, ETag), etag: ETag ?? '' };
      }),
    write: async (KvsARN, secrets, IfMatch) => {
      const Value = JSON.stringify(secrets);
      await refusable(
        `write the keys of signed URLs into ${KvsARN}`,
        () => client.send(new sdk.PutKeyCommand({ KvsARN, Key: ENTRY, Value, IfMatch })),
        (error) => (isAwsError(error, 'ConflictException') || notMatching(error) ? 'stale' : undefined),
      );
      return keysOf(secrets);
    },
  };
}

/**
 * `call`, with what to do about a refusal of this API alone: it takes no session tokens of version 1, which the global
 * endpoint of STS gives (CFDG cloudfront-function-restrictions).
 */
async function callKeys<T>(what: string, send: () => Promise<T>): Promise<T> {
  return call(what, send).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'CREDENTIALS_INVALID') throw error;
    const { message, why, details, cause } = error;
    throw new AppError('CREDENTIALS_INVALID', message, {
      why,
      fix: 'check what is in use: aws sts get-caller-identity; if other commands work, get the temporary credentials from a regional endpoint of STS: AWS_STS_REGIONAL_ENDPOINTS=regional',
      details,
      cause,
    });
  });
}

/** The API says what is stale in words (INF): its ValidationException stands for other faults too. */
function notMatching(error: Error): boolean {
  return isAwsError(error, 'ValidationException', 'PreconditionFailed') && /if-match|etag/i.test(error.message);
}

/**
 * The SDK puts the account before the host of every endpoint, a given one too, and `000000000000.127.0.0.1` is no name.
 * So it is not told of a given endpoint, and signs as for AWS; where the call goes is said here.
 */
function unprefixed({ endpoint, ...settings }: ClientSettings): CloudFrontKeyValueStoreClientConfig {
  if (endpoint === undefined) return settings;
  return { ...settings, endpointProvider: () => ({ url: new URL(endpoint), properties: {} }) };
}

async function storedValue(send: () => Promise<{ Value?: string | undefined }>): Promise<string | undefined> {
  try {
    return (await send()).Value;
  } catch (error) {
    if (isAwsError(error, 'ResourceNotFoundException')) return undefined;
    throw error;
  }
}

function parsed(text: string, store: string, etag: string | undefined): SigningKeys {
  const { current, previous } = members(text);
  if (isSecret(current) && (previous === undefined || isSecret(previous))) {
    return keysOf({ current, ...(previous !== undefined && { previous }) });
  }
  throw new AppError('KEYS_MALFORMED', `the entry ${ENTRY} of ${store} holds no keys of signed URLs`, {
    why: 'It is not as this program writes it, so every signed URL is refused at the edge.',
    fix: `aws cloudfront-keyvaluestore delete-key --kvs-arn ${store} --key ${ENTRY} --if-match ${etag}; then edge-resize deploy makes a key`,
  });
}

function members(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function isSecret(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]{16,}$/.test(value);
}

function keysOf({ current, previous }: SigningSecrets): SigningKeys {
  return { current: keyOf(current), ...(previous !== undefined && { previous: keyOf(previous) }) };
}

function keyOf(secret: string): SigningKey {
  return { id: createHash('sha256').update(secret).digest('hex').slice(0, 8), secret };
}
