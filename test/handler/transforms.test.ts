import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { animated, halfClear, photograph, SVG } from '../builders/images.ts';
import { made, run, square } from './transform-kit.ts';

type Pixel = [number, number, number, number];

/** Red, green, blue and yellow quarters: which one is seen tells crop and turn. */
async function quarters(width = 120, height = 120): Promise<Buffer> {
  const [w, h] = [width / 2, height / 2];
  const tile = (background: string, left: number, top: number) => ({
    input: { create: { width: w, height: h, channels: 3 as const, background } },
    left,
    top,
  });
  return sharp({ create: { width, height, channels: 3, background: '#000' } })
    .composite([tile('#f00', 0, 0), tile('#0f0', w, 0), tile('#00f', 0, h), tile('#ff0', w, h)])
    .png()
    .toBuffer();
}

/** The pixel at shares of width and height. */
async function pixel(bytes: Buffer, x: number, y: number): Promise<Pixel> {
  const picture = sharp(bytes).ensureAlpha().toColourspace('srgb');
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  const at = 4 * (Math.floor(y * (info.height - 1)) * info.width + Math.floor(x * (info.width - 1)));
  return [...data.subarray(at, at + 4)] as Pixel;
}

const NAMES: Record<string, string> = { '1,0,0': 'red', '0,1,0': 'green', '0,0,1': 'blue', '1,1,0': 'yellow' };

async function colourAt(bytes: Buffer, x: number, y: number): Promise<string | undefined> {
  const [r, g, b] = await pixel(bytes, x, y);
  return NAMES[[r, g, b].map((channel) => (channel > 160 ? 1 : 0)).join()];
}

/** Clockwise from the top left. */
const corners = async (bytes: Buffer) =>
  Promise.all(
    [
      [0.1, 0.1],
      [0.9, 0.1],
      [0.9, 0.9],
      [0.1, 0.9],
    ].map(([x, y]) => colourAt(bytes, x ?? 0, y ?? 0)),
  );

