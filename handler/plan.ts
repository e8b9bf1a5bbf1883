/** What is to be made of an original: the sum of a recipe's options, before anything is decoded. */
import type { Sharp } from 'sharp';
import type { Format } from './formats.ts';
import type { Fit, Recipe } from './grammar.ts';
import type { Original } from './original.ts';

/** Channels 0-255, alpha 0-1. */
export interface Colour {
  r: number;
  g: number;
  b: number;
  alpha: number;
}

/** Where a crop is taken: sharp's name of a place, or a point as shares of width and height. */
export type Position = string | { x: number; y: number };

export interface Plan {
  format: Format;
  /** 1-100. */
  quality: number;
  /** PNG alone: colours are reduced to a palette. */
  palette: boolean;
  /** All frames of an animation are wanted. */
  frames: boolean;
  /** Sides that are asked for; both left out keep the original's. */
  width?: number;
  height?: number;
  fit: Fit;
  position: Position;
  enlarge: boolean;
  /** Degrees clockwise, after the crop. */
  angle: 0 | 90 | 180 | 270;
  /** Mirrored left to right, and upside down, after the rotation. */
  flop: boolean;
  flip: boolean;
  /** One channel of colour. */
  grey: boolean;
  /** Done to the small picture, in this order. */
  effects: Effect[];
  background?: Colour;
  /** The profile stays, and the colours in it. */
  keepProfile: boolean;
  /** EXIF that stays. */
  exif?: Record<string, string>;
}

export interface Effect {
  /** Milliseconds of one CPU a megapixel. */
  ms: number;
  apply(picture: Sharp): Sharp;
}

/**
 * What one option changes in a plan. Transforms run in the order of TRANSFORMS, whatever the order in the URL, so one
 * may build on those before it.
 */
export type Transform<Value> = (plan: Plan, value: Value, original: Original) => void;

/** The plan of a recipe without options. */
export function basicPlan({ width, height }: Recipe, format: Format, quality: number): Plan {
  const sized = width !== undefined || height !== undefined;
  return {
    format,
    quality,
    palette: false,
    frames: !sized,
    width,
    height,
    fit: 'cover',
    position: 'centre',
    enlarge: true,
    angle: 0,
    flop: false,
    flip: false,
    grey: false,
    effects: [],
    keepProfile: false,
  };
}
