/** From a query string to a recipe. */
import { OPTION_NAMES, OPTIONS, type OptionName, readWhole } from './options.ts';
import { printRecipe, type Recipe, ratiosOf, scale, settle } from './recipe.ts';
import type { Rules } from './rules.ts';

/** The one query parameter that is part of the cache key. */
export const SIZE_PARAMETER = 'd';

/**
 * What a query asks for. `none`: nothing of ours. `invalid`: a name of ours with a value that is none (`why` is that
 * name), or a size that is not made (`why` is `size` or `preset`).
 */
export type Asked = { kind: 'none' } | { kind: 'invalid'; why: string } | { kind: 'recipe'; recipe: Recipe };

/** Name and value as sent, in the order sent. */
export type Pair = [name: string, value: string];

/**
 * Reads a query: `d` with its options, and the names that say the same outside of `d`, which win. Names and values are
 * compared without case and percent-decoded once; of a name (or its aliases) the first occurrence counts; names that
 * are not ours or not on are ignored outside of `d` and invalid in it.
 * @param accept the Accept header, which decides `f=auto`; without one `auto` is nothing
 */
export function readPairs(pairs: Pair[], rules: Rules, accept?: string): Asked {
  const given = collect(pairs, rules);
  if (Object.keys(given).length === 0) return { kind: 'none' };
  const recipe: Recipe = {};
  const wrong = given.p !== undefined ? readPreset(recipe, given.p, rules) : undefined;
  const why = wrong || readValue(recipe, given.d, rules) || readSugar(recipe, given, rules);
  if (why) return { kind: 'invalid', why };
  negotiate(recipe, accept || '');
  if (!settle(recipe, rules)) return { kind: 'invalid', why: 'size' };
  if (printRecipe(recipe) === '') return { kind: 'none' };
  if (rules.presetsOnly && !isPreset(recipe, rules)) return { kind: 'invalid', why: 'preset' };
  return { kind: 'recipe', recipe };
}

/** Reads a query string, without `?`. */
export function readQuery(querystring: string, rules: Rules): Asked {
  const pairs = querystring.split('&').map((pair): Pair => {
    const at = pair.indexOf('=');
    return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
  });
  return readPairs(pairs, rules);
}

/** The first value of everything that is ours, by its own name. */
function collect(pairs: Pair[], rules: Rules): Record<string, string> {
  const names = namesOf(rules);
  const given: Record<string, string> = {};
  pairs.forEach((pair) => {
    const name = decode(pair[0]);
    const own = Object.hasOwn(names, name) ? (names[name] as string) : undefined;
    if (own !== undefined && given[own] === undefined && pair[1] !== '') given[own] = decode(pair[1]);
  });
  return given;
}

/** Own name by every name that is on. */
function namesOf(rules: Rules): Record<string, string> {
  const names: Record<string, string> = { d: 'd' };
  if (rules.compat === 'seed') return names;
  names.w = names.width = 'w';
  names.h = names.height = 'h';
  if (rules.families.includes('dpr')) names.dpr = 'dpr';
  if (Object.keys(rules.presets).length > 0) names.p = names.preset = 'p';
  if (isOn('pos', rules)) {
    names['fp-x'] = 'fp-x';
    names['fp-y'] = 'fp-y';
  }
  OPTION_NAMES.forEach((name) => {
    if (!isOn(name, rules)) return;
    names[name] = name;
    OPTIONS[name].aliases.forEach((alias) => {
      names[alias] = name;
    });
  });
  return names;
}

function isOn(name: OptionName, rules: Rules): boolean {
  const family = OPTIONS[name].family;
  return family === 'size' || rules.families.includes(family);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text).toLowerCase();
  } catch (_) {
    return text.toLowerCase();
  }
}

/** `d`: a size and options, or one of them. Returns the name of what is wrong. */
function readValue(recipe: Recipe, value: string | undefined, rules: Rules): string | undefined {
  if (value === undefined) return undefined;
  if (rules.compat === 'seed') return readSeed(recipe, value) ? undefined : 'd';
  // A focal point may be sent as in `pos`, with a comma.
  const parts = value.replace(/(fp:[\d.]+),/, '$1:').split(',');
  const first = parts[0] as string;
  if (!first.includes('=')) {
    if (!readSides(recipe, first)) return 'd';
    parts.shift();
  }
  return parts.map((part) => readPart(recipe, part, rules)).find((why) => why !== undefined);
}

