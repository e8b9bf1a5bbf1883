/** Original bytes in, a picture of exactly the asked size out. */
import type { Metadata, Sharp } from 'sharp';
import { inTime, type Means, mostPixels, takesTooLong } from './cost.ts';
import { type EncodeLimits, type EncodeRefusal, encodeWithin, PNG_SLACK, type SharpModule } from './encode.ts';
import { type Format, sniffFormat } from './formats.ts';
import type { Recipe, Size } from './grammar.ts';
import { isSrgb } from './icc.ts';
import type { Variant } from './variant.ts';

export interface TransformLimits extends Omit<EncodeLimits, 'mayEncode'>, Means {
  /** Most pixels (width x height) that are decoded. */
  maxInputPixels: number;
  /** Most pixels (width x height x frames) of an animation that keeps its frames. */
  maxAnimationPixels: number;
  /** Most pixels that are encoded as AVIF. */
  maxAvifPixels: number;
}

export type TransformRefusal = 'format' | 'too-many-pixels' | 'decode' | EncodeRefusal;

/**
 * Cover and centre crop to exactly `size`, enlarging where the original is smaller. Upright by EXIF, in sRGB,
 * without metadata, in the original's own format; of an animation the first frame. Never throws.
 */
export async function transform(
  sharp: SharpModule,
  input: Buffer,
  recipe: Recipe,
  limits: TransformLimits,
): Promise<Variant | { refused: TransformRefusal }> {
  const found = sniffFormat(input);
  if (!found) return { refused: 'format' };
  const { width, height } = recipe;
  if (!width || !height) return { refused: 'format' };
  const size = { width, height };
  try {
    // Metadata is read from the header alone, so the limits can be told apart from a broken file.
    const metadata = await sharp(input, { limitInputPixels: false }).metadata();
    const pixels = metadata.width * metadata.height;
    const most = mostPixels(limits.memoryMb, found, metadata.isProgressive);
    if (pixels > Math.min(limits.maxInputPixels, most)) return { refused: 'too-many-pixels' };
    const { format, why } = chooseFormat(found, metadata, input.length, size, limits.maxBytes);
    const made = megapixels(size);
    if (!inTime(limits, { decode: [found, pixels / 1e6], encode: [format, made] })) return { refused: 'slow' };
    const mayEncode = (next: Format) => inTime(limits, { encode: [next, made] });
    const picture = () => upright(sharp, input, size, { icc: metadata.icc, limitInputPixels: limits.maxInputPixels });
    const variant = await encodeWithin(sharp, picture, format, { ...limits, mayEncode });
    return why && !('refused' in variant) ? { why, ...variant } : variant;
  } catch {
    return { refused: 'decode' };
  }
}

function megapixels({ width, height }: Size): number {
  return (width * height) / 1e6;
}

/** The original's own format, unless that is known to take too long or to come out too large: WebP then. */
function chooseFormat(
  found: Format,
  { width, height, depth }: Metadata,
  bytes: number,
  size: Size,
  maxBytes: number,
): { format: Format; why?: 'slow' | 'limit' } {
  const pixels = size.width * size.height;
  if (takesTooLong(found, pixels, width * height)) return { format: 'webp', why: 'slow' };
  // Shrinking leaves no fewer bytes a pixel, so an original's own tell the least that its variant will have.
  const shrunk = found === 'png' && depth === 'uchar' && pixels <= width * height;
  const hopeless = shrunk && (bytes / (width * height)) * pixels > PNG_SLACK * maxBytes;
  return hopeless ? { format: 'webp', why: 'limit' } : { format: found };
}

/** `failOn: 'error'`: a file that ends early is refused, a harmless oddity in a photograph is not. */
function upright(sharp: SharpModule, input: Buffer, { width, height }: Size, { icc, limitInputPixels }: Known): Sharp {
  const ignoreIcc = icc !== undefined && isSrgb(icc);
  return sharp(input, { limitInputPixels, failOn: 'error', ignoreIcc })
    .autoOrient()
    .resize(width, height, { fit: 'cover', position: 'centre' });
}

interface Known {
  icc: Buffer | undefined;
  limitInputPixels: number;
}