describe('a crop', () => {
  it.each([
    ['nw', 'red'],
    ['ne', 'green'],
    ['se', 'yellow'],
    ['sw', 'blue'],
    ['fp:0:0', 'red'],
    ['fp:1:0', 'green'],
    ['fp:1:1', 'yellow'],
    ['fp:0:1', 'blue'],
  ])('at %s shows %s, upright and of a turned original', async (pos, colour) => {
    const tall = await sharp(await quarters())
      .resize(120, 1200, { fit: 'fill' })
      .png()
      .toBuffer();
    const wide = await sharp(await quarters())
      .resize(1200, 120, { fit: 'fill' })
      .png()
      .toBuffer();
    const lying = await sharp(tall).rotate(270).withMetadata({ orientation: 6 }).png().toBuffer();
    const [x, y] = [/e|:1:/.test(pos) ? 0.9 : 0.1, /s|:1$/.test(pos) ? 0.9 : 0.1];
    for (const original of [tall, wide, lying]) {
      const { bytes } = await made(original, { width: 30, height: 30, pos });
      expect(await colourAt(bytes, x, y)).toBe(colour);
    }
  });

  it('keeps a point that is not at a border in its middle', async () => {
    const spot = {
      input: { create: { width: 20, height: 20, channels: 3 as const, background: '#f00' } },
      left: 290,
      top: 40,
    };
    const original = await sharp({ create: { width: 400, height: 100, channels: 3, background: '#00f' } })
      .composite([spot])
      .jpeg()
      .toBuffer();
    const { bytes } = await made(original, { width: 40, height: 40, pos: 'fp:0.75:0.5', f: 'png' });
    expect(await colourAt(bytes, 0.5, 0.5)).toBe('red');
    expect(await colourAt(bytes, 0.1, 0.5)).toBe('blue');
    expect(await colourAt(bytes, 0.9, 0.5)).toBe('blue');
  });

  it.each(['attention', 'entropy'])('by %s finds what stands out', async (pos) => {
    const face = await sharp(photograph('astronaut.png')).resize(100, 100).png().toBuffer();
    const original = await sharp({ create: { width: 500, height: 100, channels: 3, background: '#777' } })
      .composite([{ input: face, left: 400, top: 0 }])
      .png()
      .toBuffer();
    const { bytes } = await made(original, { width: 100, height: 100, pos });
    const { channels } = await sharp(bytes).stats();
    expect(Math.max(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(40);
  });
});

describe('turns', () => {
  const [red, green, yellow, blue] = ['red', 'green', 'yellow', 'blue'];
  it.each([
    [{ rot: 90 } as const, [blue, red, green, yellow]],
    [{ rot: 180 } as const, [yellow, blue, red, green]],
    [{ rot: 270 } as const, [green, yellow, blue, red]],
    [{ flip: 'h' } as const, [green, red, blue, yellow]],
    [{ flip: 'v' } as const, [blue, yellow, green, red]],
    [{ flip: 'hv' } as const, [yellow, blue, red, green]],
    [{ rot: 90, flip: 'h' } as const, [red, blue, yellow, green]],
    [{ rot: 270, flip: 'v' } as const, [red, blue, yellow, green]],
  ])('%j', async (turn, expected) => {
    const original = await quarters();
    expect(await corners((await made(original, turn)).bytes)).toEqual(expected);
    const resized = await made(original, { width: 60, height: 60, fit: 'inside', ...turn });
    expect(await corners(resized.bytes)).toEqual(expected);
  });

  it('come after the crop', async () => {
    const { bytes } = await made(await quarters(), { width: 120, height: 30, pos: 'n', rot: 90 });
    expect(await sharp(bytes).metadata()).toMatchObject({ width: 30, height: 120 });
    expect([await colourAt(bytes, 0.5, 0.1), await colourAt(bytes, 0.5, 0.9)]).toEqual(['red', 'green']);
    const mirrored = await made(await quarters(), { width: 30, height: 60, pos: 'w', flip: 'h' });
    expect(await colourAt(mirrored.bytes, 0.5, 0.1)).toBe('red');
  });
});

describe('effects', () => {
  const deviation = async (bytes: Buffer) => {
    const { channels } = await sharp(
      await sharp(bytes)
        .convolve({ width: 3, height: 3, kernel: [0, -1, 0, -1, 4, -1, 0, -1, 0], scale: 1, offset: 128 })
        .toBuffer(),
    ).stats();
    return channels[0]?.stdev ?? 0;
  };

  it('blur takes detail away, the more the stronger; sharp adds', async () => {
    const detail = async (recipe: object) =>
      deviation((await made(photograph('coffee.png'), { ...square(200), ...recipe })).bytes);
    const plain = await detail({});
    expect(await detail({ blur: 1 })).toBeLessThan(plain * 0.8);
    expect(await detail({ blur: 20 })).toBeLessThan(await detail({ blur: 1 }));
    expect(await detail({ sharp: 1 })).toBeGreaterThan(plain * 1.02);
    expect(await detail({ sharp: 10 })).toBeGreaterThan(await detail({ sharp: 1 }));
  });

  it.each(['jpeg', 'png', 'webp', 'avif'] as const)('gray in %s', async (f) => {
    const { bytes } = await made(photograph('coffee.png'), { ...square(60), gray: true, f });
    const [r, g, b] = await pixel(bytes, 0.3, 0.6);
    expect(Math.max(r, g, b) - Math.min(r, g, b)).toBeLessThan(3);
    if (f === 'jpeg' || f === 'png') expect((await sharp(bytes).metadata()).channels).toBe(1);
  });

  it('a grey original stays one channel, unless colour comes to it', async () => {
    const grey = await sharp(photograph('coffee.png')).greyscale().toColourspace('b-w').jpeg().toBuffer();
    expect(await sharp((await made(grey, square(60))).bytes).metadata()).toMatchObject({ channels: 1, space: 'b-w' });
    const framed = await made(grey, { width: 60, height: 20, fit: 'contain', bg: 'ff0000', f: 'png' });
    expect(await pixel(framed.bytes, 0, 0)).toEqual([255, 0, 0, 255]);
    const [r, g, b] = await pixel(framed.bytes, 0.5, 0.5);
    expect(Math.max(r, g, b) - Math.min(r, g, b)).toBe(0);
  });
});

describe('background', () => {
  it('JPEG has white where it was clear, or the colour asked', async () => {
    const original = await halfClear('png');
    const at = async (recipe: object) =>
      (await pixel((await made(original, { ...square(20), ...recipe })).bytes, 0.9, 0.5)).map((channel) =>
        Math.round(channel / 10),
      );
    expect(await at({ f: 'jpeg' })).toEqual([26, 26, 26, 26]);
    expect(await at({ f: 'jpeg', bg: '0000ff' })).toEqual([0, 0, 25, 26]);
    expect(await at({ f: 'jpeg', bg: '00000080' })).toEqual([13, 13, 13, 26]);
    expect((await at({ f: 'webp' }))[3]).toBe(0);
    expect(await at({ f: 'png', bg: '0000ff' })).toEqual([0, 0, 26, 26]);
    expect((await at({ f: 'png', bg: '0000ff80' }))[3]).toBe(0);
  });

  it('contain puts it around the picture: clear where the format can, else white', async () => {
    const edge = async (recipe: object) =>
      pixel((await made(await quarters(), { width: 90, height: 30, fit: 'contain', ...recipe })).bytes, 0, 0.5);
    expect((await edge({}))[3]).toBe(0);
    expect((await edge({ f: 'jpeg' })).every((channel) => channel > 250)).toBe(true);
    expect(await edge({ bg: '112233' })).toEqual([0x11, 0x22, 0x33, 255]);
  });

  it('contain without enlarging leaves a small picture as it is, in its middle', async () => {
    const { bytes } = await made(await quarters(20, 20), { width: 60, height: 60, fit: 'contain', up: false });
    expect(await colourAt(bytes, 0.4, 0.4)).toBe('red');
    expect((await pixel(bytes, 0.2, 0.5))[3]).toBe(0);
  });
});

describe('colours and credits', () => {
  it('icc=keep keeps profile and pixels', async () => {
    const p3 = await sharp(photograph('astronaut.png')).resize(200).withIccProfile('p3').png().toBuffer();
    const { bytes } = await made(p3, { ...square(100), icc: 'keep' });
    const { icc } = await sharp(p3).metadata();
    expect((await sharp(bytes).metadata()).icc?.equals(icc ?? Buffer.alloc(0))).toBe(true);
    const stored = await sharp(p3, { ignoreIcc: true }).resize(100, 100).raw().toBuffer();
    expect((await sharp(bytes, { ignoreIcc: true }).raw().toBuffer()).equals(stored)).toBe(true);
  });

  it('Display-P3 comes out right in 16 bits too, turned and cropped', async () => {
    const upright = await sharp(photograph('coffee.png')).resize(300, 200).png().toBuffer();
    const lying = await sharp(upright).rotate(270).png().toBuffer();
    const stored = await sharp(lying)
      .toColourspace('rgb16')
      .withIccProfile('p3')
      .withMetadata({ orientation: 6, icc: 'p3' })
      .png()
      .toBuffer();
    expect(await sharp(stored).metadata()).toMatchObject({ depth: 'ushort', orientation: 6 });
    for (const size of [
      { width: 90, height: 60 },
      { width: 300, height: 200 },
    ]) {
      const { bytes } = await made(stored, size);
      const expected = await sharp(upright).resize(size).raw().toBuffer();
      const found = await sharp(bytes).raw().toBuffer();
      expect(
        expected.reduce((sum, value, at) => sum + Math.abs(value - (found[at] ?? 0)), 0) / expected.length,
      ).toBeLessThan(1);
    }
  });

  it('CMYK comes out in sRGB when it is cropped and turned, and whatever icc says', async () => {
    const upright = await sharp(photograph('coffee.png')).resize(300, 200).png().toBuffer();
    const cmyk = await sharp(upright).withIccProfile('cmyk').toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
    expect(await sharp(cmyk).metadata()).toMatchObject({ space: 'cmyk', channels: 4 });
    for (const side of [90, 140, 190]) {
      const { bytes } = await made(cmyk, { ...square(side), rot: 180, icc: 'keep', f: 'png' });
      expect(await sharp(bytes).metadata()).toMatchObject({ space: 'srgb', channels: 3 });
      const expected = await sharp(await sharp(cmyk).resize(side, side).png().toBuffer())
        .rotate(180)
        .raw()
        .toBuffer();
      const found = await sharp(bytes).raw().toBuffer();
      const differences = expected.reduce((sum, value, at) => sum + Math.abs(value - (found[at] ?? 0)), 0);
      expect(differences / expected.length).toBeLessThan(2);
    }
    const framed = await made(cmyk, { width: 90, height: 30, fit: 'contain', bg: '112233', f: 'png' });
    expect(await pixel(framed.bytes, 0, 0)).toEqual([0x11, 0x22, 0x33, 255]);
  });

  it('keep=copyright keeps Copyright and Artist, and nothing else', async () => {
    const tagged = await sharp(photograph('rocket.jpg'))
      .withExif({
        IFD0: { Copyright: 'Jane Doe 2026', Artist: 'Jane', Make: 'Camera' },
        IFD3: { GPSLatitude: '51/1 30/1 0/1' },
      })
      .jpeg()
      .toBuffer();
    for (const f of ['jpeg', 'webp', 'png', 'avif'] as const) {
      const { bytes } = await made(tagged, { ...square(50), keep: 'copyright', f });
      const exif = (await sharp(bytes).metadata()).exif?.toString('latin1') ?? '';
      expect(exif).toContain('Jane Doe 2026');
      expect(exif).not.toContain('Camera');
      expect(exif).not.toContain('\x88\x25'); // GPS directory, either byte order
      expect(exif).not.toContain('\x25\x88');
    }
    expect(
      (await sharp((await made(photograph('coffee.png'), { ...square(50), keep: 'copyright' })).bytes).metadata()).exif,
    ).toBeUndefined();
  });
});

describe('animations', () => {
  it.each(['gif', 'webp'] as const)(
    '%s keeps its frames when asked, and when only the format changes',
    async (format) => {
      const original = await animated(format);
      for (const recipe of [{ ...square(30), anim: true }, { f: 'webp' }, { f: 'gif' }] as const) {
        const variant = await made(original, recipe);
        expect(variant.frames, JSON.stringify(recipe)).toBe(2);
        const { pages, delay, pageHeight, width } = await sharp(variant.bytes, { animated: true }).metadata();
        expect({ pages, delay }).toEqual({ pages: 2, delay: [100, 100] });
        expect({ width, height: pageHeight ?? 0 }).toEqual({ width: variant.width, height: variant.height });
      }
    },
  );

  it('one frame within the budget, in formats that do not move, and where frames would mix', async () => {
    const original = await animated('gif');
    const over = await made(original, { ...square(30), anim: true }, { maxAnimationPixels: 60 * 40 * 2 - 1 });
    expect(over).toMatchObject({ why: 'slow', format: 'gif' });
    for (const recipe of [{ f: 'png' }, { rot: 90 }, { blur: 2 }, { ...square(30), pos: 'attention' }] as const) {
      const variant = await made(original, { ...recipe, anim: true });
      expect(variant.frames).toBeUndefined();
      expect((await sharp(variant.bytes).metadata()).pages ?? 1).toBe(1);
    }
  });
});

describe('a placeholder', () => {
  it.each(['rocket.jpg', 'astronaut.png', 'hubble_deep_field.jpg', 'coffee.png', 'chelsea.png'] as const)(
    'of %s has less than 1 kB',
    async (name) => {
      for (const recipe of [{}, { width: 32 }, square(32)]) {
        const { bytes, format, width, height } = await made(photograph(name), { ...recipe, lqip: true });
        expect(format).toBe('webp');
        expect(bytes.length).toBeLessThan(1000);
        expect(Math.max(width, height)).toBe(32);
      }
    },
  );
});

describe('SVG', () => {
  it('becomes pixels only where a format is asked for, at any size', async () => {
    expect(await run(SVG, square(10))).toEqual({ refused: 'svg' });
    expect(await run(SVG, { ...square(10), lqip: true })).toEqual({ refused: 'svg' });
    const { bytes } = await made(SVG, { ...square(200), f: 'png' });
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'png', ...square(200) });
    expect(await pixel(bytes, 0.5, 0.5)).toEqual([0, 0, 0, 255]);
    const huge = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="30000"/>');
    expect(await run(huge, { f: 'png' })).toEqual({ refused: 'too-many-pixels' });
  });

  it('reads no files and no other pages', async () => {
    const file = new URL('../fixtures/images/rocket.jpg', import.meta.url);
    const nosy = Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" xmlns:x="http://www.w3.org/1999/xlink" width="50" height="50"><image width="50" height="50" x:href="${file}"/></svg>`,
    );
    const { bytes } = await made(nosy, { f: 'png' });
    expect((await pixel(bytes, 0.5, 0.5))[3]).toBe(0);
  });

  it.each([
    ['<html><svg xmlns="http://www.w3.org/2000/svg"/></html>', 'format'],
    ['<?xml version="1.0"?><!DOCTYPE svg PUBLIC "a" "b"><!-- <html> --><svg/>', 'svg'],
    ['\ufeff\n <svg\n/>', 'svg'],
    ['<svgx/>', 'format'],
    [`${'<!-->'.repeat(200)}`, 'format'],
  ])('%s: %s', async (text, refused) => {
    expect(await run(Buffer.from(text), square(10))).toEqual({ refused });
  });
});

