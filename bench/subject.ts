/** The handler as the benchmarks run it, and bare sharp that makes the same picture in the most obvious way. */
import sharp, { type Sharp } from 'sharp';
import type { EdgeResponse } from '../handler/event.ts';
import { type Deps, handle } from '../handler/handle.ts';
import type { Settings } from '../handler/settings.ts';
import { originResponse } from '../test/builders/event.ts';
import { defaultSettings } from '../test/bundle/built-handler.ts';

export const SIZES = ['100x100', '640x480', '1920x1080'] as const;

/** A function of one whole CPU (1769 MB), nothing kept between requests, one thread: as at the edge. */
export function handlerDeps(fetchOriginal: Deps['fetchOriginal'], settings: Partial<Settings> = {}): Deps {
  sharp.cache(false);
  sharp.concurrency(1);
  return {
    settings: defaultSettings({ build: 'bench', ...settings }),
    fetchOriginal,
    loadSharp: () => sharp,
    memoryMb: 1769,
    now: Date.now,
    log: () => {},
  };
}

export function fromMemory(bytes: Buffer): Deps['fetchOriginal'] {
  return async () => ({ bytes, etag: '"x"' });
}

/** Milliseconds that the function may take: enough for whatever is asked here. */
const TIMEOUT_MS = 60_000;

export function request(deps: Deps, querystring: string, uri = '/cat.jpg'): Promise<EdgeResponse> {
  return handle(originResponse({ uri, querystring }), deps, TIMEOUT_MS);
}

/** The encoder of a pipeline: sharp's own name for it, and every option that it goes by. */
export interface Encoder {
  format: string;
  options: Record<string, unknown>;
}

const ENCODED = new Set(['jpeg', 'png', 'webp', 'heif', 'gif']);

/**
 * The encodes that happen while `work` runs, in order: seen at `toBuffer` of every pipeline, clones too. Pixels that are
 * written raw or as TIFF between two steps do not count.
 */
export async function watchEncodes<T>(work: () => Promise<T>): Promise<{ result: T; encodes: Encoder[] }> {
  const prototype = Object.getPrototypeOf(sharp(Buffer.alloc(1))) as Pick<Sharp, 'toBuffer'>;
  const { toBuffer } = prototype;
  const encodes: Encoder[] = [];
  prototype.toBuffer = function watched(this: Sharp, ...parts: unknown[]) {
    const options = optionsOf(this);
    const format = String(options.formatOut);
    if (ENCODED.has(format)) encodes.push({ format, options: encoderOptions(format, options) });
    return Reflect.apply(toBuffer, this, parts);
  } as typeof toBuffer;
  try {
    return { result: await work(), encodes };
  } finally {
    prototype.toBuffer = toBuffer;
  }
}

/** Bare sharp: read (all frames where the handler kept them), turn upright, cover, encode by the very options that the handler used. */
export function bareSharp(input: Buffer, size: string, { encoder, animated }: Made): Promise<Buffer> {
  const [width, height] = size.split('x').map(Number);
  const picture = sharp(input, { animated }).autoOrient().resize(width, height, { fit: 'cover' });
  Object.assign(optionsOf(picture), encoder.options, { formatOut: encoder.format });
  return picture.toBuffer();
}

/** How the handler made a picture. */
export interface Made {
  /** Of the last encode. */
  encoder: Encoder;
  /** How often it encoded. */
  encodes: number;
  /** Does the picture have more than one frame? */
  animated: boolean;
  bytes: Buffer;
  /** What the `edge-resize` header says. */
  note: string;
}

/** Lets the handler make a picture, and watches. @throws Error when the original went out instead */
export async function made(work: () => Promise<EdgeResponse>): Promise<Made> {
  const { result, encodes } = await watchEncodes(work);
  const note = noteOf(result);
  const encoder = encodes.at(-1);
  if (!encoder || result.body === undefined) throw new Error(`not resized: ${note}`);
  const bytes = Buffer.from(result.body, 'base64');
  const { pages = 1 } = await sharp(bytes).metadata();
  return { encoder, encodes: encodes.length, animated: pages > 1, bytes, note };
}

/** The `edge-resize` header. */
export function noteOf(response: EdgeResponse): string {
  return response.headers['edge-resize']?.[0]?.value ?? '';
}

/** sharp keeps what it was told in `options`: jpegQuality, webpEffort, … Not part of its types. */
function optionsOf(picture: Sharp): Record<string, unknown> {
  return (picture as unknown as { options: Record<string, unknown> }).options;
}

function encoderOptions(format: string, options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => name.startsWith(format)));
}
