/** From an original to the pixels of a variant, in one or two passes of sharp. */
import type { Sharp, SharpOptions } from 'sharp';
import { isSmart, shrinkOnLoad } from './decoder.ts';
import type { SharpModule } from './encode.ts';
import { animates, isOpaque } from './formats.ts';
import { type Geometry, geometryOf } from './geometry.ts';
import type { Size } from './grammar.ts';
import type { Original } from './original.ts';
import type { Plan } from './plan.ts';
import { CLEAR, opaque, WHITE } from './transforms/background.ts';
import { isTurned } from './transforms/turn.ts';

/** A plan for one original, with everything settled that can be before pixels are read. */
export interface Scene {
  original: Original;
  plan: Plan;
  geometry: Geometry;
  /** All frames of an animation, and not the first alone. */
  animated: boolean;
  /** The variant has one channel of colour. */
  grey: boolean;
  /** The original's profile and its colours stay. */
  keepProfile: boolean;
  /** Most pixels that are decoded; a broken header cannot make it more. */
  limitInputPixels: number;
}

/** @param limits most pixels that are decoded, of a still picture and of all frames of an animation; largest sides that are made */
export function sceneOf(
  original: Original,
  plan: Plan,
  limits: { maxInputPixels: number; maxAnimationPixels: number; caps?: Size },
): Scene {
  const geometry = geometryOf(original, plan, limits.caps);
  // Colour behind or around a grey picture makes it one of three channels.
  const grey = plan.grey || (original.space === 'grey' && !isColourful(plan));
  const keepProfile = plan.keepProfile && grey === (original.space === 'grey');
  const animated = plan.frames && canMove(original, plan);
  const limitInputPixels = animated ? limits.maxAnimationPixels : limits.maxInputPixels;
  return { original, plan, geometry, animated, grey, keepProfile, limitInputPixels };
}

function isColourful({ background }: Plan): boolean {
  return background !== undefined && (background.r !== background.g || background.g !== background.b);
}

/** sharp keeps frames below each other as one tall picture: what turns, blurs or judges that would mix them. */
function canMove({ format, frames, orientation }: Original, plan: Plan): boolean {
  const whole = !isTurned(plan) && plan.effects.length === 0 && !isSmart(plan.position) && orientation === 1;
  // An AVIF of several pictures is no animation.
  return frames > 1 && format !== 'svg' && animates(format) && animates(plan.format) && whole;
}

/** Starts the variant's pipeline anew at each call, up to the pixels: what an encoder is given. */
export async function draw(sharp: SharpModule, scene: Scene): Promise<() => Sharp> {
  if (!takesTwoPasses(scene)) return () => finished(sized(opened(sharp, scene), scene), scene);
  // Uncompressed, and not raw pixels: those would lose the profile.
  const { original, grey } = scene;
  const first = sized(opened(sharp, scene), scene, 'uncut');
  const later = convertsLater(scene);
  if (scene.keepProfile || later) first.keepIccProfile();
  if (later && original.space === 'cmyk') first.pipelineColourspace('cmyk').toColourspace('cmyk');
  if (original.space === 'grey' && grey) first.toColourspace('b-w');
  const small = await uncompressed(first);
  return () => finished(cut(sharp(small, { limitInputPixels: false }), scene), scene);
}

export function uncompressed(picture: Sharp): Promise<Buffer> {
  return picture.tiff({ compression: 'none' }).toBuffer();
}

/**
 * A pass of its own for what sharp does in an order that does not suit: it turns before it crops, and it converts
 * colours before it shrinks. On the small picture both cost next to nothing: 12 megapixels of Display-P3 to 1920x1080
 * take 0.4 of the time of one pass (PERFORMANCE 2a).
 */
function takesTwoPasses(scene: Scene): boolean {
  const { original, plan, geometry, animated } = scene;
  if (animated) return false;
  const cuts = geometry.crop !== undefined || geometry.resize === 'cover' || geometry.resize === 'contain';
  if (cuts && isTurned(plan)) return true;
  // sharp would turn all pixels before it shrinks them.
  if (geometry.crop && original.orientation !== 1) return true;
  return convertsLater(scene) && !original.deep && shrinksWell(original, geometry);
}

