/** Originals of every kind come out upright, in the right colours, with their transparency and their frames. */
import sharp, { type Sharp } from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { photograph, SVG } from '../builders/images.ts';
import { ask, picture } from './kit.ts';
import { expectAlike, pixelsOf } from './measure.ts';
import { naive, step } from './naive.ts';
import { encode, fading, grey, KIND_NAMES, kind, large, type Original, photographPixels, turned } from './originals.ts';
import { LOSSY, type Tolerance } from './tolerances.ts';

const SIZE = { width: 120, height: 90 };

describe.each(['jpeg', 'png'] as const)('a %s as a camera stores it, with EXIF orientation', (format) => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])('%d, is upright', async (orientation) => {
    const { file, seen } = await turned(orientation, format);
    expect((await sharp(file).metadata()).orientation).toBe(orientation);
    const cases = [
      ['d=120x90,f=png', SIZE],
      ['d=50x,f=png', { width: 50 }],
      ['d=40x120,pos=w,f=png', { width: 40, height: 120, keep: { x: 0, y: 0.5 } }],
      ['d=40x120,pos=fp:0.8:0.5,f=png', { width: 40, height: 120, point: { x: 0.8, y: 0.5 } }],
      ['d=120x60,fit=contain,rot=90,f=png', { width: 120, height: 60, fit: 'contain', rotate: 90 }],
      ['f=png', {}],
    ] as const;
    for (const [query, steps] of cases) {
      const made = await picture(file, query);
      expect((await sharp(made).metadata()).orientation, query).toBeUndefined();
      expectAlike(await pixelsOf(made), await naive(seen, steps), undefined, query);
    }
  });
});

/** What the file itself has lost before anything is made of it. */
const OF_THE_FILE: Record<string, Tolerance> = {
  'PNG with a palette': { ssim: 0.93, colour: 5 },
  GIF: { ssim: 0.93, colour: 5 },
};

