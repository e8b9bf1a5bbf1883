import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { SharpModule } from '../../handler/encode.ts';
import { sniffFormat } from '../../handler/formats.ts';
import type { Size } from '../../handler/grammar.ts';
import type { Variant } from '../../handler/response.ts';
import { type TransformLimits, transform } from '../../handler/transform.ts';
import { animated, halfClear, noise, oriented, photograph, photographAs, SVG } from '../builders/images.ts';

const LIMITS: TransformLimits = {
  quality: 80,
  maxInputPixels: 100_000_000,
  maxBytes: 780_000,
  memoryMb: 1769,
  leftMs: () => 20_000,
};

const run = (input: Buffer, size: Size, limits: Partial<TransformLimits> = {}) =>
  transform(sharp, input, size, { ...LIMITS, ...limits });

async function made(input: Buffer, size: Size, limits?: Partial<TransformLimits>): Promise<Variant> {
  const variant = await run(input, size, limits);
  if ('refused' in variant) throw new Error(`refused: ${variant.refused}`);
  return variant;
}

const square = (side: number): Size => ({ width: side, height: side });
const rgb = (input: Buffer) => sharp(input).removeAlpha().toColourspace('srgb').raw().toBuffer();

/** Mean difference of two pictures, 0-255. */
async function difference(a: Buffer, b: Buffer): Promise<number> {
  const [left, right] = await Promise.all([rgb(a), rgb(b)]);
  expect(left.length).toBe(right.length);
  return left.reduce((sum, value, index) => sum + Math.abs(value - (right[index] ?? 0)), 0) / left.length;
}

describe('every format', () => {
  it.each(['jpeg', 'png', 'webp', 'avif', 'gif'] as const)(
    '%s stays what it is, at exactly the size asked',
    async (format) => {
      const variant = await made(await photographAs(format), { width: 123, height: 77 });
      const meta = await sharp(variant.bytes).metadata();
      expect(sniffFormat(variant.bytes)).toBe(format);
      expect(meta).toMatchObject({ width: 123, height: 77, format: format === 'avif' ? 'heif' : format });
      expect(variant).toMatchObject({ format });
      expect(variant.why).toBeUndefined();
      expect(variant.quality).toBe(format === 'png' || format === 'gif' ? undefined : 80);
    },
  );

  it('enlarges what is smaller, and shrinks the photographs', async () => {
    expect(await sharp((await made(photograph('rocket.jpg'), square(1000))).bytes).metadata()).toMatchObject(
      square(1000),
    );
    for (const name of ['hubble_deep_field.jpg', 'astronaut.png', 'chelsea.png', 'coffee.png'] as const) {
      const { bytes } = await made(photograph(name), { width: 90, height: 160 });
      expect(await sharp(bytes).metadata()).toMatchObject({ width: 90, height: 160 });
      expect(bytes.length).toBeLessThan(45_000);
    }
  });

  it('covers and crops from the centre', async () => {
    const third = (background: string) =>
      sharp({ create: { width: 100, height: 100, channels: 3, background } })
        .png()
        .toBuffer();
    const [red, green, blue] = await Promise.all([third('#f00'), third('#0f0'), third('#00f')]);
    const stripes = await sharp([red, green, blue], { join: { across: 3 } })
      .png()
      .toBuffer();
    const { bytes } = await made(stripes, square(50));
    expect(await difference(bytes, await sharp(green).resize(50, 50).png().toBuffer())).toBeLessThan(1);
  });
});

describe('what a camera leaves in a file', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i comes out upright', async (orientation) => {
    const upright = await sharp(photograph('coffee.png')).resize(240, 160).png().toBuffer();
    const stored = await oriented(upright, orientation);
    const { bytes } = await made(stored, { width: 240, height: 160 });
    expect(await difference(bytes, upright)).toBeLessThan(0.01);
    expect((await sharp(bytes).metadata()).orientation).toBeUndefined();
  });

  it.each(['jpeg', 'webp', 'avif'] as const)('a %s that was turned comes out upright too', async (format) => {
    const stored = await sharp(photograph('coffee.png'))
      .resize(240, 160)
      .withMetadata({ orientation: 6 })
      .toFormat(format)
      .toBuffer();
    const lying = await sharp(photograph('coffee.png')).resize(240, 160).png().toBuffer();
    const upright = await sharp(lying).rotate(90).png().toBuffer();
    const { bytes } = await made(stored, { width: 160, height: 240 });
    expect(await difference(bytes, upright)).toBeLessThan(6);
    expect((await sharp(bytes).metadata()).orientation).toBeUndefined();
  });

  it('metadata goes', async () => {
    const tagged = await sharp(photograph('rocket.jpg'))
      .withExif({ IFD0: { Copyright: 'somebody' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } })
      .toBuffer();
    expect((await sharp(tagged).metadata()).exif).toBeDefined();
    expect((await sharp((await made(tagged, square(50))).bytes).metadata()).exif).toBeUndefined();
  });
});

