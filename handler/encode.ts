/** Pixels -> bytes of a format, within a number of bytes. */
import type { OutputInfo, Sharp, SharpOptions } from 'sharp';
import { fitQuality } from './fit.ts';
import type { Format } from './formats.ts';
import { uncompressed } from './picture.ts';
import { encoderQuality, type LossyFormat } from './quality.ts';
import type { Variant } from './variant.ts';

/** The sharp module: handed in, since it is loaded late and takes longest of all. */
export type SharpModule = (input: Buffer, options?: SharpOptions) => Sharp;

export interface Output {
  format: Format;
  /** 1-100. */
  quality: number;
  /** Of a PNG: its colours are reduced to a palette. */
  palette: boolean;
  /** One channel of colour. */
  grey: boolean;
  keepProfile: boolean;
  exif?: Record<string, string>;
  /** It has more than one frame. */
  animated: boolean;
  /** Pixels that come out, all frames together. */
  pixels: number;
}

export interface EncodeLimits {
  /** Most bytes of the encoded picture. */
  maxBytes: number;
  /** Is there time for one more picture of this format? */
  mayEncode(format: Format): boolean;
}

export type EncodeRefusal = 'limit' | 'slow';
type Encoded = { data: Buffer; info: OutputInfo };
type Result = Variant | { refused: EncodeRefusal };

/** How much larger than the limit a PNG may come out for a palette to be worth trying: a byte a pixel instead of four. */
export const PNG_SLACK = 4;
/** Finding a palette takes 0.4 s a megapixel. */
export const MOST_PALETTE_PIXELS = 2_000_000;

/**
 * Encodes a picture, and steps down until it fits: quality for lossy formats; a palette and then WebP for the others.
 * @param picture starts the pipeline anew, from the original
 * @returns `limit` when nothing worth sending fits, `slow` when there was no time left to find it
 */
export async function encodeWithin(
  sharp: SharpModule,
  picture: () => Sharp,
  output: Output,
  { maxBytes, mayEncode }: EncodeLimits,
): Promise<Result> {
  const { format, quality, animated, pixels } = output;
  const settle = async () => (animated ? picture : settled(sharp, picture(), output));
  let source = pixels * LIKELY_BYTES[format] > maxBytes ? await settle() : picture;
  const first = await encode(source(), output, quality);
  const variant = (bytes: Buffer, rest: Pick<Variant, 'format' | 'quality' | 'why'>): Variant => ({
    ...describe(first.info, output),
    bytes,
    ...rest,
  });
  if (first.data.length <= maxBytes) return variant(first.data, { format, ...(isLossy(output) && { quality }) });
  if (!mayEncode(format)) return { refused: 'slow' };
  if (source === picture) source = await settle();

  const lower = async (lossy: LossyFormat, length: number): Promise<Result> => {
    const again = async (less: number) =>
      mayEncode(lossy) ? (await encode(source(), { ...output, format: lossy }, less)).data : undefined;
    const fitted = await fitQuality(lossy, { length, quality }, maxBytes, again);
    if (fitted) return variant(fitted.bytes, { format: lossy, quality: fitted.quality, why: 'limit' });
    return { refused: mayEncode(lossy) ? 'limit' : 'slow' };
  };
  if (format === 'jpeg' || format === 'webp' || format === 'avif') return lower(format, first.data.length);
  if (mayReduce(output, first.data.length, maxBytes)) {
    const { data } = await encode(source(), { ...output, palette: true }, 100);
    if (data.length <= maxBytes) return variant(data, { format, why: 'limit' });
  }
  if (!mayEncode('webp')) return { refused: 'slow' };
  const { data } = await encode(source(), { ...output, format: 'webp' }, quality);
  if (data.length > maxBytes) return lower('webp', data.length);
  return variant(data, { format: 'webp', quality, why: 'limit' });
}

/**
 * Bytes a pixel above which most pictures come out, at usual qualities (PERFORMANCE 6). Where that is more than fits,
 * pixels are kept uncompressed before the first encode, so that the original is decoded once and not twice.
 */
const LIKELY_BYTES: Record<Format, number> = { jpeg: 0.3, webp: 0.3, avif: 0.3, png: 1.5, gif: 1 };

function isLossy({ format, palette }: Output): boolean {
  return format === 'jpeg' || format === 'webp' || format === 'avif' || (format === 'png' && palette);
}

function mayReduce({ format, palette, pixels }: Output, bytes: number, maxBytes: number): boolean {
  return format === 'png' && !palette && bytes < PNG_SLACK * maxBytes && pixels <= MOST_PALETTE_PIXELS;
}

/** sharp tells the height of all frames together. */
function describe({ width, height, pageHeight, pages }: OutputInfo, { animated }: Output) {
  return { width, height: pageHeight ?? height, ...(animated && { frames: pages ?? 1 }) };
}

/** Decodes and resizes once, for several encodes. */
async function settled(sharp: SharpModule, picture: Sharp, output: Output): Promise<() => Sharp> {
  const { exif: _, ...pixelsAlone } = output;
  const pixels = await uncompressed(dressed(picture, pixelsAlone));
  return () => sharp(pixels, { limitInputPixels: false });
}

/** What goes with the pixels into the file. Without these sharp writes sRGB and no metadata. */
function dressed(picture: Sharp, { grey, keepProfile, exif }: Pick<Output, 'grey' | 'keepProfile' | 'exif'>): Sharp {
  if (grey) picture.toColourspace('b-w');
  if (keepProfile) picture.keepIccProfile();
  if (exif) picture.withExif({ IFD0: exif });
  return picture;
}

/**
 * Plain libjpeg-turbo: mozjpeg takes 1.2 to 3.7 times as long for 10 to 22 % fewer bytes, and a first viewer waits for
 * it (PERFORMANCE 2b). Optimised Huffman tables stay on: without them a JPEG of 640x480 and up takes 6 to 10 % less
 * time and 1 to 5 % more bytes, a thumbnail no less time and 8 to 18 % more (measured over five photographs).
 * AVIF at effort 0: less time than WebP at its default, for 13 to 20 % more bytes than effort 4, which takes seconds at
 * the share of a CPU that a small function has (PERFORMANCE 2c, 2e). WebP at effort 2: half the time of the default for
 * 5 % more bytes. GIF at effort 1 for the same reason. A palette of full quality (100) is what a PNG steps down to.
 */
function encode(picture: Sharp, output: Output, quality: number): Promise<Encoded> {
  const { format, palette } = output;
  dressed(picture, output);
  const encoders = {
    jpeg: () => picture.jpeg({ quality }),
    png: () => (palette ? picture.png({ palette, quality, effort: 1 }) : picture.png()),
    webp: () => picture.webp({ quality: encoderQuality('webp', quality), effort: 2 }),
    avif: () => picture.avif({ quality: encoderQuality('avif', quality), effort: 0 }),
    gif: () => picture.gif({ effort: 1 }),
  } satisfies Record<Format, () => Sharp>;
  return encoders[format]().toBuffer({ resolveWithObject: true });
}
