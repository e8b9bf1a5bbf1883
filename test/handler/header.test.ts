import fc from 'fast-check';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { readExif } from '../../handler/exif.ts';
import { readGifHeader } from '../../handler/gif-header.ts';
import { readJpegHeader } from '../../handler/jpeg-header.ts';
import { readOriginal } from '../../handler/original.ts';
import { photograph } from '../builders/images.ts';

const rocket = () => sharp(photograph('rocket.jpg'));

const JPEGS: Record<string, (picture: Sharp) => Sharp> = {
  'as it is': (picture) => picture,
  progressive: (picture) => picture.jpeg({ progressive: true }),
  grey: (picture) => picture.greyscale().toColourspace('b-w'),
  CMYK: (picture) => picture.toColourspace('cmyk').withIccProfile('cmyk'),
  'Display-P3': (picture) => picture.withIccProfile('p3'),
  'turned, with credits': (picture) =>
    picture.withExif({ IFD0: { Copyright: 'somebody', Artist: 'x' } }).withMetadata({ orientation: 8 }),
  'with XMP': (picture) => picture.withXmp('<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"/>'),
};

describe('the header of a JPEG', () => {
  it.each(Object.entries(JPEGS))('%s: says what sharp says', async (_, change) => {
    const bytes = await change(rocket()).jpeg().toBuffer();
    const header = readJpegHeader(bytes);
    const { width, height, channels, isProgressive, icc, exif, orientation, xmp } = await sharp(bytes).metadata();
    expect(header).toMatchObject({ width, height, channels, progressive: isProgressive, talks: !!(exif || xmp) });
    expect(header?.icc?.equals(icc ?? Buffer.alloc(0)) ?? icc === undefined).toBe(true);
    expect(header?.exif ? readExif(header.exif).orientation : 1).toBe(orientation ?? 1);
  });

  it('is left to sharp where it is not plain, and never throws', async () => {
    const bytes = await rocket().withIccProfile('p3').withMetadata({ orientation: 3 }).jpeg().toBuffer();
    const plain = readJpegHeader(bytes);
    for (let end = 0; end < 1200; end += 1) {
      const header = readJpegHeader(bytes.subarray(0, end));
      if (header) expect(header).toEqual(plain);
    }
    expect(readJpegHeader(photograph('coffee.png'))).toBeUndefined();
    const change = fc.tuple(fc.nat(1200), fc.nat(255));
    const property = fc.property(fc.array(change, { minLength: 1, maxLength: 9 }), (changes) => {
      const mutated = Buffer.from(bytes);
      for (const [at, value] of changes) mutated[at] = value;
      readJpegHeader(mutated);
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it('of a profile in parts, in any order; a missing part is for sharp to judge', () => {
    const part = (number: number, of: number, text: string) => {
      const data = Buffer.concat([
        Buffer.from(`ICC_PROFILE\0${String.fromCharCode(number, of)}`, 'latin1'),
        Buffer.from(text),
      ]);
      const head = Buffer.from([0xff, 0xe2, 0, data.length + 2]);
      return Buffer.concat([head, data]);
    };
    const frame = Buffer.from([0xff, 0xc0, 0, 17, 8, 0, 5, 0, 7, 3, 1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1]);
    const jpeg = (...parts: Buffer[]) =>
      readJpegHeader(Buffer.concat([Buffer.from([0xff, 0xd8]), ...parts, frame, Buffer.from([0xff, 0xda])]));
    expect(jpeg(part(2, 2, 'file'), part(1, 2, 'pro'))).toMatchObject({
      width: 7,
      height: 5,
      icc: Buffer.from('profile'),
    });
    expect(jpeg(part(2, 2, 'file'))).toBeUndefined();
  });
});

describe('EXIF', () => {
  it('is read in both byte orders, and what is broken is left out', () => {
    const entry = (tag: number[], type: number[], count: number[], value: number[]) => [
      ...tag,
      ...type,
      ...count,
      ...value,
    ];
    const big = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, ...entry([1, 0x12], [0, 3], [0, 0, 0, 1], [0, 6, 0, 0])];
    const little = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, ...entry([0x12, 1], [3, 0], [1, 0, 0, 0], [6, 0, 0, 0])];
    const exif = (tiff: number[]) => readExif(Buffer.from([...Buffer.from('Exif\0\0'), ...tiff]));
    expect(exif(big)).toEqual({ orientation: 6 });
    expect(exif(little)).toEqual({ orientation: 6 });
    expect(exif([...big.slice(0, -4), 0, 9, 0, 0])).toEqual({ orientation: 1 });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => readExif(Buffer.from(bytes)).orientation >= 1));
  });
});

describe('an original', () => {
  it.each([1, 3, 6, 8])('of orientation %i is told in its upright size, whatever its format', async (orientation) => {
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const bytes = await rocket().withMetadata({ orientation }).toFormat(format).toBuffer();
      const upright = orientation >= 5 ? { width: 427, height: 640 } : { width: 640, height: 427 };
      expect(await readOriginal(sharp, bytes, format)).toMatchObject({ format, orientation, ...upright });
    }
  });
});

describe('the header of a GIF', () => {
  const gif = (frames: number) => {
    const pictures = Array.from({ length: frames }, (_, at) => picture(40, 30, at));
    return (frames === 1 ? sharp(pictures[0]) : sharp(pictures, { join: { animated: true } })).gif().toBuffer();
  };
  const picture = (width: number, height: number, at: number) =>
    ({ create: { width, height, channels: 3, background: { r: 40 * at, g: 99, b: 9 } } }) as unknown as Buffer;

  it.each([1, 2, 5])('of %i frames says what sharp says', async (frames) => {
    const bytes = await gif(frames);
    const { width, pageHeight, height, pages = 1 } = await sharp(bytes).metadata();
    expect(readGifHeader(bytes)).toEqual({ width, height: pageHeight ?? height, frames: pages, talks: false });
  });

  it("tells a comment, and another program's data", async () => {
    const bytes = await gif(1);
    const withBlock = (block: number[]) =>
      Buffer.concat([bytes.subarray(0, -1), Buffer.from(block), Buffer.from([0x3b])]);
    expect(readGifHeader(withBlock([0x21, 0xfe, 2, 104, 105, 0]))?.talks).toBe(true);
    expect(readGifHeader(withBlock([0x21, 0xff, 11, ...Buffer.from('XMP DataXMP'), 0]))?.talks).toBe(true);
  });

  it('is left to sharp where it is not plain, and never throws', async () => {
    const bytes = await gif(3);
    for (let end = 0; end < bytes.length; end += 1) expect(readGifHeader(bytes.subarray(0, end))).toBeUndefined();
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
    const property = fc.property(fc.array(change, { minLength: 1, maxLength: 9 }), (changes) => {
      const mutated = Buffer.from(bytes);
      for (const [at, value] of changes) mutated[at] = value;
      readGifHeader(mutated);
    });
    fc.assert(property, { numRuns: 2000 });
  });
});