function readPart(recipe: Recipe, part: string, rules: Rules): string | undefined {
  const at = part.indexOf('=');
  const name = part.slice(0, Math.max(0, at)) as OptionName;
  if (!OPTION_NAMES.includes(name) || !isOn(name, rules)) return 'd';
  return setOption(recipe, name, part.slice(at + 1));
}

/** Returns the option's name when the value is none of its. */
function setOption(recipe: Recipe, name: OptionName, value: string): string | undefined {
  const reading = OPTIONS[name].read(value);
  if (reading === undefined) return name;
  (recipe as Record<string, unknown>)[name] = reading === null ? undefined : reading;
  return undefined;
}

/** `300x200`, `300x`, `300`, `x200`; `*` and `×` for `x`; 0 is a side left out. */
function readSides(recipe: Recipe, text: string): boolean {
  const match = /^(\d{0,5})(?:[x*×](\d{0,5}))?$/.exec(text);
  const width = match ? Number(match[1]) : 0;
  const height = match?.[2] ? Number(match[2]) : 0;
  if (width === 0 && height === 0) return false;
  recipe.width = width || undefined;
  recipe.height = height || undefined;
  return true;
}

/** As the original guide's function read it: whatever parseInt makes of what stands before and after the first `x`. */
function readSeed(recipe: Recipe, text: string): boolean {
  const parts = text.split('x');
  const width = Number.parseInt(parts[0] as string, 10);
  const height = Number.parseInt(parts[1] || '', 10);
  if (!(width >= 1 && height >= 1)) return false;
  recipe.width = Math.min(width, 99_999);
  recipe.height = Math.min(height, 99_999);
  return true;
}

/** What is said outside of `d`. Returns the name of what is wrong. */
function readSugar(recipe: Recipe, given: Record<string, string>, rules: Rules): string | undefined {
  let wrong: string | undefined;
  if (given.w !== undefined && !setSide(recipe, 'width', given.w)) wrong = 'w';
  if (given.h !== undefined && !setSide(recipe, 'height', given.h)) wrong = 'h';
  if (given['fp-x'] !== undefined || given['fp-y'] !== undefined) {
    given.pos = given.pos || `fp:${given['fp-x'] || '0.5'}:${given['fp-y'] || '0.5'}`;
  }
  OPTION_NAMES.forEach((name) => {
    const value = given[name];
    if (value !== undefined) wrong = wrong || setOption(recipe, name, value);
  });
  if (given.dpr !== undefined) {
    const factor = Number(given.dpr);
    if (/^\d(\.\d)?$/.test(given.dpr) && ratiosOf(rules).includes(factor)) scale(recipe, factor);
    else wrong = wrong || 'dpr';
  }
  return wrong;
}

/** A side by its own name is never a reason to enlarge, unless `up` says so. */
function setSide(recipe: Recipe, side: 'width' | 'height', value: string): boolean {
  const pixels = readWhole(value);
  if (!pixels) return false;
  recipe[side] = pixels;
  recipe.up = false;
  return true;
}

function readPreset(recipe: Recipe, name: string, rules: Rules): string | undefined {
  const value = Object.hasOwn(rules.presets, name) ? rules.presets[name] : undefined;
  return value === undefined ? 'p' : readValue(recipe, value, rules);
}

function isPreset(recipe: Recipe, rules: Rules): boolean {
  const value = printRecipe(recipe);
  return Object.keys(rules.presets).some((name) =>
    ratiosOf(rules).some((factor) => {
      const preset: Recipe = {};
      readPreset(preset, name, rules);
      scale(preset, factor);
      return settle(preset, rules) !== undefined && printRecipe(preset) === value;
    }),
  );
}

/** What a browser says it takes (RFC 9110, 12.5.1): AVIF before WebP; q=0 means it does not. */
function negotiate(recipe: Recipe, accept: string): void {
  if (recipe.f !== 'auto') return;
  const taken = ['avif', 'webp'].find((format) => takes(accept, format));
  recipe.f = taken as 'avif' | 'webp' | undefined;
}

function takes(accept: string, format: string): boolean {
  const range = accept
    .toLowerCase()
    .split(',')
    .find((part) => part.trim().split(';')[0] === `image/${format}`);
  return range !== undefined && !/;\s*q=0(\.0*)?\s*$/.test(range);
}
