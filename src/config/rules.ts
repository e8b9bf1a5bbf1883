/** From what a person configures to the grammar's rules. */
import {
  FAMILIES,
  type Family,
  OPTION_NAMES,
  OPTIONS,
  printRecipe,
  printSides,
  type Rules,
  readOpen,
} from '../../handler/grammar.ts';
import type { Config } from './schema.ts';

/** Rules of the URL grammar. Sizes and options that presets use are made for everybody who knows the address, so they count as on. */
export function rulesFrom({ url, resize }: Config): Rules {
  const presets = Object.entries(url.presets).map(([name, value]) => [name, value.toLowerCase()] as const);
  const families = new Set<Family>([...url.options, ...presets.flatMap(([, value]) => familiesOf(value))]);
  const base: Rules = {
    maxWidth: resize.maxWidth,
    maxHeight: resize.maxHeight,
    quality: resize.quality,
    families: FAMILIES.filter((family) => families.has(family)),
    unlisted: url.unlisted,
    presets: {},
    presetsOnly: false,
    ...(url.compat && { compat: url.compat }),
  };
  const sizes = [...(url.sizes ?? []), ...presets.flatMap(([, value]) => sizesOf(value, base))];
  return {
    ...base,
    ...(url.sizes && { sizes: [...new Set(sizes)] }),
    presets: Object.fromEntries(
      url.presetsOnly ? presets.map(([name, value]) => [name, canonical(value, base)]) : presets,
    ),
    presetsOnly: url.presetsOnly,
  };
}

/** Groups of the options that a preset names, those with their default too. */
function familiesOf(value: string): Family[] {
  return value.split(',').flatMap((part) => {
    const name = OPTION_NAMES.find((own) => own === part.split('=')[0]);
    const family = name && OPTIONS[name].family;
    return family && family !== 'size' ? [family] : [];
  });
}

/** A preset that nothing can be added to, as its `d` is printed. */
function canonical(value: string, rules: Rules): string {
  const asked = readOpen([['d', value]], rules);
  return asked.kind === 'recipe' ? printRecipe(asked.recipe) : value;
}

/** The size of a preset; a placeholder has its own, whatever is listed. */
function sizesOf(value: string, rules: Rules): string[] {
  const asked = readOpen([['d', value]], rules);
  if (asked.kind !== 'recipe' || asked.recipe.lqip) return [];
  const size = printSides(asked.recipe);
  return size === '' ? [] : [size];
}
