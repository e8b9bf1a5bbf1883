/** Short ways to make one picture from another. */
import sharp from 'sharp';
import type { Size } from '../../handler/grammar.ts';
import type { Variant } from '../../handler/response.ts';
import { type TransformLimits, transform } from '../../handler/transform.ts';

export const LIMITS: TransformLimits = {
  quality: 80,
  maxInputPixels: 100_000_000,
  maxBytes: 780_000,
  memoryMb: 1769,
  leftMs: () => 20_000,
};

/** `transform` with real sharp, within generous limits. */
export const run = (input: Buffer, size: Size, limits: Partial<TransformLimits> = {}) =>
  transform(sharp, input, size, { ...LIMITS, ...limits });

/** The variant; throws when it is refused. */
export async function made(input: Buffer, size: Size, limits?: Partial<TransformLimits>): Promise<Variant> {
  const variant = await run(input, size, limits);
  if ('refused' in variant) throw new Error(`refused: ${variant.refused}`);
  return variant;
}

export const square = (side: number): Size => ({ width: side, height: side });
