/** Picture -> bytes of a format, within a number of bytes. */
import type { OutputInfo, Sharp, SharpOptions } from 'sharp';
import { fitQuality, type LossyFormat } from './fit.ts';
import type { Format } from './formats.ts';
import type { Variant } from './variant.ts';

/** The sharp module: handed in, since it is loaded late and takes longest of all. */
export type SharpModule = (input: Buffer, options?: SharpOptions) => Sharp;

export interface EncodeLimits {
  /** Of lossy encoders, 1-100. */
  quality: number;
  /** Most bytes of the encoded picture. */
  maxBytes: number;
  /** Is there time for one more picture of this format? */
  mayEncode(format: Format): boolean;
}

export type EncodeRefusal = 'limit' | 'slow';

/** How much larger than the limit a PNG may come out for a palette to be worth trying: a byte a pixel instead of four. */
export const PNG_SLACK = 4;
/** Finding a palette takes 0.4 s a megapixel. */
const MOST_PALETTE_BYTES = 4 * 2_000_000;

/**
 * Encodes a picture, and steps down until it fits: quality for lossy formats; a palette and then WebP for the others.
 * @param picture starts the pipeline anew, from the original
 * @returns `limit` when nothing worth sending fits, `slow` when there was no time left to find it
 */
export async function encodeWithin(
  sharp: SharpModule,
  picture: () => Sharp,
  format: Format,
  { quality, maxBytes, mayEncode }: EncodeLimits,
): Promise<Variant | { refused: EncodeRefusal }> {
  const { data: first, info } = await encode(picture(), format, quality);
  const { width, height } = info;
  if (first.length <= maxBytes) return { bytes: first, format, width, height, ...(isLossy(format) && { quality }) };
  if (!mayEncode(format)) return { refused: 'slow' };
  const { pixels, length } = await decoded(sharp, picture());
  const lower = async (lossy: LossyFormat, bytes: number): Promise<Variant | { refused: EncodeRefusal }> => {
    const again = async (less: number) => (mayEncode(lossy) ? (await encode(pixels(), lossy, less)).data : undefined);
    const fitted = await fitQuality(lossy, { length: bytes, quality }, maxBytes, again);
    if (fitted) return { ...fitted, format: lossy, width, height, why: 'limit' };
    return { refused: mayEncode(lossy) ? 'limit' : 'slow' };
  };
  if (isLossy(format)) return lower(format, first.length);
  if (format === 'png' && first.length < PNG_SLACK * maxBytes && length <= MOST_PALETTE_BYTES) {
    const bytes = await pixels().png({ palette: true, quality: 100, effort: 1 }).toBuffer();
    if (bytes.length <= maxBytes) return { bytes, format, width, height, why: 'limit' };
  }
  if (!mayEncode('webp')) return { refused: 'slow' };
  const { data: webp } = await encode(pixels(), 'webp', quality);
  if (webp.length > maxBytes) return lower('webp', webp.length);
  return { bytes: webp, format: 'webp', width, height, quality, why: 'limit' };
}

function isLossy(format: Format): format is LossyFormat {
  return format === 'jpeg' || format === 'webp' || format === 'avif';
}

/** Decodes and resizes once, for several encodes. */
async function decoded(sharp: SharpModule, picture: Sharp): Promise<{ pixels(): Sharp; length: number }> {
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: info.channels };
  return { pixels: () => sharp(data, { raw, limitInputPixels: false }), length: data.length };
}

/**
 * Plain libjpeg-turbo: mozjpeg takes 1.2 to 3.7 times as long for 10 to 20 % fewer bytes, and a first viewer waits for
 * it (PERFORMANCE 2b). Optimised Huffman tables stay on: without them thumbnails gain 10 % in bytes for 1 % of time.
 * One quality number for all formats: AVIF at three quarters of it looks like the others (PERFORMANCE 2c). AVIF at
 * effort 0, since effort 4 takes seconds at the share of a CPU that a small function has (PERFORMANCE 2e). WebP at
 * effort 2: half the time of the default for 5 % more bytes.
 */
function encode(picture: Sharp, format: Format, quality: number): Promise<{ data: Buffer; info: OutputInfo }> {
  const encoders = {
    jpeg: () => picture.jpeg({ quality }),
    png: () => picture.png(),
    webp: () => picture.webp({ quality, effort: 2 }),
    avif: () => picture.avif({ quality: Math.max(1, Math.round(quality * 0.75)), effort: 0 }),
    gif: () => picture.gif({ effort: 1 }),
  } satisfies Record<Format, () => Sharp>;
  return encoders[format]().toBuffer({ resolveWithObject: true });
}
