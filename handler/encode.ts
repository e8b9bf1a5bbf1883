/** Picture -> bytes of a format, within a number of bytes. */
import type { Sharp, SharpOptions } from 'sharp';
import { fitQuality, type LossyFormat } from './fit.ts';
import type { Format } from './formats.ts';
import type { Variant } from './response.ts';

/** The sharp module: handed in, since it is loaded late and takes longest of all. */
export type SharpModule = (input: Buffer, options?: SharpOptions) => Sharp;

export interface EncodeLimits {
  /** Of lossy encoders, 1-100. */
  quality: number;
  /** Most bytes of the encoded picture. */
  maxBytes: number;
}

/**
 * Encodes a picture, and steps down until it fits: quality for lossy formats; a palette and then WebP for the others.
 * @param picture starts the pipeline anew, from the original
 * @returns undefined when nothing worth sending fits
 */
export async function encodeWithin(
  sharp: SharpModule,
  picture: () => Sharp,
  format: Format,
  { quality, maxBytes }: EncodeLimits,
): Promise<Variant | undefined> {
  const first = await encode(picture(), format, quality);
  if (first.length <= maxBytes) return { bytes: first, format, ...(isLossy(format) && { quality }) };
  const pixels = await decoded(sharp, picture());
  const lower = async (lossy: LossyFormat, length: number): Promise<Variant | undefined> => {
    const again = (less: number) => encode(pixels(), lossy, less);
    const fitted = await fitQuality(lossy, { length, quality }, maxBytes, again);
    return fitted && { ...fitted, format: lossy, why: 'limit' };
  };
  if (isLossy(format)) return lower(format, first.length);
  // A palette takes a byte a pixel where PNG takes up to four; beyond that the attempt is wasted.
  if (format === 'png' && first.length < 4 * maxBytes) {
    const bytes = await pixels().png({ palette: true, quality: 100, effort: 1 }).toBuffer();
    if (bytes.length <= maxBytes) return { bytes, format, why: 'limit' };
  }
  const webp = await encode(pixels(), 'webp', quality);
  return webp.length <= maxBytes ? { bytes: webp, format: 'webp', quality, why: 'limit' } : lower('webp', webp.length);
}

function isLossy(format: Format): format is LossyFormat {
  return format === 'jpeg' || format === 'webp' || format === 'avif';
}

/** Decodes and resizes once, for several encodes. */
async function decoded(sharp: SharpModule, picture: Sharp): Promise<() => Sharp> {
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: info.channels };
  return () => sharp(data, { raw, limitInputPixels: false });
}

/**
 * One quality number for all formats: AVIF at three quarters of it looks like the others (PERFORMANCE 2c). AVIF at
 * effort 0, since effort 4 takes seconds at the share of a CPU that a small function has (PERFORMANCE 2e). WebP at
 * effort 2: half the time of the default for 5 % more bytes.
 */
function encode(picture: Sharp, format: Format, quality: number): Promise<Buffer> {
  const encoders = {
    jpeg: () => picture.jpeg({ quality }),
    png: () => picture.png(),
    webp: () => picture.webp({ quality, effort: 2 }),
    avif: () => picture.avif({ quality: Math.max(1, Math.round(quality * 0.75)), effort: 0 }),
    gif: () => picture.gif({ effort: 1 }),
  } satisfies Record<Format, () => Sharp>;
  return encoders[format]().toBuffer();
}
