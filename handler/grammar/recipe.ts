/** A recipe, what it is written as, and the one recipe that all spellings of it come to. */
import { OPTION_NAMES, type Options } from './options.ts';
import { RATIOS, type Rules } from './rules.ts';

/** What to make of an original. Pixels; a side that is left out follows from the other, both left out keep the original's. */
export interface Recipe extends Options {
  width?: number;
  height?: number;
}

/** Pixels of the longer side of a placeholder. */
export const LQIP_SIDE = 32;

/** The value of `d`: `300x200,fit=inside,q=75`. Options in their one order, defaults left out; true is 1, false 0. */
export function printRecipe(recipe: Recipe): string {
  const size = printSides(recipe);
  const parts = size === '' ? [] : [size];
  OPTION_NAMES.forEach((name) => {
    const value = recipe[name];
    if (value !== undefined) parts.push(`${name}=${typeof value === 'boolean' ? Number(value) : value}`);
  });
  return parts.join(',');
}

/** `300x200`, `300x`, `x200`, or nothing. */
export function printSides(recipe: Recipe): string {
  return recipe.width || recipe.height ? `${recipe.width || ''}x${recipe.height || ''}` : '';
}

/**
 * The recipe within the rules: options without effect dropped, capped, snapped to a listed size. Doing it twice changes
 * nothing. Undefined when the size is not listed and may not be snapped.
 */
export function settle(recipe: Recipe, rules: Rules): Recipe | undefined {
  cap(recipe, rules.maxWidth, rules.maxHeight);
  if (recipe.lqip) cap(recipe, LQIP_SIDE, LQIP_SIDE);
  else if (rules.sizes && printSides(recipe) !== '' && !snap(recipe, rules)) return undefined;
  dropIdle(recipe, rules);
  return recipe;
}

/** Scales both sides down by one factor until they are within the most. */
function cap(recipe: Recipe, mostWidth: number, mostHeight: number): void {
  const factor = Math.min(1, mostWidth / (recipe.width || 1), mostHeight / (recipe.height || 1));
  scale(recipe, factor);
}

/** Multiplies the sides; whole pixels, at least one. */
export function scale(recipe: Recipe, factor: number): void {
  if (recipe.width) recipe.width = Math.max(1, Math.round(recipe.width * factor));
  if (recipe.height) recipe.height = Math.max(1, Math.round(recipe.height * factor));
}

/**
 * Changes the size to the nearest listed one of its kind (both sides, width alone, height alone), by ratio. Sizes are
 * listed at every device pixel ratio that is on, within the caps. Of two equally near the larger is taken.
 */
function snap(recipe: Recipe, rules: Rules): boolean {
  const sizes = rules.sizes || [];
  if (sizes.includes(printSides(recipe))) return true;
  let best: Recipe | undefined;
  // Of sizes that are not listed as they stand, refusing takes none but a multiple.
  let least = rules.unlisted === 'snap' ? FARTHEST : 1;
  sizes.forEach((text) => {
    if (text.startsWith('x') !== !recipe.width || text.endsWith('x') !== !recipe.height) return;
    const sides = text.split('x');
    ratiosOf(rules).forEach((factor) => {
      const size: Recipe = { width: Number(sides[0]) || undefined, height: Number(sides[1]) || undefined };
      scale(size, factor);
      if ((size.width || 0) > rules.maxWidth || (size.height || 0) > rules.maxHeight) return;
      const distance = ratio(recipe.width, size.width) * ratio(recipe.height, size.height);
      if (distance > least || (best && distance === least && area(size) <= area(best))) return;
      least = distance;
      best = size;
    });
  });
  if (!best) return false;
  recipe.width = best.width;
  recipe.height = best.height;
  return true;
}

/** Device pixel ratios that may be asked for. */
export function ratiosOf(rules: Rules): number[] {
  return rules.families.includes('dpr') ? RATIOS : [1];
}

function area(size: Recipe): number {
  return (size.width || 1) * (size.height || 1);
}

/** More than any two sizes are from each other. */
const FARTHEST = 1e12;

/** How far two sides are from each other: the larger over the smaller. 1 when both are missing. */
function ratio(asked: number | undefined, other: number | undefined): number {
  return asked && other ? Math.max(asked, other) / Math.min(asked, other) : 1;
}

/** Drops what has no effect, so that it is not another variant. */
function dropIdle(recipe: Recipe, rules: Rules): void {
  const sized = printSides(recipe) !== '';
  if (!recipe.width || !recipe.height) recipe.fit = undefined;
  if (!recipe.width || !recipe.height || /inside|outside|fill/.test(recipe.fit || '')) recipe.pos = undefined;
  if (!sized) recipe.up = undefined;
  if (recipe.q === rules.quality || recipe.f === 'gif') recipe.q = undefined;
  if (recipe.anim === !sized) recipe.anim = undefined;
  if (recipe.lqip) {
    recipe.f = recipe.q = recipe.blur = recipe.sharp = undefined;
    recipe.icc = recipe.keep = recipe.anim = undefined;
  }
}
