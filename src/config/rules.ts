/** From what a person configures to the grammar's rules. */
import { type Family, OPTION_NAMES, OPTIONS, printSides, type Rules, readQuery } from '../../handler/grammar.ts';
import type { Config } from './schema.ts';

/** Rules of the URL grammar. Sizes and options that presets use are made for everybody who knows the address, so they count as on. */
export function rulesFrom({ url, resize }: Config): Rules {
  const families = new Set<Family>(url.options);
  const sizes = new Set(url.sizes);
  const base: Rules = {
    maxWidth: resize.maxWidth,
    maxHeight: resize.maxHeight,
    quality: resize.quality,
    families: [...families],
    unlisted: url.unlisted,
    presets: {},
    presetsOnly: false,
    ...(url.compat && { compat: url.compat }),
  };
  for (const value of Object.values(url.presets)) {
    const asked = readQuery(`d=${value}`, { ...base, families: ALL_FAMILIES });
    if (asked.kind !== 'recipe') continue;
    for (const name of OPTION_NAMES) {
      const { family } = OPTIONS[name];
      if (asked.recipe[name] !== undefined && family !== 'size') families.add(family);
    }
    if (printSides(asked.recipe) !== '') sizes.add(printSides(asked.recipe));
  }
  return {
    ...base,
    families: ALL_FAMILIES.filter((family) => families.has(family)),
    ...(url.sizes && { sizes: [...sizes] }),
    presets: url.presets,
    presetsOnly: url.presetsOnly,
  };
}

const ALL_FAMILIES: Family[] = ['fit', 'format', 'dpr', 'effects', 'animation', 'placeholder', 'version'];
