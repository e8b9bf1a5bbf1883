/** The local AWS: one process, two loopback ports. The AWS endpoint speaks the wire protocols, the CDN serves what is deployed. */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageFile } from '../core/state.ts';
import { AppError } from '../errors.ts';
import { createCloudFront } from './control/cloudfront/index.ts';
import { createIam } from './control/iam.ts';
import { createKeyValues } from './control/key-values/index.ts';
import { createLambda } from './control/lambda.ts';
import { createLogs } from './control/logs.ts';
import { createS3 } from './control/s3/index.ts';
import { createSts } from './control/sts.ts';
import { createEdge } from './edge/edge.ts';
import { viewerUrl } from './edge/hosts.ts';
import { cdnListener } from './edge/server.ts';
import type { SizeReading } from './edge/validate.ts';
import { lockFolder } from './folder-lock.ts';
import { createRuntime } from './runtime/index.ts';
import { folderStore, memoryStore } from './store.ts';
import { createViewerRuntime } from './viewer/index.ts';
import { awsEndpoint } from './wire/server.ts';
import type { Service } from './wire/service.ts';
import type { Delays, World } from './world.ts';

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
  images?: { bucket: string; files: ImageFile[] };
  /** What CloudFront's 1 MB counts of a base64 body; the text when not given. AWS does not say (AWS-FACTS 1.2). */
  sizeReading?: SizeReading;
  /** Execution environments of one function at a time, over all regions; further requests wait. 4 when not given. */
  concurrency?: number | undefined;
  /** Path of the built child script of the runtime. */
  runtimeChild: string;
  /** Folder of this host's own sharp, where the linux-x64 one of a zip cannot load. */
  hostSharp?: string | undefined;
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

/** Starts both ports. @throws AppError DATA_IN_USE, DATA_UNUSABLE, PORT_IN_USE */
export async function startLocalAws(options: LocalAwsOptions): Promise<LocalAws> {
  const { world, services, unlock } = usable(options.data, () => openWorld(options));
  const temporary = options.data ? undefined : await mkdtemp(join(tmpdir(), 'edge-resize-'));
  const urls = { aws: '', cdn: '' };
  const folder = join(options.data ?? temporary ?? '', 'code');
  const { edge, runtime, viewer } = makeEdge(world, options, folder, () => urls.aws);
  const endpoint = createServer(
    awsEndpoint({ world, services, cdnUrl: (domain) => viewerUrl(world.cloudfront.live(), urls.cdn, domain) }),
  );
  const cdnServer = createServer(cdnListener(world, edge));
  const close = async () => {
    await runtime.close();
    viewer.close();
    await Promise.all([endpoint, cdnServer].map(shut));
    if (temporary) await rm(temporary, { recursive: true, force: true });
    unlock();
  };
  try {
    if (options.images) await world.s3.loadFiles(options.images.bucket, world.region, options.images.files);
    urls.aws = await listen(endpoint, options.awsPort ?? 0);
    urls.cdn = await listen(cdnServer, options.port ?? 0);
  } catch (error) {
    await close();
    throw error;
  }
  return { ...urls, world, close };
}

/** With a folder, from the first look at its state to `unlock` no other process has it. */
function openWorld(options: LocalAwsOptions) {
  const unlock = options.data ? lockFolder(options.data, process.pid) : () => undefined;
  try {
    return { ...makeWorld(options), unlock };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** The services find each other through the world at call time, so the order of making them does not matter. */
function makeWorld(options: LocalAwsOptions): { world: World; services: Service[] } {
  const off = new Set(options.off ?? []);
  const world: World = {
    store: options.data ? folderStore(join(options.data, 'state')) : memoryStore(),
    now: options.now ?? Date.now,
    delays: { ...DEFAULT_DELAYS, ...options.delays },
    account: options.account ?? '000000000000',
    region: options.region ?? 'us-east-1',
    enforces: (refusal) => !off.has(refusal),
    get iam() {
      return iam.questions;
    },
    get s3() {
      return s3.questions;
    },
    get lambda() {
      return lambda.questions;
    },
    get cloudfront() {
      return cloudfront.questions;
    },
    get logs() {
      return logs.questions;
    },
  };
  const iam = createIam(world);
  const s3 = createS3(world);
  const lambda = createLambda(world);
  const cloudfront = createCloudFront(world);
  const logs = createLogs(world);
  const rooms = [createSts(world), iam, s3, lambda, cloudfront, createKeyValues(world), logs];
  const services = rooms.map((room) => room.service);
  return { world, services };
}

function makeEdge(world: World, options: LocalAwsOptions, folder: string, awsUrl: () => string) {
  const runtime = createRuntime({
    world,
    script: options.runtimeChild,
    concurrency: options.concurrency,
    hostSharp: options.hostSharp,
    folder,
    awsUrl,
    host: options.env ?? {},
    newRequestId: randomUUID,
    newStreamId: () => randomBytes(16).toString('hex'),
  });
  const viewer = createViewerRuntime();
  const edge = createEdge({
    world,
    runtime,
    viewer,
    sizeReading: options.sizeReading ?? 'base64-text',
    cacheBytes: CACHE_BYTES,
    newRequestId: () => `${randomBytes(40).toString('base64url')}==`,
  });
  return { edge, runtime, viewer };
}

/** What fails while the state of a folder is read is the folder's fault. @throws AppError DATA_UNUSABLE */
function usable<T>(data: string | undefined, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (data === undefined || error instanceof AppError) throw error;
    throw new AppError('DATA_UNUSABLE', `The folder ${data} cannot keep the local AWS`, {
      why: `${error instanceof Error ? error.message : String(error)}.`,
      fix: 'edge-resize dev --data NEW_FOLDER',
    });
  }
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
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
