/** Original bytes and a recipe in, a picture out. */
import { inTime, type Means, mostMade, mostPixels, takesTooLong } from './cost.ts';
import {
  type EncodeLimits,
  type EncodeRefusal,
  encodeWithin,
  type Output,
  PNG_SLACK,
  type SharpModule,
} from './encode.ts';
import { type Format, isOpaque } from './formats.ts';
import { pixelsBeforeCrop } from './geometry.ts';
import type { Recipe, Size } from './grammar.ts';
import { kindOf, type Original, readOriginal } from './original.ts';
import { draw, type Scene, sceneOf } from './picture.ts';
import type { Plan } from './plan.ts';
import { planOf } from './transforms/index.ts';
import { isTurned } from './transforms/turn.ts';
import type { Variant } from './variant.ts';

export interface TransformLimits extends Omit<EncodeLimits, 'mayEncode'>, Means {
  /** Of lossy encoders where the recipe names none, 1-100. */
  quality: number;
  /** Most pixels (width x height) that are decoded. */
  maxInputPixels: number;
  /** Most pixels (width x height x frames) of an animation that keeps its frames. */
  maxAnimationPixels: number;
  /** Most pixels that are encoded as AVIF. */
  maxAvifPixels: number;
  /** Largest sides that follow from the ratio; left out: any. */
  caps?: Size;
}

/** `format`: none that is read; `svg`: one that is not asked for as pixels; `decode`: broken, or ending early. */
export type TransformRefusal = 'format' | 'svg' | 'too-many-pixels' | 'decode' | EncodeRefusal;

type Result = Variant | { refused: TransformRefusal };

/**
 * Makes the variant: upright by EXIF, in sRGB, without metadata, in the original's own format, unless the recipe says
 * otherwise (docs/transforms.md). Never throws.
 */
export async function transform(
  sharp: SharpModule,
  input: Buffer,
  recipe: Recipe,
  limits: TransformLimits,
): Promise<Result> {
  try {
    const kind = kindOf(input);
    if (!kind) return { refused: 'format' };
    const format = recipe.f && recipe.f !== 'auto' ? recipe.f : kind;
    if (format === 'svg') return { refused: 'svg' };
    const original = await readOriginal(sharp, input, kind);
    return await make(sharp, original, planOf(recipe, original, format, limits.quality), limits);
  } catch {
    return { refused: 'decode' };
  }
}

async function make(sharp: SharpModule, original: Original, plan: Plan, limits: TransformLimits): Promise<Result> {
  if (!decodable(original, limits)) return { refused: 'too-many-pixels' };
  const whys: (Variant['why'] | false)[] = [fewerFrames(original, plan, limits)];
  const asked = sceneOf(original, plan, limits);
  const chosen = chooseFormat(original, asked, limits);
  if ('refused' in chosen) return chosen;
  if (!croppable(original, asked, limits)) return { refused: 'too-many-pixels' };
  plan.format = chosen.format;
  const scene = sceneOf(original, plan, limits);
  whys.push(chosen.why);
  const output = outputOf(scene);
  const megapixels = output.pixels / 1e6;
  const mayEncode = (format: Format) => inTime(limits, { encode: { format, megapixels } });
  const variant = await encodeWithin(sharp, await draw(sharp, scene), output, { ...limits, mayEncode });
  if (isBetter(original, scene, variant, limits)) return unchanged(original);
  const why = whys.find((each) => each);
  return why && !('refused' in variant) ? { why, ...variant } : variant;
}

function decodable({ format, width, height, interlaced }: Original, limits: TransformLimits): boolean {
  const most = Math.min(limits.maxInputPixels, mostPixels(limits.memoryMb, format, interlaced));
  return width * height <= most;
}

/** A narrow original that is to cover a wide box is enlarged to a multiple of both before it is cut. */
function croppable(original: Original, { geometry }: Scene, { memoryMb }: TransformLimits): boolean {
  const most = Math.max(original.width * original.height, mostMade(memoryMb, 'jpeg'));
  return pixelsBeforeCrop(original, geometry) <= most;
}

/** Keeps the first frame alone where all would be too many. */
function fewerFrames({ width, height, frames, format }: Original, plan: Plan, limits: TransformLimits): 'slow' | false {
  if (!plan.frames || frames < 2) return false;
  const pixels = width * height * frames;
  if (pixels <= Math.min(limits.maxAnimationPixels, mostPixels(limits.memoryMb, format, true))) return false;
  plan.frames = false;
  return 'slow';
}