describe('a file that is two things', () => {
  it('comes out as the picture alone', async () => {
    const script = Buffer.from('<script>alert(1)</script>/*');
    const jpeg = Buffer.concat([
      await sharp(photograph('rocket.jpg'))
        .withExif({ IFD0: { ImageDescription: '<script>alert(1)</script>' } })
        .jpeg()
        .toBuffer(),
      script,
    ]);
    const gif = Buffer.concat([await sharp(photograph('rocket.jpg')).resize(40).gif().toBuffer(), script]);
    for (const original of [jpeg, gif]) {
      const { bytes } = await made(original, square(30));
      expect(bytes.includes('alert')).toBe(false);
    }
    const { bytes } = await made(jpeg, { q: 100 });
    expect(bytes.includes('alert')).toBe(false);
  });
});

describe('formats', () => {
  it('PNG with a quality has a palette, without one all of its colours', async () => {
    const of = async (recipe: object) =>
      sharp((await made(photograph('coffee.png'), { ...square(100), ...recipe })).bytes).metadata();
    expect((await of({ q: 60 })).isPalette).toBe(true);
    expect((await of({})).isPalette).toBe(false);
    expect((await of({ q: 100 })).isPalette).toBe(false);
  });

  it('the original where it is smaller and shows the same', async () => {
    const original = await sharp(photograph('coffee.png')).resize(300).jpeg({ quality: 40 }).toBuffer();
    const same = await made(original, { width: 300, height: 200 });
    expect(same).toMatchObject({ why: 'smaller', format: 'jpeg', width: 300, height: 200 });
    expect(same.bytes.equals(original)).toBe(true);
    for (const recipe of [{ q: 20 }, square(200), { blur: 1 }, { f: 'png' }, { flip: 'h' }, { width: 600 }] as const) {
      expect((await made(original, { width: 300, height: 200, ...recipe })).why).toBeUndefined();
    }
    const tagged = await sharp(original)
      .withExif({ IFD0: { Copyright: 'x' } })
      .jpeg({ quality: 10 })
      .toBuffer();
    expect((await made(tagged, { width: 300, height: 200 })).why).toBeUndefined();
  });
});
