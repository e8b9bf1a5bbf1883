/** How alike two pictures are: structure, colour and transparency, each by itself. */
import sharp from 'sharp';
import { ssim } from 'ssim.js';
import { expect } from 'vitest';
import { EXACT, type Tolerance } from './tolerances.ts';

/** 8 bits a channel, sRGB. */
export interface Pixels {
  width: number;
  height: number;
  channels: 3 | 4;
  data: Buffer;
}

export interface Likeness {
  /** Structural similarity of luminance, 1 for the same picture (ssim.js). */
  ssim: number;
  /** The largest difference of a channel's mean in any part of the picture, in levels of 255. */
  colour: number;
  /** The same of transparency. */
  alpha: number;
}

/** Parts on each side in which means are compared: small enough that a mirrored sky is seen. */
const PARTS = 8;
/** What stands behind transparent pixels while structure and colour are compared: their own colour is nobody's business. */
const BEHIND = 128;

/** Decodes as a browser does: by its profile if it has one. Of an animation `page`. */
export async function pixelsOf(bytes: Buffer, page = 0): Promise<Pixels> {
  const picture = sharp(bytes, { page }).toColourspace('srgb').ensureAlpha();
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: 4, data };
}

/** @throws Error when they are not of one size */
export function likeness(found: Pixels, expected: Pixels): Likeness {
  if (found.width !== expected.width || found.height !== expected.height) {
    throw new Error(`${found.width}x${found.height} instead of ${expected.width}x${expected.height}`);
  }
  const [a, b] = [withAlpha(found), withAlpha(expected)];
  const [over, under] = [flattened(a), flattened(b)];
  return {
    ssim: ssim(over, under).mssim,
    colour: Math.max(...[0, 1, 2].map((channel) => farthest(over, under, channel))),
    alpha: farthest(a, b, 3),
  };
}

interface Rgba {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

function withAlpha({ width, height, channels, data }: Pixels): Rgba {
  if (channels === 4) return { width, height, data: new Uint8ClampedArray(data) };
  const all = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let at = 0; at < width * height; at += 1) all.set(data.subarray(at * 3, at * 3 + 3), at * 4);
  return { width, height, data: all };
}

function flattened({ width, height, data }: Rgba): Rgba {
  const flat = new Uint8ClampedArray(data);
  for (let at = 0; at < flat.length; at += 4) {
    const share = (data[at + 3] ?? 0) / 255;
    for (let channel = at; channel < at + 3; channel += 1)
      flat[channel] = (data[channel] ?? 0) * share + BEHIND * (1 - share);
    flat[at + 3] = 255;
  }
  return { width, height, data: flat };
}

function farthest(a: Rgba, b: Rgba, channel: number): number {
  const [means, others] = [partMeans(a, channel), partMeans(b, channel)];
  return Math.max(...means.map((mean, part) => Math.abs(mean - (others[part] ?? 0))));
}

function partMeans({ width, height, data }: Rgba, channel: number): number[] {
  const sums = Array(PARTS * PARTS).fill(0) as number[];
  const counts = Array(PARTS * PARTS).fill(0) as number[];
  for (let at = 0; at < width * height; at += 1) {
    const [x, y] = [at % width, Math.floor(at / width)];
    const part = Math.floor((y * PARTS) / height) * PARTS + Math.floor((x * PARTS) / width);
    sums[part] = (sums[part] ?? 0) + (data[at * 4 + channel] ?? 0);
    counts[part] = (counts[part] ?? 0) + 1;
  }
  return sums.map((sum, part) => sum / Math.max(1, counts[part] ?? 0));
}

export function expectAlike(found: Pixels, expected: Pixels, tolerance: Tolerance = EXACT, about = ''): void {
  const alike = likeness(found, expected);
  expect(alike.ssim, `SSIM ${about}`).toBeGreaterThanOrEqual(tolerance.ssim);
  expect(alike.colour, `colour ${about}`).toBeLessThanOrEqual(tolerance.colour);
  expect(alike.alpha, `alpha ${about}`).toBeLessThanOrEqual(tolerance.alpha ?? 3);
}
