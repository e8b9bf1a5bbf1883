/** Which variants a page offers a browser to choose from. Pure. */
import { printRecipe, type Recipe, type Rules, readOpen, scale } from '../../../handler/grammar.ts';
import { AppError } from '../../errors.ts';

export interface Candidate {
  recipe: Recipe;
  /** `640w` or `2x`. */
  descriptor: string;
}

/** Widths that most layouts and screens get by with, in pixels. */
const LADDER = [320, 480, 640, 960, 1280, 1600, 1920, 2560];
/** Multiples of a fixed size for dense screens. */
const DENSITIES = [1, 2, 3];

/**
 * Variants of one picture, smallest first, none twice. `auto` makes multiples (1x, 2x, 3x) of a size with both sides,
 * else widths: the listed ones where sizes are listed, else a ladder up to twice the width. What the rules would change
 * into another size is left out.
 * @param widths in pixels; heights follow in the size's ratio
 */
export function candidates(recipe: Recipe, rules: Rules, widths: number[] | 'auto'): Candidate[] {
  if (widths === 'auto' && recipe.width && recipe.height) {
    return distinct(
      DENSITIES.map((factor) => ({ recipe: scaled(recipe, factor), descriptor: `${factor}x` })),
      rules,
    );
  }
  const chosen = widths === 'auto' ? ladder(recipe, rules) : widths;
  const sorted = [...new Set(chosen)].sort((a, b) => a - b);
  return distinct(
    sorted.map((width) => ({ recipe: ofWidth(recipe, width), descriptor: `${width}w` })),
    rules,
  );
}

/**
 * The candidates, of which there has to be one.
 * @param widths in pixels, or `auto` for the usual ones
 * @throws AppError INVALID_SIZE
 */
export function offer(recipe: Recipe, rules: Rules, widths: number[] | 'auto'): Candidate[] {
  const offered = candidates(recipe, rules, widths);
  if (offered.length > 0) return offered;
  throw new AppError('INVALID_SIZE', 'no other size of this image can be made', {
    why: 'Of the widths, none is within url.sizes, url.presetsOnly and the caps of resize in the config.',
    fix: otherWidths(recipe, rules),
  });
}

function otherWidths(recipe: Recipe, rules: Rules): string {
  const made = candidates(recipe, rules, 'auto').filter(({ descriptor }) => descriptor.endsWith('w'));
  if (made.length === 0) return 'leave out the widths, or --srcset';
  return `list widths that are made: --srcset ${made.map(({ descriptor }) => Number.parseInt(descriptor, 10)).join(',')}`;
}

function ladder({ width }: Recipe, { sizes, maxWidth }: Rules): number[] {
  if (sizes) return sizes.flatMap((size) => (/^\d+x$/.test(size) ? [Number.parseInt(size, 10)] : []));
  const most = Math.min(maxWidth, width ? width * 2 : maxWidth);
  return [...LADDER, ...(width ? [width, width * 2] : [])].filter((step) => step <= most);
}

function scaled(recipe: Recipe, factor: number): Recipe {
  const copy = { ...recipe };
  scale(copy, factor);
  return copy;
}

function ofWidth(recipe: Recipe, width: number): Recipe {
  const height = recipe.width && recipe.height && Math.max(1, Math.round((recipe.height * width) / recipe.width));
  return { ...recipe, width, height };
}

/** Those that the edge makes as they stand. */
function distinct(wanted: Candidate[], rules: Rules): Candidate[] {
  const seen = new Set<string>();
  return wanted.flatMap(({ recipe, descriptor }) => {
    const made = asMade(recipe, rules);
    if (!made || made.width !== recipe.width || made.height !== recipe.height) return [];
    const d = printRecipe(made);
    if (seen.has(d)) return [];
    seen.add(d);
    return [{ recipe: made, descriptor }];
  });
}

/** What the edge makes of a recipe; undefined when it makes nothing of the kind. */
export function asMade(recipe: Recipe, rules: Rules): Recipe | undefined {
  const asked = readOpen([['d', printRecipe(recipe)]], rules);
  return asked.kind === 'recipe' ? asked.recipe : undefined;
}