describe('colours', () => {
  it('CMYK becomes sRGB', async () => {
    const cmyk = await sharp(photograph('rocket.jpg')).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    const { bytes } = await made(cmyk, { width: 320, height: 214 });
    expect(await sharp(bytes).metadata()).toMatchObject({ space: 'srgb', channels: 3 });
    const reference = await sharp(photograph('rocket.jpg')).resize(320, 214).png().toBuffer();
    expect(await difference(bytes, reference)).toBeLessThan(25);
  });

  it('Display P3 is converted, not just relabelled', async () => {
    const p3 = await sharp(photograph('astronaut.png')).withIccProfile('p3').png().toBuffer();
    const { bytes } = await made(p3, square(256));
    expect((await sharp(bytes).metadata()).icc).toBeUndefined();
    const reference = await sharp(photograph('astronaut.png')).resize(256, 256).png().toBuffer();
    expect(await difference(bytes, reference)).toBeLessThan(2);
  });

  it('an sRGB profile is left out of the work, and changes no pixel', async () => {
    const plain = photograph('astronaut.png');
    const tagged = await sharp(plain).withIccProfile('srgb').png().toBuffer();
    expect((await sharp(tagged).metadata()).icc).toBeDefined();
    const options: unknown[] = [];
    const spy: SharpModule = (input, given) => {
      options.push(given);
      return sharp(input, given);
    };
    const variant = await transform(spy, tagged, square(256), LIMITS);
    expect(options).toContainEqual(expect.objectContaining({ ignoreIcc: true }));
    expect(
      await difference('refused' in variant ? Buffer.alloc(0) : variant.bytes, (await made(plain, square(256))).bytes),
    ).toBe(0);
  });

  it('16 bits become 8', async () => {
    const deep = await sharp(photograph('astronaut.png')).toColourspace('rgb16').png().toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe('ushort');
    const { bytes } = await made(deep, square(128));
    expect(await sharp(bytes).metadata()).toMatchObject({ depth: 'uchar', space: 'srgb' });
    expect(
      await difference(bytes, await sharp(photograph('astronaut.png')).resize(128, 128).png().toBuffer()),
    ).toBeLessThan(1);
  });

  it('grey stays grey to the eye', async () => {
    const grey = await sharp(photograph('coffee.png')).greyscale().jpeg().toBuffer();
    const { bytes } = await made(grey, square(64));
    expect(await difference(bytes, await sharp(grey).resize(64, 64).png().toBuffer())).toBeLessThan(5);
  });

  it.each(['png', 'webp'] as const)('clear stays clear in %s', async (format) => {
    const { bytes } = await made(await halfClear(format), square(20));
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    const alpha = (x: number) => data[(10 * info.width + x) * info.channels + 3];
    expect([alpha(2), alpha(17)]).toEqual([255, 0]);
  });
});

describe('animations', () => {
  it.each(['gif', 'webp'] as const)('%s: the first frame', async (format) => {
    const { bytes } = await made(await animated(format), square(30));
    expect(sniffFormat(bytes)).toBe(format);
    const meta = await sharp(bytes).metadata();
    expect(meta.pages ?? 1).toBe(1);
    const { dominant } = await sharp(bytes).stats();
    expect(dominant.r).toBeGreaterThan(200);
    expect(dominant.b).toBeLessThan(60);
  });
});

it('a GIF that would take seconds becomes WebP, and says why', async () => {
  const gif = await photographAs('gif');
  expect(await made(gif, square(400))).toMatchObject({ format: 'gif' });
  const large = await made(gif, square(1001));
  expect(large).toMatchObject({ format: 'webp', why: 'slow' });
  expect(sniffFormat(large.bytes)).toBe('webp');
});

it('an AVIF larger than 4K becomes WebP, since libaom would take half a gigabyte', async () => {
  const avif = await sharp(photograph('rocket.jpg')).resize(64).avif({ effort: 0 }).toBuffer();
  expect(await made(avif, { width: 3841, height: 2160 })).toMatchObject({ format: 'webp', why: 'slow' });
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
    expect(await run(avif, square(10), { memoryMb: 81 })).toEqual({ refused: 'too-many-pixels' });
    expect(await run(avif, square(10), { memoryMb: 82 })).toMatchObject({ format: 'avif' });
    const progressive = await sharp(photograph('rocket.jpg')).jpeg({ progressive: true }).toBuffer();
    expect(await run(progressive, square(10), { memoryMb: 75 })).toEqual({ refused: 'too-many-pixels' });
    expect(await run(photograph('rocket.jpg'), square(10), { memoryMb: 75 })).toMatchObject({ format: 'jpeg' });
  });

  it('what is not an image it resizes', async () => {
    const heic = Buffer.from('\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic', 'latin1');
    for (const bytes of [
      SVG,
      Buffer.alloc(0),
      Buffer.from('GIF8'),
      heic,
      Buffer.from('%PDF-1.7'),
      await photographAs('tiff'),
    ]) {
      expect(await run(bytes, square(10))).toEqual({ refused: 'format' });
    }
  });

  it.each([0.5, 0.95])('files that end after %d of their bytes', async (share) => {
    for (const format of ['jpeg', 'png', 'webp', 'gif'] as const) {
      const whole = await photographAs(format);
      const cut = whole.subarray(0, Math.floor(whole.length * share));
      expect(await run(cut, square(10)), format).toEqual({ refused: 'decode' });
    }
  });

  it('a header with nothing behind it', async () => {
    for (const magic of [
      '\xff\xd8\xff',
      '\x89PNG\r\n\x1a\n',
      'GIF89a',
      'RIFF\x10\x00\x00\x00WEBPVP8 ',
      '\x00\x00\x00\x14ftypavif',
    ]) {
      expect(await run(Buffer.from(magic, 'latin1'), square(10))).toEqual({ refused: 'decode' });
    }
  });

  it('more pixels than it may decode', async () => {
    const limits = { maxInputPixels: 640 * 427 };
    expect(await run(photograph('rocket.jpg'), square(10), limits)).toMatchObject({ format: 'jpeg' });
    const refused = await run(photograph('rocket.jpg'), square(10), { maxInputPixels: 640 * 427 - 1 });
    expect(refused).toEqual({ refused: 'too-many-pixels' });
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