/** What a format gives way to when it takes too long, too much memory or too many bytes. */
const NEXT: Record<Format, Format[]> = {
  avif: ['webp', 'jpeg'],
  png: ['webp', 'jpeg'],
  webp: ['jpeg'],
  gif: ['webp'],
  jpeg: [],
};

interface Choice {
  format: Format;
  why?: 'slow' | 'limit';
}

/** The format asked for, or the next that there is time, memory and room for. */
function chooseFormat(
  original: Original,
  scene: Scene,
  limits: TransformLimits,
): Choice | { refused: 'slow' | 'too-many-pixels' } {
  const { format } = scene.plan;
  const { pixels, animated } = outputOf(scene);
  const keepsAlpha = original.alpha && scene.plan.background?.alpha !== 1;
  const shapes = NEXT[format].filter((next) => !isOpaque(next) || !(keepsAlpha || animated));
  const [fits, ...rest] = [format, ...shapes].filter((next) => canHold(next, scene.geometry.size));
  if (!fits) return { refused: 'too-many-pixels' };
  if (fits === format && cannotFit(original, scene, pixels, limits.maxBytes)) {
    if (affordable('webp', original, scene, limits)) return { format: 'webp', why: 'limit' };
  }
  const found = [fits, ...rest].find((next) => affordable(next, original, scene, limits));
  if (!found) return { refused: 'slow' };
  return found === format ? { format } : { format: found, why: 'slow' };
}

/** Longest side that a format can write. */
const LONGEST: Record<Format, number> = { jpeg: 65_535, png: 65_535, webp: 16_383, avif: 16_384, gif: 65_535 };

function canHold(format: Format, { width, height }: Size): boolean {
  return Math.max(width, height) <= LONGEST[format];
}

function affordable(format: Format, original: Original, scene: Scene, limits: TransformLimits): boolean {
  const { pixels, animated } = outputOf(scene);
  const source = original.width * original.height * (animated ? original.frames : 1);
  if (takesTooLong(format, pixels, source, limits.maxAvifPixels)) return false;
  if (pixels > mostMade(limits.memoryMb, format)) return false;
  const effectsMs = scene.plan.effects.reduce((sum, { ms }) => sum + ms, 0);
  const decode = { format: original.format, megapixels: source / 1e6, effectsMs };
  return inTime(limits, { decode, encode: { format, megapixels: pixels / 1e6 } });
}

/** Shrinking leaves no fewer bytes a pixel, so an original's own tell the least that a variant without loss will have. */
function cannotFit(original: Original, { plan }: Scene, pixels: number, maxBytes: number): boolean {
  const source = original.width * original.height;
  const lossless = plan.format === 'png' && !plan.palette && original.format === 'png' && !original.deep;
  const plain = plan.effects.length === 0 && !plan.grey;
  return lossless && plain && pixels <= source && (original.bytes.length / source) * pixels > PNG_SLACK * maxBytes;
}

function outputOf({ plan, geometry: { size }, original, animated, grey, keepProfile }: Scene): Output {
  const { format, quality, palette, exif } = plan;
  const pixels = size.width * size.height * (animated ? original.frames : 1);
  return { format, quality, palette, exif, grey, keepProfile, animated, pixels };
}

/** Does the original show the same in fewer bytes? Then encoding it again gains nothing, and loses some. */
function isBetter(original: Original, scene: Scene, made: Result, { maxBytes }: TransformLimits): boolean {
  const { bytes, orientation, talks, profile, format } = original;
  if (bytes.length > maxBytes || ('bytes' in made && made.bytes.length <= bytes.length)) return false;
  if ('refused' in made && made.refused !== 'limit') return false;
  const readyToSend =
    orientation === 1 && !talks && (profile !== 'other' || scene.keepProfile) && original.space !== 'cmyk';
  return readyToSend && format === scene.plan.format && showsAll(original, scene);
}

/** All pixels, all frames, and nothing done to them. */
function showsAll(
  { width, height, frames, space }: Original,
  { plan, geometry: { size }, animated, grey }: Scene,
): boolean {
  const untouched = !isTurned(plan) && plan.effects.length === 0 && !plan.background && !plan.exif;
  const sameColours = grey === (space === 'grey');
  return untouched && sameColours && size.width === width && size.height === height && animated === frames > 1;
}

function unchanged({ bytes, format, width, height, frames }: Original): Variant {
  return { bytes, format: format as Format, width, height, ...(frames > 1 && { frames }), why: 'smaller' };
}
