/** A local AWS for a test, with the real SDK clients pointed at it. */
import { lookup } from 'node:dns';
import { mkdirSync } from 'node:fs';
import { Agent } from 'node:http';
import type { LookupFunction } from 'node:net';
import { join } from 'node:path';
import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { CloudFrontKeyValueStoreClient } from '@aws-sdk/client-cloudfront-keyvaluestore';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import '@aws-sdk/signature-v4a';
import { buildSync } from 'esbuild';
import { type LocalAws, type LocalAwsOptions, startLocalAws } from '../../src/local/index.ts';

const ROOT = join(import.meta.dirname, '../..');

export type TestAwsOptions = Partial<LocalAwsOptions>;

export interface TestCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

export interface TestClients {
  sts: STSClient;
  iam: IAMClient;
  s3: S3Client;
  lambda: LambdaClient;
  cloudfront: CloudFrontClient;
  keyValues: CloudFrontKeyValueStoreClient;
  /** CloudWatch Logs of one region. */
  logs(region: string): CloudWatchLogsClient;
}

export interface TestAws extends LocalAws {
  clients: TestClients;
  /** The administrator's. */
  credentials: TestCredentials;
  /** Clients of somebody else, or of another region. */
  clientsFor(credentials: TestCredentials, region?: string): TestClients;
}

/** Path of the runtime's built child script. */
export const RUNTIME_CHILD = buildRuntimeChild();

const ADMINISTRATOR: TestCredentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** Starts one on free ports. All delays are 0 unless given. Close it when the test ends. */
export async function startTestAws(options: TestAwsOptions = {}): Promise<TestAws> {
  const local = await startLocalAws({
    runtimeChild: RUNTIME_CHILD,
    ...options,
    delays: { role: 0, deploy: 0, lambda: 0, invalidation: 0, replica: 0, ...options.delays },
  });
  return withClients(local);
}

/** Adds SDK clients to a local AWS that is running already. */
export function withClients<Running extends { aws: string }>(local: Running) {
  const clientsFor = (credentials: TestCredentials, region = 'us-east-1') =>
    makeClients(local.aws, credentials, region);
  return { ...local, clientsFor, clients: clientsFor(ADMINISTRATOR), credentials: ADMINISTRATOR };
}

function makeClients(endpoint: string, credentials: TestCredentials, region: string): TestClients {
  const config = { endpoint, credentials, region, maxAttempts: 1 };
  const logs = new Map<string, CloudWatchLogsClient>();
  return {
    sts: new STSClient(config),
    iam: new IAMClient(config),
    s3: new S3Client({ ...config, forcePathStyle: true }),
    lambda: new LambdaClient(config),
    cloudfront: new CloudFrontClient(config),
    keyValues: new CloudFrontKeyValueStoreClient({
      ...config,
      // This client puts the account in front of the endpoint's host, so that must be a name, and one that resolves.
      endpoint: endpoint.replace('127.0.0.1', 'localhost'),
      requestHandler: { httpAgent: new Agent({ lookup: lookupLoopback }) },
    }),
    logs(of) {
      const client = logs.get(of) ?? new CloudWatchLogsClient({ ...config, region: of });
      logs.set(of, client);
      return client;
    },
  };
}

/** Every name under localhost is this machine (RFC 6761), which not every resolver knows. */
const lookupLoopback: LookupFunction = (_name, options, done) => lookup('127.0.0.1', options, done);

/** The runtime's child script, built as build.mjs builds it. One file a process, so that parallel tests do not meet. */
function buildRuntimeChild(): string {
  const folder = join(ROOT, 'node_modules/.cache/edge-resize');
  const outfile = join(folder, `child-${process.pid}.cjs`);
  mkdirSync(folder, { recursive: true });
  buildSync({
    entryPoints: [join(ROOT, 'src/local/runtime/child.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20.20',
    logLevel: 'warning',
  });
  return outfile;
}
