import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { cpusOf } from '../../handler/cost.ts';
import type { SharpModule } from '../../handler/encode.ts';
import { sniffFormat } from '../../handler/formats.ts';
import { transform } from '../../handler/transform.ts';
import { noise, photograph, photographAs } from '../builders/images.ts';
import { LIMITS, made, run, square } from './transform-kit.ts';

it('a GIF that would take seconds becomes WebP, and says why', async () => {
  const gif = await photographAs('gif');
  expect(await made(gif, square(400))).toMatchObject({ format: 'gif' });
  const large = await made(gif, square(1001));
  expect(large).toMatchObject({ format: 'webp', why: 'slow' });
  expect(sniffFormat(large.bytes)).toBe('webp');
});

it('AVIF of more pixels than it may have becomes WebP', async () => {
  const asked = { width: 200, height: 100, f: 'avif' } as const;
  expect(await made(photograph('rocket.jpg'), asked, { maxAvifPixels: 20_000 })).toMatchObject({ format: 'avif' });
  expect(await made(photograph('rocket.jpg'), asked, { maxAvifPixels: 19_999 })).toMatchObject({
    format: 'webp',
    why: 'slow',
  });
});

it('as time gets short, AVIF becomes WebP, then JPEG, then nothing; what is clear never becomes JPEG', async () => {
  const within = async (ms: number, input: Buffer) => {
    const variant = await run(input, { ...square(1000), f: 'avif' }, { leftMs: () => ms });
    return 'refused' in variant ? variant.refused : `${variant.format} ${variant.why ?? ''}`.trim();
  };
  const opaque = photograph('coffee.png');
  const results = [await within(500, opaque), await within(200, opaque), await within(135, opaque)];
  expect([...results, await within(110, opaque)]).toEqual(['avif', 'webp slow', 'jpeg slow', 'slow']);
  const clear = await sharp(opaque).ensureAlpha(0.5).png().toBuffer();
  expect(await within(135, clear)).toBe('slow');
});

it('the cost of effects counts', async () => {
  const asked = { ...square(500), f: 'jpeg' } as const;
  const limits = { leftMs: () => 120 };
  expect(await run(photograph('coffee.png'), asked, limits)).toMatchObject({ format: 'jpeg' });
  expect(await run(photograph('coffee.png'), { ...asked, blur: 50 }, limits)).toEqual({ refused: 'slow' });
});

it('a picture that the memory cannot encode gets a format that takes less', async () => {
  const asked = { ...square(1400), f: 'webp' } as const;
  expect(await made(photograph('coffee.png'), asked, { memoryMb: 256 })).toMatchObject({ format: 'webp' });
  expect(await made(photograph('coffee.png'), asked, { memoryMb: 128 })).toMatchObject({ format: 'jpeg', why: 'slow' });
});

it('a side that no format can write is refused before it is made', async () => {
  const line = await sharp({ create: { width: 1, height: 3000, channels: 3, background: '#fed' } })
    .png()
    .toBuffer();
  expect(await run(line, { width: 30, f: 'jpeg' })).toEqual({ refused: 'too-many-pixels' });
  expect(await run(line, { width: 10, f: 'webp' })).toMatchObject({ format: 'jpeg' });
});

it('a PNG enlarged beyond what can fit becomes WebP', async () => {
  const small = await sharp(photograph('coffee.png')).resize(60).png().toBuffer();
  const flat = sharp({ create: { width: 2100, height: 2100, channels: 3, background: '#fed' } });
  expect(await made(small, square(2001))).toMatchObject({ format: 'webp', why: 'slow' });
  expect(await made(await flat.png().toBuffer(), square(2001))).toMatchObject({ format: 'png' });
});

it('a PNG that cannot fit is not made in vain', async () => {
  const input = photograph('coffee.png');
  const encoders: string[] = [];
  const spy: SharpModule = (...given) => {
    const made = sharp(...given);
    const { png } = made;
    made.png = (...options) => {
      encoders.push('png');
      return png.apply(made, options);
    };
    return made;
  };
  const run = (side: number, maxBytes: number) => transform(spy, input, square(side), { ...LIMITS, maxBytes });
  expect(await run(390, 20_000)).toMatchObject({ format: 'webp', why: 'limit' });
  expect(encoders).toEqual([]);
  expect(await run(390, 1_000_000)).toMatchObject({ format: 'png' });
  expect(encoders).toEqual(['png']);
});

