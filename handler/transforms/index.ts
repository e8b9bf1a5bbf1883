/** Every option of the grammar and what it does. How one is added: docs/transforms.md. */
import type { Format } from '../formats.ts';
import type { OptionName, Options, Recipe } from '../grammar.ts';
import type { Original } from '../original.ts';
import { basicPlan, type Plan, type Transform } from '../plan.ts';
import { background } from './background.ts';
import { blur } from './blur.ts';
import { grey } from './grey.ts';
import { keepCredits } from './keep.ts';
import { placeholder } from './placeholder.ts';
import { position } from './position.ts';
import { sharpen } from './sharpen.ts';
import { flip, rotate } from './turn.ts';

/** In the order in which they are done: what is read, crop and resize, turn, effects, background, colour, encoding. */
const TRANSFORMS = {
  anim: (plan, frames) => {
    plan.frames = frames;
  },
  fit: (plan, fit) => {
    plan.fit = fit;
  },
  pos: position,
  up: (plan, enlarge) => {
    plan.enlarge = enlarge;
  },
  rot: rotate,
  flip,
  gray: grey,
  blur,
  sharp: sharpen,
  bg: background,
  icc: (plan, _keep, original) => {
    plan.keepProfile = original.profile !== 'none' && original.space !== 'cmyk';
  },
  keep: keepCredits,
  f: (plan, format) => {
    if (format !== 'auto') plan.format = format;
  },
  q: (plan, quality) => {
    plan.quality = quality;
    plan.palette = quality < 100;
  },
  lqip: placeholder,
  // Another address of the same picture.
  v: () => {},
} satisfies { [Name in OptionName]-?: Transform<NonNullable<Options[Name]>> };

const ORDER = Object.keys(TRANSFORMS) as OptionName[];

/**
 * What a recipe makes of an original.
 * @param format of the variant, unless an option says otherwise
 * @param quality where the recipe names none, 1-100
 */
export function planOf(recipe: Recipe, original: Original, format: Format, quality: number): Plan {
  const plan = basicPlan(recipe, format, quality);
  for (const name of ORDER) {
    const value = recipe[name];
    // Each value is of its own transform's type, which an indexed call cannot say.
    if (value !== undefined) (TRANSFORMS[name] as Transform<unknown>)(plan, value, original);
  }
  return plan;
}
