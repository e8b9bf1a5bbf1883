/** The local AWS: one process, two loopback ports. The AWS endpoint speaks the wire protocols, the CDN serves what is deployed. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import { folderStore, memoryStore } from './store.ts';
import type { Service } from './wire/service.ts';
import type { CloudFrontWorld, Delays, IamWorld, LambdaWorld, LogsWorld, S3World, World } from './world.ts';

export interface LocalAwsOptions {
  /** Port of the CDN; 0 or nothing = any free one. */
  port?: number;
  /** Port of the AWS endpoint; 0 or nothing = any free one. */
  awsPort?: number;
  /** Folder that keeps everything; in memory without. */
  data?: string;
  account?: string;
  /** Region of the bucket that `images` fills. */
  region?: string;
  delays?: Partial<Delays>;
  /** Refusals that are switched off, by id. */
  off?: string[];
  images?: { folder: string; bucket: string };
  /** Path of the built child script of the runtime. */
  runtimeChild: string;
  /** Milliseconds since 1970. */
  now?: () => number;
}

export interface LocalAws {
  /** http://127.0.0.1:PORT */
  aws: string;
  /** http://127.0.0.1:PORT */
  cdn: string;
  world: World;
  /** Ends the children and the sockets. */
  close(): Promise<void>;
}

/** Milliseconds a caller waits by default: short for a person, long enough to be noticed by a program. */
export const DEFAULT_DELAYS: Delays = { role: 3000, deploy: 3000, lambda: 500, invalidation: 1000, replica: 10_000 };

interface Room<Questions> {
  service: Service;
  questions: Questions;
}

/** Starts both ports. Throws PORT_IN_USE. */
export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const off = new Set(options.off ?? []);
  const rooms = await loadRooms();
  const world: World = {
    store: options.data ? folderStore(join(options.data, 'state')) : memoryStore(),
    now: options.now ?? Date.now,
    delays: { ...DEFAULT_DELAYS, ...options.delays },
    account: options.account ?? '000000000000',
    region: options.region ?? 'us-east-1',
    enforces: (refusal) => !off.has(refusal),
    get iam() {
      return questions<IamWorld>('iam');
    },
    get s3() {
      return questions<S3World>('s3');
    },
    get lambda() {
      return questions<LambdaWorld>('lambda');
    },
    get cloudfront() {
      return questions<CloudFrontWorld>('cloudfront');
    },
    get logs() {
      return questions<LogsWorld>('logs');
    },
  };
  const made = new Map<string, Room<unknown>>();
  const questions = <T>(name: string) => made.get(name)?.questions as T;
  for (const [name, create] of rooms) made.set(name, create(world));
  const services = [...made.values()].map((room) => room.service);
  const wire = await optional('./wire/server.ts');
  let cdn = '';
  const endpoint = wire?.awsEndpoint as (parts: unknown) => RequestListener;
  const aws = await listen(createServer(endpoint({ world, services, cdnUrl: () => cdn })), options.awsPort ?? 0);
  const edge = createServer((_request, response) => response.writeHead(404).end());
  cdn = await listen(edge, options.port ?? 0);
  return { aws: aws, cdn, world, close: async () => undefined };
}

async function loadRooms(): Promise<[string, (world: World) => Room<unknown>][]> {
  const wanted: [string, string, string[]][] = [
    ['sts', 'createSts', ['./control/sts.ts']],
    ['iam', 'createIam', ['./control/iam.ts', './control/iam/index.ts']],
    ['s3', 'createS3', ['./control/s3/index.ts']],
    ['logs', 'createLogs', ['./control/logs.ts', './control/logs/index.ts']],
    ['lambda', 'createLambda', ['./control/lambda.ts', './control/lambda/index.ts']],
    ['cloudfront', 'createCloudFront', ['./control/cloudfront/index.ts']],
  ];
  const found: [string, (world: World) => Room<unknown>][] = [];
  for (const [name, factory, paths] of wanted) {
    for (const path of paths) {
      const module = await optional(path);
      if (module) found.push([name, module[factory] as (world: World) => Room<unknown>]);
    }
  }
  return found;
}

async function optional(path: string): Promise<Record<string, unknown> | undefined> {
  try {
    return (await import(/* @vite-ignore */ path)) as Record<string, unknown>;
  } catch (error) {
    if (/Cannot find module|Failed to (load|resolve)/.test(String(error))) return undefined;
    throw error;
  }
}

function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? portInUse(port) : error),
    );
    server.listen(port, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

const portInUse = (port: number) =>
  new AppError('PORT_IN_USE', `Port ${port} is taken`, {
    why: 'Another program listens on it.',
    fix: 'Give another one with --port or --aws-port; 0 takes any free port.',
  });