describe.each(KIND_NAMES)('%s', (name) => {
  let original: Original;
  beforeAll(async () => {
    original = await kind(name);
  });

  it.each([
    ['d=120x90,f=png', SIZE],
    ['d=60x,f=png', { width: 60 }],
    ['d=600x400,f=png', { width: 600, height: 400 }],
    ['d=90x120,rot=90,f=png', { width: 90, height: 120, rotate: 90 }],
    ['d=90x40,fit=contain,f=png', { width: 90, height: 40, fit: 'contain' }],
  ] as const)('?%s has the colours of the photograph', async (query, steps) => {
    const { file, seen } = original;
    expectAlike(await pixelsOf(await picture(file, query)), await naive(seen, steps), OF_THE_FILE[name]);
  });

  it('keeps its format, says nothing of itself, and is sRGB of 8 bits', async () => {
    const { file } = original;
    const before = await sharp(file).metadata();
    const { format, depth, space, icc, exif, xmp, iptc } = await sharp(await picture(file, 'd=120x90')).metadata();
    expect({ format, depth, space }).toEqual({ format: before.format, depth: 'uchar', space: 'srgb' });
    expect([icc, exif, xmp, iptc]).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('icc=keep', () => {
  it.each(['JPEG in Display-P3', 'PNG in Display-P3', 'AVIF in Display-P3'])(
    '%s keeps profile and colours',
    async (name) => {
      const { file, seen } = await kind(name);
      const made = await picture(file, 'd=120x90,icc=keep');
      expect((await sharp(made).metadata()).icc).toEqual((await sharp(file).metadata()).icc);
      expectAlike(await pixelsOf(made), await naive(seen, SIZE), { ssim: 0.93, colour: 5 });
    },
  );
});

it('grey stays grey', async () => {
  for (const how of [(it: Sharp) => it.png(), (it: Sharp) => it.jpeg({ quality: 95 })]) {
    const { file, seen } = await grey(how);
    const made = await picture(file, 'd=120x90,f=png');
    expectAlike(await pixelsOf(made), await naive(seen, SIZE));
    expect((await sharp(made).metadata()).channels).toBe(1);
  }
});

describe('transparency', () => {
  const MAKERS = {
    png: (it: Sharp) => it.png(),
    webp: (it: Sharp) => it.webp({ lossless: true }),
    avif: (it: Sharp) => it.avif({ quality: 95, effort: 0, chromaSubsampling: '4:4:4' }),
  };
  it.each(Object.entries(MAKERS))('of a %s stays where the format has it', async (_, how) => {
    const { file, seen } = await fading(how);
    const expected = await naive(seen, SIZE);
    for (const format of ['png', 'webp', 'avif'] as const) {
      const made = await pixelsOf(await picture(file, `d=120x90,f=${format}`));
      expectAlike(made, expected, format === 'png' ? { ssim: 0.96, colour: 4 } : LOSSY[format], format);
    }
  });

  it.each(Object.entries(MAKERS))('of a %s becomes white in a JPEG, or the colour asked', async (_, how) => {
    const { file, seen } = await fading(how);
    for (const [query, behind] of [
      ['d=120x90,f=jpeg', { r: 255, g: 255, b: 255 }],
      ['d=120x90,bg=00a000,f=jpeg', { r: 0, g: 160, b: 0 }],
    ] as const) {
      const made = await pixelsOf(await picture(file, query));
      expectAlike(made, await naive(seen, { ...SIZE, behind }), LOSSY.jpeg, query);
    }
  });
});

/** So small that a part of it is a few pixels: chroma at half the size and a palette show. */
const OF_A_FRAME: Tolerance = { ssim: 0.88, colour: 14 };

describe('an animation', () => {
  const moving = async (format: 'gif' | 'webp') => {
    const photo = await naive(await photographPixels('coffee.png'), { width: 240, height: 120 });
    const frames = await Promise.all(
      [0, 40, 80].map((left) => step(photo, (it) => it.extract({ left, top: 0, width: 160, height: 120 }))),
    );
    const files = await Promise.all(frames.map((frame) => encode(frame, (it) => it.png())));
    const joined = sharp(files, { join: { animated: true } });
    const how = { delay: [100, 200, 300], loop: 3 };
    const file = await (format === 'gif'
      ? joined.gif({ ...how, dither: 0 })
      : joined.webp({ ...how, quality: 95 })
    ).toBuffer();
    return { file, frames };
  };

  it.each(['gif', 'webp'] as const)('in %s: each frame, its time, and how often', async (format) => {
    const { file, frames } = await moving(format);
    for (const [query, steps] of [
      ['d=80x60,anim=1', { width: 80, height: 60 }],
      ['d=80x60,anim=1,f=webp', { width: 80, height: 60 }],
      [
        'd=80x40,fit=contain,anim=1,bg=000',
        { width: 80, height: 40, fit: 'contain', around: { r: 0, g: 0, b: 0, alpha: 1 } },
      ],
      ['d=40x60,pos=e,anim=1', { width: 40, height: 60, keep: { x: 1, y: 0.5 } }],
    ] as const) {
      const made = await picture(file, query);
      const { pages, delay, loop } = await sharp(made, { pages: -1 }).metadata();
      expect({ pages, delay, loop }, query).toEqual({ pages: 3, delay: [100, 200, 300], loop: 3 });
      for (const [page, frame] of frames.entries()) {
        expectAlike(await pixelsOf(made, page), await naive(frame, steps), OF_A_FRAME, `${query}, frame ${page}`);
      }
    }
  });

  it.each(['gif', 'webp'] as const)('in %s is its first frame unless asked', async (format) => {
    const { file, frames } = await moving(format);
    const made = await picture(file, 'd=80x60');
    expect((await sharp(made).metadata()).pages ?? 1).toBe(1);
    const [first] = frames;
    if (first) expectAlike(await pixelsOf(made), await naive(first, { width: 80, height: 60 }), OF_A_FRAME);
  });
});

describe('as large as cameras make them', () => {
  it.each([
    ['24 MP on its side', 6000, 4000, 6],
    ['50 MP', 8660, 5774, 1],
  ] as const)(
    '%s',
    async (_, width, height, orientation) => {
      const how = (it: Sharp) => it.withIccProfile('srgb').jpeg({ quality: 90 });
      const { file, seen } = await large(width, height, how, orientation);
      for (const [query, steps] of [
        ['d=300x200', { width: 300, height: 200 }],
        ['d=100x700,f=webp', { width: 100, height: 700 }],
      ] as const) {
        expectAlike(await pixelsOf(await picture(file, query)), await naive(seen, steps), LOSSY.jpeg, query);
      }
    },
    120_000,
  );
});

it('an SVG is drawn at the size asked, not enlarged', async () => {
  const quarters = Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><path fill="#f00" d="M0 0h4v4h-4z"/><path fill="#0a0" d="M4 0h4v4h-4z"/><path fill="#00f" d="M0 4h4v4h-4z"/></svg>`,
  );
  const colours = [
    [255, 0, 0, 255],
    [0, 170, 0, 255],
    [0, 0, 255, 255],
    [0, 0, 0, 0],
  ];
  const data = Buffer.alloc(200 * 200 * 4);
  for (let at = 0; at < 200 * 200; at += 1) {
    data.set(colours[(at % 200 < 100 ? 0 : 1) + (at < 200 * 100 ? 0 : 2)] ?? [], at * 4);
  }
  const made = await pixelsOf(await picture(quarters, 'd=200x200,f=png'));
  expectAlike(made, { width: 200, height: 200, channels: 4, data }, { ssim: 0.99, colour: 1 });
  expect(await ask(SVG, 'd=20x20')).toMatchObject({ bytes: undefined, note: 'original;why=svg' });
});

describe('what is no whole picture goes out as it is', () => {
  it.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)('a %s that ends early', async (format) => {
    const file = await sharp(photograph('coffee.png')).toFormat(format).toBuffer();
    for (const share of [0.2, 0.9]) {
      const cut = file.subarray(0, file.length * share);
      expect(await ask(cut, 'd=100x80'), `${share}`).toMatchObject({ bytes: undefined, note: 'original;why=decode' });
    }
  });

  it('zero bytes', async () => {
    expect(await ask(Buffer.alloc(0), 'd=100x80')).toMatchObject({ bytes: undefined, note: 'original;why=format' });
  });
});

describe('what a file says beside its picture', () => {
  const told = async () =>
    sharp(photograph('coffee.png'))
      .withExif({
        IFD0: { Copyright: 'Rachel', Artist: 'Michetti', Make: 'Camera' },
        IFD3: { GPSLatitude: '51/1 30/1 0/1' },
      })
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"><where>home</where></x:xmpmeta>')
      .jpeg()
      .toBuffer();

  it.each(['jpeg', 'png', 'webp', 'avif'])('is not in a %s', async (format) => {
    const made = await picture(await told(), `d=100x80,f=${format}`);
    for (const word of ['Rachel', 'Camera', 'xmpmeta', 'home']) expect(made.includes(word), word).toBe(false);
  });

  it.each(['jpeg', 'png', 'webp', 'avif'])('but for its credits, with keep=copyright, in a %s', async (format) => {
    const made = await picture(await told(), `d=100x80,keep=copyright,f=${format}`);
    const exif = (await sharp(made).metadata()).exif ?? Buffer.alloc(0);
    for (const word of ['Rachel', 'Michetti']) expect(exif.includes(word), word).toBe(true);
    for (const word of ['Camera', 'xmpmeta', 'home']) expect(made.includes(word), word).toBe(false);
  });
});
