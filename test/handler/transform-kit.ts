/** Short ways to make one picture from another. */
import sharp from 'sharp';
import type { Recipe, Size } from '../../handler/grammar.ts';
import { type TransformLimits, transform } from '../../handler/transform.ts';
import type { Variant } from '../../handler/variant.ts';

export const LIMITS: TransformLimits = {
  quality: 80,
  maxInputPixels: 100_000_000,
  maxAnimationPixels: 50_000_000,
  maxAvifPixels: 2_100_000,
  maxBytes: 780_000,
  memoryMb: 1769,
  leftMs: () => 20_000,
};

/** `transform` with real sharp, within generous limits. */
export const run = (input: Buffer, recipe: Recipe, limits: Partial<TransformLimits> = {}) =>
  transform(sharp, input, recipe, { ...LIMITS, ...limits });

/** The variant; throws when it is refused. */
export async function made(input: Buffer, recipe: Recipe, limits?: Partial<TransformLimits>): Promise<Variant> {
  const variant = await run(input, recipe, limits);
  if ('refused' in variant) throw new Error(`refused: ${variant.refused}`);
  return variant;
}

export const square = (side: number): Size => ({ width: side, height: side });
