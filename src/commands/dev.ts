/** `edge-resize dev`: a local AWS and its CDN, until Ctrl-C. */
import { resolve } from 'node:path';
import { type Host, hostOf, runsLambdaBinaries } from '../bundle/host.ts';
import { findPackage } from '../bundle/sharp-tree.ts';
import type { Assets, Context, Io, Ui } from '../context.ts';
import { leftOutWords } from '../core/left-out.ts';
import type { ImageFile } from '../core/state.ts';
import { AppError } from '../errors.ts';
import { isBucketName } from '../local/control/s3/bucket-names.ts';
import { DEFAULT_DELAYS, type LocalAws, startLocalAws } from '../local/index.ts';
import { findImages } from '../observe/folder.ts';

export interface DevOptions {
  port?: number;
  awsPort?: number;
  /** Folder that keeps everything. */
  data?: string;
  /** Folder of pictures that is put into a bucket. */
  images?: string;
  /** That bucket; `images` when not given. */
  bucket?: string;
  region?: string;
  /** NAME=MS,… */
  delays?: string;
  /** Runs of one function at a time; further requests wait. */
  concurrency?: number;
}

type Delays = typeof DEFAULT_DELAYS;

/** Runs until the signal is aborted, which is its normal end: status 0. @throws AppError DATA_IN_USE, DATA_UNUSABLE, IMAGES_MISSING, PORT_IN_USE, REGION_UNKNOWN, USAGE */
export async function dev({ io, ui, assets }: Context, options: DevOptions, host?: Host): Promise<number> {
  const hostSharp = sharpOf(host ?? hostOf(process), assets);
  const inFolder = (path: string | undefined) => (path === undefined ? undefined : resolve(io.cwd, path));
  const bucket = options.bucket ?? 'images';
  checkNames(bucket, options.region);
  const images = options.images === undefined ? undefined : await imagesOf(options.images, io, ui);
  const local = await startLocalAws({
    port: options.port,
    awsPort: options.awsPort,
    data: inFolder(options.data),
    region: options.region,
    delays: parseDelays(options.delays ?? ''),
    concurrency: options.concurrency,
    images: images && { bucket, files: images },
    runtimeChild: assets.runtimeChild,
    hostSharp,
    env: io.env,
  });
  try {
    if (hostSharp) ui.warn(HOST_SHARP);
    const { aws, cdn } = local;
    ui.event({ aws, cdn });
    for (const line of readyLines(local, options, bucket)) ui.out(line);
    await aborted(io.signal);
  } finally {
    await local.close();
  }
  return 0;
}

/** Says what of the folder is no image. @throws AppError IMAGES_MISSING */
async function imagesOf(folder: string, { cwd }: Io, ui: Ui): Promise<ImageFile[]> {
  const { images, leftOut } = await findImages(folder, { flag: '--images', cwd });
  const words = leftOutWords(leftOut);
  const say = leftOut.unnamed > 0 ? ui.warn : ui.info;
  if (words) say(`${folder}: ${words}`);
  return images;
}

/** @throws AppError USAGE, REGION_UNKNOWN */
function checkNames(bucket: string, region = 'us-east-1'): void {
  if (!isBucketName(bucket)) {
    throw new AppError('USAGE', `--bucket ${bucket} is no name of a bucket`, {
      why: 'A name has 3-63 characters of a-z, 0-9, . and -.',
      fix: 'edge-resize dev --bucket images',
    });
  }
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region)) {
    throw new AppError('REGION_UNKNOWN', `--region ${region} is not a region of AWS`, {
      fix: 'edge-resize dev --region eu-west-1',
    });
  }
}

const HOST_SHARP =
  "This host cannot load the linux-x64 sharp of a deployed zip: the zip's JavaScript runs here with this host's own sharp.";

/** The sharp of this host, when it has to take the place of a zip's. */
function sharpOf(host: Host, { packageRoot }: Assets): string | undefined {
  return runsLambdaBinaries(host) ? undefined : findPackage('sharp', packageRoot);
}

function readyLines({ aws, cdn }: LocalAws, options: DevOptions, bucket: string): string[] {
  const kept = options.data ? `kept in ${options.data}` : 'kept in memory; --data FOLDER keeps it';
  const filled = options.images ? [`Bucket    ${bucket}, filled from ${options.images}`] : [];
  return [
    `AWS API   ${aws}   (${kept})`,
    `CDN       ${cdn}`,
    ...filled,
    '',
    'In another terminal:',
    `  export AWS_ENDPOINT_URL=${aws} AWS_REGION=us-east-1`,
    '  export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test',
    `  edge-resize setup --bucket ${bucket}`,
    '  edge-resize deploy',
    '',
    'Ctrl-C ends it.',
  ];
}

/** `role=0,deploy=500` over the defaults, in milliseconds. @throws AppError USAGE */
export function parseDelays(text: string): Delays {
  const delays = { ...DEFAULT_DELAYS };
  for (const part of text.split(',').filter(Boolean)) {
    const [, name = '', ms = ''] = /^([a-z]+)=(\d{1,8})$/.exec(part) ?? [];
    if (!Object.hasOwn(delays, name)) {
      throw new AppError('USAGE', `--delays does not understand ${JSON.stringify(part)}`, {
        why: `It takes NAME=MILLISECONDS, with a NAME of: ${Object.keys(delays).join(', ')}.`,
        fix: 'edge-resize dev --delays role=0,deploy=500',
      });
    }
    delays[name as keyof Delays] = Number(ms);
  }
  return delays;
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }));
}
