/** Do two encoded pictures look the same? */
import sharp from 'sharp';
import { ssim } from 'ssim.js';

/** Mean structural similarity of luminance, 1 when alike; what is clear is laid on grey first. NaN for two sizes. */
export async function similarity(one: Buffer, other: Buffer): Promise<number> {
  const [a, b] = await Promise.all([pixelsOf(one), pixelsOf(other)]);
  if (a.width !== b.width || a.height !== b.height) return Number.NaN;
  return ssim(a, b).mssim;
}

async function pixelsOf(picture: Buffer) {
  const { data, info } = await sharp(picture)
    .flatten({ background: '#808080' })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data: new Uint8ClampedArray(data), width: info.width, height: info.height };
}
