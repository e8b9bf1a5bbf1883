/** The local AWS: one process, two loopback ports. The AWS endpoint speaks the wire protocols, the CDN serves what is deployed. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import { createEdge } from './edge/edge.ts';
import { cdnListener } from './edge/server.ts';
import type { SizeReading } from './edge/validate.ts';
import { createRuntime } from './runtime/index.ts';
import { folderStore, memoryStore } from './store.ts';
import { awsEndpoint } from './wire/server.ts';
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
  /** What CloudFront's 1 MB counts of a base64 body; the text when not given. AWS does not say (AWS-FACTS 1.2). */
  sizeReading?: SizeReading;
  /** Path of the built child script of the runtime. */
  runtimeChild: string;
  /** Environment of this process: functions get its PATH and LD_LIBRARY_PATH, and nothing else of it. */
  env?: Record<string, string | undefined>;
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

/** Bytes that the cache of one edge holds at most. */
const CACHE_BYTES = 128 * 1024 * 1024;

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
  const temporary = options.data ? undefined : await mkdtemp(join(tmpdir(), 'edge-resize-'));
  const runtime = createRuntime({
    world,
    script: options.runtimeChild,
    folder: join(options.data ?? temporary ?? '', 'code'),
    awsUrl: () => aws,
    host: options.env ?? {},
    newRequestId: randomUUID,
    newStreamId: () => randomBytes(16).toString('hex'),
  });
  const edge = createEdge({
    world,
    runtime,
    sizeReading: options.sizeReading ?? 'base64-text',
    cacheBytes: CACHE_BYTES,
    newRequestId: () => `${randomBytes(40).toString('base64url')}==`,
  });
  let aws = '';
  let cdn = '';
  const endpoint = createServer(awsEndpoint({ world, services, cdnUrl: () => cdn }));
  const cdnServer = createServer(cdnListener(world, edge));
  const close = async () => {
    await runtime.close();
    await Promise.all([endpoint, cdnServer].map(shut));
    if (temporary) await rm(temporary, { recursive: true, force: true });
  };
  try {
    [aws, cdn] = await Promise.all([listen(endpoint, options.awsPort ?? 0), listen(cdnServer, options.port ?? 0)]);
    if (options.images) await world.s3.loadFolder(options.images.bucket, world.region, options.images.folder);
  } catch (error) {
    await close();
    throw error;
  }
  return { aws, cdn, world, close };
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
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
