/**
 * The expected picture, the plain way: each step by itself on all pixels of the upright original in sRGB, and sizes by
 * school arithmetic. No shrinking on load, no order of convenience, nothing of the handler.
 */
import sharp, { type Sharp } from 'sharp';
import type { Pixels } from './measure.ts';

export interface Steps {
  width?: number;
  height?: number;
  fit?: 'cover' | 'contain' | 'inside' | 'outside' | 'fill';
  /** What stays, as shares of what there is to cut: 0 is left or top, 1 right or bottom. */
  keep?: { x: number; y: number };
  /** What stays is around this point, as shares of the picture. */
  point?: { x: number; y: number };
  enlarge?: boolean;
  rotate?: 90 | 180 | 270;
  /** Left to right. */
  mirror?: boolean;
  /** Upside down. */
  overturn?: boolean;
  grey?: boolean;
  blur?: number;
  sharpen?: number;
  /** Around `contain`; what is transparent stays so without `behind`. */
  around?: { r: number; g: number; b: number; alpha: number };
  /** Behind what is transparent. */
  behind?: { r: number; g: number; b: number };
}

export async function naive(original: Pixels, steps: Steps): Promise<Pixels> {
  let picture = await resized(original, steps);
  if (steps.rotate) picture = await step(picture, (it) => it.rotate(steps.rotate));
  if (steps.mirror) picture = await step(picture, (it) => it.flop());
  if (steps.overturn) picture = await step(picture, (it) => it.flip());
  if (steps.grey) picture = await coloured(await step(picture, (it) => it.greyscale()));
  if (steps.blur) picture = await step(picture, (it) => it.blur(steps.blur));
  const { sharpen } = steps;
  if (sharpen) picture = await step(picture, (it) => it.sharpen({ sigma: 1, m2: (2 * sharpen) / 5 }));
  if (steps.behind) picture = await step(picture, (it) => it.flatten({ background: steps.behind }));
  return picture;
}

/** One channel as three, so that pictures can be compared. */
export function coloured(picture: Pixels): Promise<Pixels> {
  return step(picture, (it) => it.toColourspace('srgb'));
}

/** One step of sharp, from pixels to pixels. */
export async function step(picture: Pixels, change: (it: Sharp) => Sharp): Promise<Pixels> {
  const { width, height, channels } = picture;
  const changed = change(sharp(picture.data, { raw: { width, height, channels }, limitInputPixels: false }));
  const { data, info } = await changed.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels as 3 | 4, data };
}

async function resized(
  original: Pixels,
  { keep = { x: 0.5, y: 0.5 }, enlarge = true, ...steps }: Steps,
): Promise<Pixels> {
  const { width: w, height: h } = original;
  const { width, height, fit = 'cover', point, around = { r: 0, g: 0, b: 0, alpha: 0 } } = steps;
  if (!width && !height) return original;
  const most = enlarge ? Number.POSITIVE_INFINITY : 1;
  if (!width || !height) return scaled(original, Math.min(most, width ? width / w : (height ?? 0) / h));
  const [least, largest] = [Math.min(width / w, height / h), Math.max(width / w, height / h)];
  if (fit === 'inside') return scaled(original, Math.min(most, least));
  if (fit === 'outside') return scaled(original, Math.min(most, largest));
  if (fit === 'fill') return to(original, width, height);
  if (fit === 'contain') {
    const inner = await scaled(original, Math.min(most, least));
    const [left, top] = [Math.floor((width - inner.width) / 2), Math.floor((height - inner.height) / 2)];
    const [right, bottom] = [width - inner.width - left, height - inner.height - top];
    const seen = await step(inner, (it) => it.ensureAlpha());
    return step(seen, (it) => it.extend({ left, top, right, bottom, background: around }));
  }
  const box =
    largest > most ? { width: Math.round(width / largest), height: Math.round(height / largest) } : { width, height };
  const covering = await scaled(original, Math.min(most, largest));
  const room = { x: covering.width - box.width, y: covering.height - box.height };
  const start = (axis: 'x' | 'y', whole: number, side: number) => {
    const wanted = point ? point[axis] * whole - side / 2 : keep[axis] * room[axis];
    return Math.max(0, Math.min(room[axis], Math.round(wanted)));
  };
  const [left, top] = [start('x', covering.width, box.width), start('y', covering.height, box.height)];
  return step(covering, (it) => it.extract({ left, top, ...box }));
}

function scaled(original: Pixels, scale: number): Promise<Pixels> {
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return to(original, side(original.width), side(original.height));
}

function to(original: Pixels, width: number, height: number): Promise<Pixels> {
  return step(original, (it) => it.resize(width, height, { fit: 'fill', kernel: 'lanczos3' }));
}
