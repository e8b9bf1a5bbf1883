/**
 * Originals of every kind, each with the pixels that a viewer has to see. Those pixels are there before the file is made
 * of them, so that neither its decoder nor its profile has a say in what is right.
 */
import sharp, { type Sharp } from 'sharp';
import { mosaic } from '../../bench/pictures.ts';
import { photograph } from '../builders/images.ts';
import { type Pixels, pixelsOf } from './measure.ts';
import { coloured, step } from './naive.ts';

export const PHOTOGRAPHS = [
  'rocket.jpg',
  'hubble_deep_field.jpg',
  'astronaut.png',
  'chelsea.png',
  'coffee.png',
] as const;
export type Photograph = (typeof PHOTOGRAPHS)[number];

export interface Original {
  file: Buffer;
  /** Upright, in sRGB. */
  seen: Pixels;
}

export async function photographPixels(name: Photograph): Promise<Pixels> {
  const { data, info } = await sharp(photograph(name)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: 3, data };
}

/** How pixels have to lie in the file for an EXIF orientation to set them upright (EXIF 2.32, 4.6.4.A). */
const STORED: Record<number, (it: Pixels) => Promise<Pixels>> = {
  1: async (it) => it,
  2: (it) => step(it, (s) => s.flop()),
  3: (it) => step(it, (s) => s.rotate(180)),
  4: (it) => step(it, (s) => s.flip()),
  // Mirrored along the diagonal: rows become columns.
  5: async (it) => step(await step(it, (s) => s.rotate(90)), (s) => s.flop()),
  6: (it) => step(it, (s) => s.rotate(270)),
  7: async (it) => step(await step(it, (s) => s.rotate(270)), (s) => s.flop()),
  8: (it) => step(it, (s) => s.rotate(90)),
};

export async function turned(orientation: number, format: 'jpeg' | 'png'): Promise<Original> {
  const seen = await photographPixels('coffee.png');
  const stored = await STORED[orientation]?.(seen);
  if (!stored) throw new Error(`orientation ${orientation}`);
  return { seen, file: await encode(stored, (it) => encoders[format](it.withMetadata({ orientation }))) };
}

const encoders = {
  jpeg: (it: Sharp) => it.jpeg({ quality: 98, chromaSubsampling: '4:4:4' }),
  png: (it: Sharp) => it.png(),
};

export function encode({ data, width, height, channels }: Pixels, how: (it: Sharp) => Sharp): Promise<Buffer> {
  return how(sharp(data, { raw: { width, height, channels }, limitInputPixels: false })).toBuffer();
}

/** Files of one photograph, as different as files can be. */
const KINDS: Record<string, (it: Sharp) => Sharp> = {
  'JPEG 4:2:0': (it) => it.jpeg({ quality: 95 }),
  'JPEG, progressive': (it) => it.jpeg({ quality: 95, progressive: true }),
  'JPEG with an sRGB profile': (it) => it.withIccProfile('srgb').jpeg({ quality: 95 }),
  'JPEG in Display-P3': (it) => it.withIccProfile('p3').jpeg({ quality: 95, chromaSubsampling: '4:4:4' }),
  'PNG in Display-P3': (it) => it.withIccProfile('p3').png(),
  'PNG of 16 bits': (it) => it.toColourspace('rgb16').png(),
  'PNG of 16 bits in Display-P3': (it) => it.toColourspace('rgb16').withIccProfile('p3').png(),
  'PNG, interlaced': (it) => it.png({ progressive: true }),
  'PNG with a palette': (it) => it.png({ palette: true, dither: 0 }),
  'WebP, lossless': (it) => it.webp({ lossless: true }),
  WebP: (it) => it.webp({ quality: 95 }),
  AVIF: (it) => it.avif({ quality: 90, effort: 0, chromaSubsampling: '4:4:4' }),
  'AVIF in Display-P3': (it) => it.withIccProfile('p3').avif({ quality: 90, effort: 0, chromaSubsampling: '4:4:4' }),
  GIF: (it) => it.gif({ dither: 0 }),
  'JPEG in CMYK': (it) =>
    it.toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 98, chromaSubsampling: '4:4:4' }),
};
export const KIND_NAMES = Object.keys(KINDS);

export async function kind(name: string): Promise<Original> {
  const photograph = await photographPixels('coffee.png');
  const file = await encode(photograph, (it) => KINDS[name]?.(it) ?? it);
  // Inks show fewer colours than a screen: what is left of them is in the file alone, and its profile says what it means.
  return { file, seen: name === 'JPEG in CMYK' ? await pixelsOf(file) : photograph };
}

/** One channel, in a format that has such pictures. */
export async function grey(how: (it: Sharp) => Sharp): Promise<Original> {
  const seen = await coloured(await step(await photographPixels('chelsea.png'), (it) => it.greyscale()));
  return { seen, file: await encode(seen, (it) => how(it.greyscale().toColourspace('b-w'))) };
}

/** A photograph that fades from left to right. */
export async function fading(how: (it: Sharp) => Sharp): Promise<Original> {
  const seen = await step(await photographPixels('astronaut.png'), (it) => it.ensureAlpha());
  for (let at = 0; at < seen.width * seen.height; at += 1) {
    seen.data[at * 4 + 3] = Math.round((255 * (at % seen.width)) / (seen.width - 1));
  }
  return { seen, file: await encode(seen, how) };
}

/** A mosaic of all photographs as large as a camera's, as it lies upright. */
export async function large(
  width: number,
  height: number,
  how: (it: Sharp) => Sharp,
  orientation = 1,
): Promise<Original> {
  const { data, info } = await (await mosaic(width, height)).raw().toBuffer({ resolveWithObject: true });
  const stored: Pixels = { width, height, channels: info.channels as 3, data };
  const upright = orientation === 6 ? await step(stored, (it) => it.rotate(90)) : stored;
  return {
    seen: upright,
    file: await encode(stored, (it) => how(orientation === 1 ? it : it.withMetadata({ orientation }))),
  };
}
