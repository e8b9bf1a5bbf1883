/** The zip, deployed by the built CLI to a local AWS of its own. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFrontClient, GetDistributionConfigCommand, UpdateDistributionCommand } from '@aws-sdk/client-cloudfront';
import { type LocalAws, startLocalAws } from '../src/local/index.ts';
import { IMAGES, localEnvironment, ROOT, runCli, temporaryFolder } from '../test/builders/cli.ts';

export type Trigger = 'origin-response' | 'origin-request';

export interface Deployed extends LocalAws {
  /** Reads of objects that CloudFront made of the bucket so far. */
  edgeReads(): number;
}

/**
 * A bucket of the project's photographs, and the function before it.
 * @param concurrency requests that the function answers at a time
 */
export async function startDeployed(trigger: Trigger, concurrency = 4): Promise<Deployed> {
  const home = temporaryFolder();
  const local = await startLocalAws({
    runtimeChild: join(ROOT, 'dist/runtime/child.cjs'),
    env: process.env,
    delays: { role: 0, deploy: 0, lambda: 0, invalidation: 0, replica: 0 },
    concurrency,
  });
  const close = async () => {
    await local.close();
    home.remove();
  };
  try {
    await deploy(local, home.path, trigger);
  } catch (error) {
    await close();
    throw error;
  }
  return { ...local, close, edgeReads: countReads(local) };
}

async function deploy(local: LocalAws, home: string, trigger: Trigger): Promise<void> {
  const cli = async (...args: string[]) => {
    const { status, stderr } = await runCli(args, { cwd: home, env: localEnvironment(home, local.aws) });
    if (status !== 0) throw new Error(`edge-resize ${args[0]} ended with ${status}: ${stderr}`);
  };
  await cli('setup', '--bucket', 'photographs', '--region', 'eu-west-1', '--upload', IMAGES, '--yes');
  const file = join(home, 'edge-resize.config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as { distribution: string };
  writeFileSync(file, JSON.stringify({ ...config, trigger }));
  await cli('deploy', '--yes');
  if (trigger === 'origin-request') await associate(local.aws, config.distribution);
}

/** The deployed version at both events of the origin, whichever of them it was put on. */
async function associate(endpoint: string, Id: string): Promise<void> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const cloudfront = new CloudFrontClient({ endpoint, region: 'us-east-1', credentials });
  const { DistributionConfig, ETag } = await cloudfront.send(new GetDistributionConfigCommand({ Id }));
  const behavior = DistributionConfig?.DefaultCacheBehavior;
  const LambdaFunctionARN = behavior?.LambdaFunctionAssociations?.Items?.[0]?.LambdaFunctionARN;
  if (!DistributionConfig || !behavior || !LambdaFunctionARN) throw new Error('deploy associated nothing');
  const events = ['origin-request', 'origin-response'] as const;
  const Items = events.map((EventType) => ({ LambdaFunctionARN, EventType }));
  behavior.LambdaFunctionAssociations = { Quantity: Items.length, Items };
  await cloudfront.send(new UpdateDistributionCommand({ Id, IfMatch: ETag, DistributionConfig }));
}

function countReads({ world }: LocalAws): () => number {
  const { s3 } = world;
  const { read } = s3;
  let reads = 0;
  s3.read = (request) => {
    reads += 1;
    return read.call(s3, request);
  };
  return () => reads;
}
