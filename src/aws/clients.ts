/**
 * Settings that every SDK client of the program is made with. The SDK's measured oddities are met here (AWS-FACTS 8):
 * it does not read AWS_DEFAULT_REGION, prefers AWS_PROFILE over keys in the environment, waits for a dead host without
 * end, and puts the bucket's name before a custom endpoint's host.
 */
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from '@aws-sdk/types';
import { endpointNamed } from './endpoint.ts';

type Env = Record<string, string | undefined>;

export interface ClientOptions {
  region: string;
  /** Where calls go instead of AWS, see aws/configured-endpoint. */
  endpointUrl?: string | undefined;
  /** `--profile`. AWS_PROFILE is read from the environment. */
  profile?: string | undefined;
  env: Env;
  /** One provider for all clients, so that a profile asks for its token or role once. Made anew when left out. */
  credentials?: AwsCredentialIdentityProvider;
  /** Milliseconds without a byte until a request is given up. */
  socketTimeout?: number;
}

/** Fits the constructor of every `@aws-sdk/client-*`. Retries stay the SDK's: 3 attempts, or AWS_MAX_ATTEMPTS. */
export interface ClientSettings {
  region: string;
  endpoint?: string;
  /** S3 only; the other clients ignore it. */
  forcePathStyle?: boolean;
  profile?: string;
  credentials: AwsCredentialIdentityProvider;
  /** The SDK looks for no endpoint of its own. */
  ignoreConfiguredEndpointUrls: true;
  requestHandler: { connectionTimeout: number; socketTimeout: number };
  extensions: [typeof endpointNamed];
  logger: typeof silentLogger;
}

/** Milliseconds until a host that does not answer is given up; the SDK tries three times. */
const CONNECTION_TIMEOUT = 3_000;
/** Milliseconds without a byte in either direction: with three attempts a silent host is given up within a minute. */
const SOCKET_TIMEOUT = 18_000;

const ignore = (): void => undefined;
/** The SDK talks to the console unless it is given a logger. */
const silentLogger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** The settings for one client of one region. */
export function clientSettings(options: ClientOptions): ClientSettings {
  const { region, endpointUrl, profile, env, socketTimeout = SOCKET_TIMEOUT } = options;
  return {
    region,
    ...(endpointUrl !== undefined && { endpoint: endpointUrl, forcePathStyle: true }),
    ignoreConfiguredEndpointUrls: true,
    ...(profile !== undefined && { profile }),
    credentials: options.credentials ?? sharedCredentials({ profile, env }),
    requestHandler: { connectionTimeout: CONNECTION_TIMEOUT, socketTimeout },
    extensions: [endpointNamed],
    logger: silentLogger,
  };
}

/**
 * Credentials in the order of the aws CLI: `--profile`, keys in the environment, then the SDK's chain (AWS_PROFILE,
 * SSO, web identity, container, instance). The SDK alone would put AWS_PROFILE before the keys, and warn.
 */
export function sharedCredentials({
  profile,
  env,
}: Pick<ClientOptions, 'profile' | 'env'>): AwsCredentialIdentityProvider {
  const fromKeys = profile === undefined ? keysOf(env) : undefined;
  if (fromKeys) return async () => fromKeys;
  let chain: Promise<AwsCredentialIdentityProvider> | undefined;
  return async (properties) => {
    chain ??= import('@aws-sdk/credential-provider-node').then(({ defaultProvider }) =>
      defaultProvider({ ...(profile !== undefined && { profile }), logger: silentLogger }),
    );
    return (await chain)(properties).catch((error: Error) => {
      throw Object.assign(error, { profile: profile ?? (env.AWS_PROFILE || undefined) });
    });
  };
}

function keysOf(env: Env): AwsCredentialIdentity | undefined {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (!accessKeyId || !secretAccessKey) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}