describe('refuses', () => {
  it('what would not be ready in time, before it is started', async () => {
    const input = photograph('hubble_deep_field.jpg');
    const started = performance.now();
    expect(await run(input, square(4096), { leftMs: () => 300 })).toEqual({ refused: 'slow' });
    expect(performance.now() - started).toBeLessThan(100);
    expect(await run(input, square(100), { leftMs: () => 300 })).toMatchObject({ format: 'jpeg' });
    expect(await run(input, square(2000), { memoryMb: 128, leftMs: () => 1000 })).toEqual({ refused: 'slow' });
  });

  it('to go on looking for what fits when the time is up', async () => {
    for (const format of ['jpeg', 'png'] as const) {
      let asked = 0;
      const leftMs = () => (asked++ === 0 ? 20_000 : 0);
      const input = await sharp(await noise(300, 300))
        .toFormat(format)
        .toBuffer();
      expect(await run(input, square(300), { maxBytes: 20_000 * (format === 'png' ? 4 : 1), leftMs })).toEqual({
        refused: 'slow',
      });
    }
  });

  it('an original that the memory cannot hold', async () => {
    const avif = await sharp(photograph('rocket.jpg')).avif({ effort: 0 }).toBuffer();
    expect(await run(avif, square(10), { memoryMb: 82 })).toEqual({ refused: 'too-many-pixels' });
    expect(await run(avif, square(10), { memoryMb: 83 })).toMatchObject({ format: 'avif' });
    const progressive = await sharp(photograph('rocket.jpg')).jpeg({ progressive: true }).toBuffer();
    expect(await run(progressive, square(10), { memoryMb: 76 })).toEqual({ refused: 'too-many-pixels' });
    expect(await run(photograph('rocket.jpg'), square(10), { memoryMb: 76 })).toMatchObject({ format: 'jpeg' });
  });
});

describe('within the limit of bytes', () => {
  it.each(['jpeg', 'webp', 'avif'] as const)('%s at lower quality', async (format) => {
    const input = await sharp(await noise(600, 600))
      .toFormat(format, { quality: 95, ...(format === 'avif' && { effort: 0 }) })
      .toBuffer();
    const free = await made(input, square(300), { quality: 90 });
    const maxBytes = Math.floor(free.bytes.length * 0.6);
    const fitted = await made(input, square(300), { quality: 90, maxBytes });
    expect(fitted).toMatchObject({ format, why: 'limit' });
    expect(fitted.quality).toBeLessThan(90);
    expect(fitted.bytes.length).toBeLessThanOrEqual(maxBytes);
    expect(fitted.bytes.length).toBeGreaterThan(maxBytes * 0.6);
    expect(await sharp(fitted.bytes).metadata()).toMatchObject(square(300));
  });

  it('noise of 1200x1200 in the real limit', async () => {
    const input = await sharp(await noise(1200, 1200))
      .jpeg({ quality: 100 })
      .toBuffer();
    expect((await made(input, square(1200), { maxBytes: Number.MAX_SAFE_INTEGER })).bytes.length).toBeGreaterThan(
      780_000,
    );
    const fitted = await made(input, square(1200));
    expect(fitted.bytes.length).toBeLessThanOrEqual(780_000);
    expect(fitted).toMatchObject({ format: 'jpeg', why: 'limit' });
  });

  it('PNG with a palette when that is enough, else as WebP, and clear stays clear', async () => {
    const input = photograph('coffee.png');
    const size = { width: 600, height: 400 };
    const free = await made(input, size);
    const palette = await made(input, size, { maxBytes: Math.floor(free.bytes.length * 0.7) });
    expect(palette).toMatchObject({ format: 'png', why: 'limit' });
    expect((await sharp(palette.bytes).metadata()).isPalette).toBe(true);
    const webp = await made(input, size, { maxBytes: Math.floor(free.bytes.length * 0.1) });
    expect(webp).toMatchObject({ format: 'webp', why: 'limit' });
    expect(sniffFormat(webp.bytes)).toBe('webp');
    const glass = await sharp(input).ensureAlpha(0.5).png().toBuffer();
    const clear = await made(glass, size, { maxBytes: Math.floor(free.bytes.length * 0.1) });
    expect(clear.format).toBe('webp');
    expect((await sharp(clear.bytes).metadata()).hasAlpha).toBe(true);
  });

  it('gives up rather than sending mush', async () => {
    const input = await sharp(await noise(400, 400))
      .jpeg()
      .toBuffer();
    expect(await run(input, square(400), { maxBytes: 2000 })).toEqual({ refused: 'limit' });
  });
});

it.each([
  [128, 1],
  [1024, 1],
  [1769, 1],
  [3537, 1],
  [3538, 2],
  [10_240, 5],
])('a function of %i MB has %i whole CPUs', (memoryMb, cpus) => expect(cpusOf(memoryMb)).toBe(cpus));
