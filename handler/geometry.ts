/** Pixels: how large a picture comes out, and what of the original is in it. Pure. */
import type { Size } from './grammar.ts';
import type { Plan } from './plan.ts';

export interface Geometry {
  /** Of the picture before it is turned. */
  size: Size;
  /** How sharp is to fill `size`. Left out: the pixels stay as they are. */
  resize?: 'fill' | 'cover' | 'contain';
  /** Cut out of a picture resized to `from`. */
  crop?: { from: Size; left: number; top: number };
}

/** Sides are asked for within the caps; those that follow from the ratio are kept within them here. */
const UNCAPPED: Size = { width: Number.POSITIVE_INFINITY, height: Number.POSITIVE_INFINITY };

type Asked = Pick<Plan, 'width' | 'height' | 'fit' | 'position' | 'enlarge'>;

/**
 * Exact for every recipe: sides that follow from the ratio are rounded here, and not by what a decoder's shrinking
 * leaves, which can be a pixel off.
 * @param original upright
 * @param caps largest sides that are made
 */
export function geometryOf(original: Size, asked: Asked, caps: Size = UNCAPPED): Geometry {
  const { width, height, fit, position, enlarge } = asked;
  if (!width && !height) return { size: pixels(original) };
  const most = Math.min(
    enlarge ? Number.POSITIVE_INFINITY : 1,
    caps.width / original.width,
    caps.height / original.height,
  );
  if (!width || !height) {
    const scale = Math.min(most, width ? width / original.width : (height ?? 1) / original.height);
    return fill(original, scaled(original, scale, { width, height }));
  }
  const box = { width, height };
  const [across, down] = [width / original.width, height / original.height];
  if (fit === 'inside' || fit === 'outside') {
    const scale = fit === 'inside' ? Math.min(across, down) : Math.max(across, down);
    return fill(original, scaled(original, Math.min(most, scale), scale === across ? { width } : { height }));
  }
  if (fit === 'contain') return { size: box, resize: 'contain' };
  // Where the original is smaller, the box shrinks to what fits into it: the ratio stays.
  const size = scaled(box, enlarge ? 1 : Math.min(1, 1 / across, 1 / down));
  if (fit === 'fill') return fill(original, size);
  return typeof position === 'string' ? { size, resize: 'cover' } : focal(original, size, position);
}

/**
 * Pixels of the whole picture at the size from which a crop is cut. Of a line of 65,500 pixels that is to cover 1x51 it
 * is 3.3 million times 51.
 * @param original upright
 */
export function pixelsBeforeCrop(original: Size, { size, resize, crop }: Geometry): number {
  if (crop) return crop.from.width * crop.from.height;
  if (resize !== 'cover') return size.width * size.height;
  const scale = Math.max(size.width / original.width, size.height / original.height);
  return original.width * original.height * scale ** 2;
}

/** Whole pixels, at least one. A side that was asked for is exact, unless it would not be reached. */
function scaled({ width, height }: Size, scale: number, exact: Partial<Size> = {}): Size {
  const side = (length: number, asked?: number) => {
    const rounded = Math.max(1, Math.round(length * scale));
    return asked && Math.abs(asked - length * scale) < 0.5 ? asked : rounded;
  };
  return { width: side(width, exact.width), height: side(height, exact.height) };
}

function fill(original: Size, size: Size): Geometry {
  const same = original.width === size.width && original.height === size.height;
  return same ? { size } : { size, resize: 'fill' };
}

/** Covers, and cuts so that the point is as near to the middle as the borders let it. */
function focal(original: Size, size: Size, point: { x: number; y: number }): Geometry {
  const scale = Math.max(size.width / original.width, size.height / original.height);
  const whole = scaled(original, scale);
  const from = { width: Math.max(whole.width, size.width), height: Math.max(whole.height, size.height) };
  const start = (share: number, length: number, side: number) =>
    Math.min(length - side, Math.max(0, Math.round(share * length - side / 2)));
  const left = start(point.x, from.width, size.width);
  const top = start(point.y, from.height, size.height);
  return { size, resize: 'fill', crop: { from, left, top } };
}

function pixels({ width, height }: Size): Size {
  return { width, height };
}
