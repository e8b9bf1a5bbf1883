import sharp from 'sharp';
import { ssim } from 'ssim.js';
import { describe, expect, it } from 'vitest';
import { encoderQuality } from '../../handler/quality.ts';
import { photograph } from '../builders/images.ts';
import { made } from './transform-kit.ts';

const PHOTOGRAPHS = ['hubble_deep_field.jpg', 'astronaut.png', 'chelsea.png', 'coffee.png', 'rocket.jpg'] as const;
const pictures = await Promise.all(
  PHOTOGRAPHS.map((name) => sharp(photograph(name)).removeAlpha().resize(300, 220).png().toBuffer()),
);

async function pixels(bytes: Buffer) {
  const { data, info } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data: new Uint8ClampedArray(data), width: info.width, height: info.height };
}

/** Mean likeness of the photographs to their originals, 0-1. */
async function likeness(f: 'jpeg' | 'webp' | 'avif', q: number): Promise<number> {
  const each = pictures.map(async (picture) => {
    const { bytes } = await made(picture, { f, q });
    return ssim(await pixels(picture), await pixels(bytes), { ssim: 'weber' }).mssim;
  });
  return (await Promise.all(each)).reduce((sum, value) => sum + value, 0) / pictures.length;
}

describe('one quality number', () => {
  it.each([
    [40, 0.02],
    [60, 0.015],
    [80, 0.01],
    [90, 0.005],
  ])('looks alike in each format at %i', { timeout: 30_000 }, async (quality, tolerance) => {
    const jpeg = await likeness('jpeg', quality);
    for (const format of ['webp', 'avif'] as const) {
      expect(Math.abs((await likeness(format, quality)) - jpeg), `${format} at ${quality}`).toBeLessThan(tolerance);
    }
  });

  it('never falls where it rises, from 1 to 100', () => {
    for (const format of ['jpeg', 'webp', 'avif'] as const) {
      for (let quality = 1; quality <= 100; quality += 1) {
        const own = encoderQuality(format, quality);
        expect(own).toBeGreaterThanOrEqual(quality > 1 ? encoderQuality(format, quality - 1) : 1);
        expect(own).toBeLessThanOrEqual(100);
      }
    }
  });
});
