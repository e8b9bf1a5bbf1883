/**
 * The URL grammar: what `d` and its other spellings mean. One source for the handler, the viewer function and the
 * commands. Pure: no I/O, nothing but this folder.
 */
export { FAMILY_DOCS, OPTION_DOCS } from './grammar/docs.ts';
export {
  FAMILIES,
  type Family,
  type Fit,
  type Format,
  OPTION_NAMES,
  OPTIONS,
  type OptionName,
  type Options,
} from './grammar/options.ts';
export {
  type Asked,
  decideFormat,
  isOwnName,
  MOST_PAIRS,
  type Pair,
  readOpen,
  readPairs,
  readQuery,
  SIZE_PARAMETER,
} from './grammar/read.ts';
export { LQIP_SIDE, printRecipe, printSides, type Recipe, scale, settle } from './grammar/recipe.ts';
export { RATIOS, type Rules } from './grammar/rules.ts';
export { signText } from './grammar/sign-text.ts';

import { SIZE_PARAMETER } from './grammar/read.ts';
import { printRecipe, type Recipe } from './grammar/recipe.ts';

/** The query string of a variant, without `?`: `d=300x200,f=webp`. */
export function variantQuery(recipe: Recipe): string {
  return `${SIZE_PARAMETER}=${printRecipe(recipe)}`;
}

/** A size in pixels, both sides at least 1. */
export interface Size {
  width: number;
  height: number;
}

/** Reads `100x200`: both sides, strict decimals. Undefined when it is not a size. */
export function parseSize(text: string): Size | undefined {
  const match = /^(\d{1,5})x(\d{1,5})$/.exec(text);
  if (!match) return undefined;
  const width = Number(match[1]);
  const height = Number(match[2]);
  return width >= 1 && height >= 1 ? { width, height } : undefined;
}

/** The one spelling of a size: `100x200`. */
export function printSize(size: Size): string {
  return `${size.width}x${size.height}`;
}