/**
 * Can the first pass leave the colours to the second? For CMYK, sharp has to be told so in a way that stops libjpeg from
 * shrinking. Where it would not anyway, 10 megapixels to 1920x1080 take 0.35 of the time of one pass; where it would by
 * 2, 0.7; by 4, 1.2 (measured). A background in CMYK is beyond sharp.
 */
function convertsLater({ original, keepProfile, geometry: { size, resize } }: Scene): boolean {
  if (original.space === 'cmyk') return resize !== 'contain' && shrinkOnLoad(original, size) <= 2;
  return original.profile === 'other' && !keepProfile;
}

/**
 * How many times as many pixels there have to be before shrinking as after it for a second pass to pay off. Display-P3
 * of 3 megapixels, upright: 0.86 of the time of one pass at 1.2, 0.71 at 1.5, 0.56 at 3; turned: 0.97, 0.91, 0.58.
 */
const WORTH_WHILE = 1.2;

function shrinksWell(original: Original, { size }: Geometry): boolean {
  const decoded = (original.width * original.height) / shrinkOnLoad(original, size) ** 2;
  return decoded > WORTH_WHILE * size.width * size.height;
}

/** `failOn: 'error'`: a file that ends early is refused, a harmless oddity in a photograph is not. */
function opened(sharp: SharpModule, { original, keepProfile, animated, limitInputPixels }: Scene): Sharp {
  const options: SharpOptions = { limitInputPixels, failOn: 'error', animated };
  options.ignoreIcc = original.profile === 'srgb' && !keepProfile;
  return sharp(original.bytes, options).autoOrient();
}

function sized(picture: Sharp, scene: Scene, uncut?: 'uncut'): Sharp {
  const { geometry, plan, original, grey } = scene;
  const { size, resize, crop } = geometry;
  // A colour around a picture of one channel would be grey.
  if (original.space === 'grey' && !grey) picture.pipelineColourspace('srgb');
  // With a profile, sharp would convert 16 bits to Display-P3 and leave them there.
  else if (original.deep && original.profile === 'other') picture.pipelineColourspace(grey ? 'b-w' : 'srgb');
  if (!resize) return picture;
  if (resize === 'fill') {
    const { width, height } = crop?.from ?? size;
    picture.resize(width, height, { fit: 'fill' });
    return uncut ? picture : cut(picture, scene);
  }
  const position = typeof plan.position === 'string' ? plan.position : 'centre';
  // sharp loads a parser for colours as soon as one is named.
  const padding = resize === 'contain' && { background: around(plan), withoutEnlargement: !plan.enlarge };
  return picture.resize(size.width, size.height, { fit: resize, position, ...padding });
}

function cut(picture: Sharp, { geometry: { crop, size } }: Scene): Sharp {
  return crop ? picture.extract({ left: crop.left, top: crop.top, ...size }) : picture;
}

function around({ format, background }: Plan) {
  return isOpaque(format) ? opaque(background ?? WHITE) : (background ?? CLEAR);
}

/** What is done to the small picture. */
function finished(picture: Sharp, { plan, original }: Scene): Sharp {
  const { angle, flip, flop, background, format } = plan;
  // sharp mirrors before it rotates: on its side, up and down are left and right.
  const lies = angle === 90 || angle === 270;
  if (lies ? flop : flip) picture.flip();
  if (lies ? flip : flop) picture.flop();
  if (angle) picture.rotate(angle);
  if (plan.grey) picture.greyscale();
  for (const { apply } of plan.effects) apply(picture);
  if (original.alpha && isOpaque(format)) picture.flatten({ background: opaque(background ?? WHITE) });
  else if (original.alpha && background?.alpha === 1) picture.flatten({ background });
  return picture;
}
