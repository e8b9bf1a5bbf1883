import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { fitQuality } from '../../handler/fit.ts';
import { encoderQuality, type LossyFormat } from '../../handler/quality.ts';
import { photograph } from '../builders/images.ts';

const photographs = ['hubble_deep_field.jpg', 'astronaut.png', 'chelsea.png', 'coffee.png', 'rocket.jpg'] as const;

describe('the quality that fits', () => {
  it.each<[LossyFormat, number]>([
    ['jpeg', 2],
    ['webp', 3],
    ['avif', 3],
  ])('%s is found in at most %i encodes, using most of the room', async (format, most) => {
    const fills: number[] = [];
    for (const name of photographs) {
      const picture = sharp(photograph(name)).removeAlpha().resize(500, 400).png();
      const input = await picture.toBuffer();
      const encode = (quality: number) =>
        sharp(input)
          .toFormat(format, { quality: encoderQuality(format, quality), effort: 0 })
          .toBuffer();
      const first = { length: (await encode(90)).length, quality: 90 };
      for (const share of [0.9, 0.7, 0.5, 0.35]) {
        const budget = Math.floor(first.length * share);
        let encodes = 0;
        const fitted = await fitQuality(format, first, budget, (quality) => {
          encodes += 1;
          return encode(quality);
        });
        expect(encodes, `${name} at ${share}`).toBeLessThanOrEqual(most);
        expect(fitted?.bytes.length).toBeLessThanOrEqual(budget);
        fills.push((fitted?.bytes.length ?? 0) / budget);
      }
    }
    expect(fills.reduce((sum, fill) => sum + fill) / fills.length).toBeGreaterThan(0.8);
  });

  it('is none when the least quality is still too large', async () => {
    const tried: number[] = [];
    const stubborn = async (quality: number) => {
      tried.push(quality);
      return Buffer.alloc(1000);
    };
    expect(await fitQuality('jpeg', { length: 1000, quality: 80 }, 100, stubborn)).toBeUndefined();
    expect(tried.length).toBeLessThanOrEqual(3);
    expect(await fitQuality('jpeg', { length: 1000, quality: 5 }, 100, stubborn)).toBeUndefined();
  });
});
