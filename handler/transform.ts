/** Original bytes in, a picture of exactly the asked size out. */
import type { Sharp, SharpOptions } from 'sharp';
import { fitQuality } from './fit.ts';
import { type Format, sniffFormat } from './formats.ts';
import type { Size } from './grammar.ts';
import type { Variant } from './response.ts';

/** The sharp module: loaded late by the caller, since it takes longest of all. */
export type SharpModule = (input: Buffer, options?: SharpOptions) => Sharp;

export interface TransformLimits {
  /** Of lossy encoders, 1-100. */
  quality: number;
  /** Most pixels (width x height) that are decoded. */
  maxInputPixels: number;
  /** Most bytes of the encoded picture. */
  maxBytes: number;
}

export type TransformRefusal = 'format' | 'too-many-pixels' | 'decode' | 'limit';

/**
 * Cover and centre crop to exactly `size`, enlarging where the original is smaller. Upright by EXIF, in sRGB,
 * without metadata, in the original's own format; of an animation the first frame. Never throws.
 */
export async function transform(
  sharp: SharpModule,
  input: Buffer,
  size: Size,
  limits: TransformLimits,
): Promise<Variant | { refused: TransformRefusal }> {
  const format = sniffFormat(input);
  if (!format) return { refused: 'format' };
  try {
    // Metadata is read from the header alone, so the limit can be told apart from a broken file.
    const { width, height } = await sharp(input, { limitInputPixels: false }).metadata();
    if (width * height > limits.maxInputPixels) return { refused: 'too-many-pixels' };
    return (
      (await encodeWithin(sharp, () => upright(sharp, input, size, limits), format, limits)) ?? { refused: 'limit' }
    );
  } catch {
    return { refused: 'decode' };
  }
}

/** `failOn: 'error'`: a file that ends early is refused, a harmless oddity in a photograph is not. */
function upright(sharp: SharpModule, input: Buffer, { width, height }: Size, limits: TransformLimits): Sharp {
  return sharp(input, { limitInputPixels: limits.maxInputPixels, failOn: 'error' })
    .autoOrient()
    .resize(width, height, { fit: 'cover', position: 'centre' });
}

/** Encodes, and steps down until it fits: quality for lossy formats; a palette, then WebP, for the others. */
async function encodeWithin(
  sharp: SharpModule,
  picture: () => Sharp,
  format: Format,
  { quality, maxBytes }: TransformLimits,
): Promise<Variant | undefined> {
  const first = await encode(picture(), format, quality);
  if (first.length <= maxBytes) return { bytes: first, format, reduced: false, ...lossy(format, quality) };
  const pixels = await decoded(sharp, picture());
  if (format === 'jpeg' || format === 'webp' || format === 'avif') {
    const known = { length: first.length, quality };
    const fitted = await fitQuality(format, known, maxBytes, (lower) => encode(pixels(), format, lower));
    return fitted && { ...fitted, format, reduced: true };
  }
  // A palette takes a byte a pixel where PNG takes up to four; beyond that the attempt is wasted.
  if (format === 'png' && first.length < 4 * maxBytes) {
    const bytes = await pixels().png({ palette: true, quality: 100, effort: 1 }).toBuffer();
    if (bytes.length <= maxBytes) return { bytes, format, reduced: true };
  }
  const webp = await encode(pixels(), 'webp', quality);
  if (webp.length <= maxBytes) return { bytes: webp, format: 'webp', quality, reduced: true };
  const known = { length: webp.length, quality };
  const fitted = await fitQuality('webp', known, maxBytes, (lower) => encode(pixels(), 'webp', lower));
  return fitted && { ...fitted, format: 'webp', reduced: true };
}

function lossy(format: Format, quality: number): { quality?: number } {
  return format === 'png' || format === 'gif' ? {} : { quality };
}

/** Decodes and resizes once, for several encodes. */
async function decoded(sharp: SharpModule, picture: Sharp): Promise<() => Sharp> {
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: info.channels };
  return () => sharp(data, { raw, limitInputPixels: false });
}

/**
 * One quality number for all formats: AVIF at three quarters of it looks like the others (PERFORMANCE 2c). AVIF at
 * effort 0, since effort 4 takes seconds at the share of a CPU that a small function has (PERFORMANCE 2e).
 */
function encode(picture: Sharp, format: Format, quality: number): Promise<Buffer> {
  const encoders = {
    jpeg: () => picture.jpeg({ quality }),
    png: () => picture.png(),
    webp: () => picture.webp({ quality, effort: 2 }),
    avif: () => picture.avif({ quality: Math.max(1, Math.round(quality * 0.75)), effort: 0 }),
    gif: () => picture.gif(),
  } satisfies Record<Format, () => Sharp>;
  return encoders[format]().toBuffer();
}
