import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { SharpModule } from '../../handler/encode.ts';
import { sniffFormat } from '../../handler/formats.ts';
import { transform } from '../../handler/transform.ts';
import { animated, halfClear, oriented, photograph, photographAs, SVG } from '../builders/images.ts';
import { LIMITS, made, run, square } from './transform-kit.ts';

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

describe('refuses', () => {
  it('what is not an image it resizes', async () => {
    const heic = Buffer.from('\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic', 'latin1');
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('GIF8'),
      heic,
      Buffer.from('%PDF-1.7'),
      await photographAs('tiff'),
    ]) {
      expect(await run(bytes, square(10))).toEqual({ refused: 'format' });
    }
    expect(await run(SVG, square(10))).toEqual({ refused: 'svg' });
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
