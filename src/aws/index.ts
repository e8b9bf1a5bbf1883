/**
 * All ports, made on first use: the SDK client of a service loads when a command first asks for that service, and
 * all clients share one source of credentials.
 */
import { clientSettings, sharedCredentials } from './clients.ts';
import { configuredEndpoints, type EndpointService } from './configured-endpoint.ts';
import type { AwsPorts } from './ports/index.ts';

export interface AwsOptions {
  endpointUrl?: string | undefined;
  profile?: string | undefined;
  env: Record<string, string | undefined>;
  /** Milliseconds without a byte until a request is given up. */
  socketTimeout?: number;
}

/** CloudFront, IAM and Lambda@Edge functions live in us-east-1, whatever region the user works in. */
const GLOBAL_REGION = 'us-east-1';

/**
 * The ports of one account. Nothing of the SDK loads before the first call of a port's maker.
 * Every adapter is `create<Service>Port(settings: ClientSettings): Promise<<Service>Port>`.
 */
export function createAwsPorts(options: AwsOptions): AwsPorts {
  const credentials = sharedCredentials(options);
  const endpointOf = configuredEndpoints(options);
  const settings = async (service: EndpointService, region = GLOBAL_REGION) =>
    clientSettings({ ...options, endpointUrl: await endpointOf(service), region, credentials });
  const once = memory();
  return {
    endpointUrl: () => endpointOf('cloudfront'),
    identity: () =>
      once('identity', async () => (await import('./identity.ts')).createIdentityPort(await settings('sts'))),
    s3: (region) =>
      once(`s3 ${region}`, async () => (await import('./s3.ts')).createS3Port(await settings('s3', region))),
    iam: () => once('iam', async () => (await import('./iam.ts')).createIamPort(await settings('iam'))),
    lambda: () => once('lambda', async () => (await import('./lambda.ts')).createLambdaPort(await settings('lambda'))),
    cloudfront: () =>
      once('cloudfront', async () =>
        (await import('./cloudfront.ts')).createCloudFrontPort(await settings('cloudfront')),
      ),
    viewer: () =>
      once('viewer', async () => (await import('./viewer.ts')).createViewerPort(await settings('cloudfront'))),
    signingKeys: () =>
      once('signing keys', async () =>
        (await import('./signing-keys.ts')).createSigningKeysPort(await settings('cloudfront_keyvaluestore')),
      ),
    invalidation: () =>
      once('invalidation', async () =>
        (await import('./invalidation.ts')).createInvalidationPort(await settings('cloudfront')),
      ),
    logs: (region) =>
      once(`logs ${region}`, async () =>
        (await import('./logs.ts')).createLogsPort(await settings('cloudwatch_logs', region)),
      ),
  };
}

/** Remembers what was made under a name, so that a region has one client however often it is asked for. */
function memory() {
  const made = new Map<string, Promise<unknown>>();
  return <T>(name: string, make: () => Promise<T>): Promise<T> => {
    const known = made.get(name) ?? make();
    made.set(name, known);
    return known as Promise<T>;
  };
}
