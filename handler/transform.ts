/** Original bytes in, a picture of exactly the asked size out. */
import type { Sharp } from 'sharp';
import { type EncodeLimits, encodeWithin, type SharpModule } from './encode.ts';
import { sniffFormat } from './formats.ts';
import type { Size } from './grammar.ts';
import type { Variant } from './response.ts';

export interface TransformLimits extends EncodeLimits {
  /** Most pixels (width x height) that are decoded. */
  maxInputPixels: number;
}

/** Measured: a GIF takes a second a megapixel, even at the least effort. Larger ones become WebP. */
const MAX_GIF_PIXELS = 1_000_000;

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
  const found = sniffFormat(input);
  if (!found) return { refused: 'format' };
  const slow = found === 'gif' && size.width * size.height > MAX_GIF_PIXELS;
  const format = slow ? 'webp' : found;
  try {
    // Metadata is read from the header alone, so the limit can be told apart from a broken file.
    const { width, height } = await sharp(input, { limitInputPixels: false }).metadata();
    if (width * height > limits.maxInputPixels) return { refused: 'too-many-pixels' };
    const variant = await encodeWithin(sharp, () => upright(sharp, input, size, limits), format, limits);
    if (!variant) return { refused: 'limit' };
    return slow ? { why: 'slow', ...variant } : variant;
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
