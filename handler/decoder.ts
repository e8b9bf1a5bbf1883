/** What sharp and libvips do on their own, as far as it has to be known beforehand. */
import type { Size } from './grammar.ts';
import type { Original } from './original.ts';
import type { Position } from './plan.ts';

/** Positions that need the whole picture, and one frame of it. */
export function isSmart(position: Position): boolean {
  return position === 'attention' || position === 'entropy';
}

/** By how much libjpeg shrinks each side while it decodes: sharp's rule (pipeline.cc). Other formats: 1. */
export function shrinkOnLoad(
  { format, width, height }: Pick<Original, 'format' | 'width' | 'height'>,
  size: Size,
): 1 | 2 | 4 | 8 {
  if (format !== 'jpeg') return 1;
  const shrink = Math.min(width / size.width, height / size.height);
  if (shrink >= 9) return 8;
  if (shrink >= 5) return 4;
  return shrink >= 3 ? 2 : 1;
}
