/** From a query string to a recipe. */
import { among, OPTION_NAMES, OPTIONS, type OptionName, readWhole } from './options.ts';
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

/** Names of a query that are looked at; more are nobody's but an attacker's, and the edge's time is short. */
export const MOST_PAIRS = 64;

/**
 * Reads a query: `d` with its options, and the names that say the same outside of `d`, which win. Names and values are
 * compared without case and percent-decoded once; of a name (or its aliases) the first occurrence counts; names that
 * are not ours or not on, and all after the 64th, are ignored outside of `d`; in it they are invalid.
 * @param accept the Accept header, which decides `f=auto`; without one `auto` is nothing
 */
export function readPairs(pairs: Pair[], rules: Rules, accept?: string): Asked {
  return decideFormat(readOpen(pairs, rules), accept || '');
}

/** As `readPairs`, with `f=auto` left open. */
export function readOpen(pairs: Pair[], rules: Rules): Asked {
  const given = collect(pairs.slice(0, MOST_PAIRS), rules);
  if (Object.keys(given).length === 0) return { kind: 'none' };
  const recipe: Recipe = {};
  const wrong = given.p !== undefined ? readPreset(recipe, given.p, rules) : undefined;
  const why = wrong || readValue(recipe, given.d, rules) || readSugar(recipe, given, rules);
  if (why) return { kind: 'invalid', why };
  if (!settle(recipe, rules)) return { kind: 'invalid', why: 'size' };
  if (isEmpty(recipe)) return { kind: 'none' };
  if (rules.presetsOnly && !namesPreset(given) && !isPreset(recipe, rules)) return { kind: 'invalid', why: 'preset' };
  return { kind: 'recipe', recipe };
}

/** Decides `f=auto` by what a browser says it takes (RFC 9110, 12.5.1): AVIF before WebP, else the original's format. */
export function decideFormat(asked: Asked, accept: string): Asked {
  if (asked.kind !== 'recipe' || asked.recipe.f !== 'auto') return asked;
  asked.recipe.f = AUTO_FORMATS.find((format) => takes(accept, format));
  return isEmpty(asked.recipe) ? { kind: 'none' } : asked;
}

function isEmpty(recipe: Recipe): boolean {
  return printRecipe(recipe) === '';
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
  const given: Record<string, string> = {};
  pairs.forEach((pair) => {
    const own = ownName(decode(pair[0]), rules);
    if (own !== undefined && given[own] === undefined && pair[1] !== '') given[own] = decode(pair[1]);
  });
  return given;
}

/** `background`: longer ones need not be looked up. */
const LONGEST_NAME = 10;

/** Does a name of a query, as it was sent, ask for something here? */
export function isOwnName(name: string, rules: Rules): boolean {
  return ownName(decode(name), rules) !== undefined;
}

/** What a name stands for; undefined when it is not ours, or not on. */
function ownName(name: string, rules: Rules): string | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  if (name === SIZE_PARAMETER || rules.compat === 'seed') return name === SIZE_PARAMETER ? name : undefined;
  // By its letter: the keys of a table would lose their names where the code is made small.
  if (/^(?:w|width|h|height)$/.test(name)) return name.charAt(0);
  if (name === 'fp-x' || name === 'fp-y') return isOn('pos', rules) ? name : undefined;
  if (name === 'p' || name === 'preset') return Object.keys(rules.presets).length > 0 ? 'p' : undefined;
  if (name === 'dpr') return rules.families.includes(name) ? name : undefined;
  return OPTION_NAMES.find((own) => (own === name || OPTIONS[own].aliases.includes(name)) && isOn(own, rules));
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
  // The last to be read stays, so the first is read last.
  const faults = parts.reverse().map((part) => readPart(recipe, part, rules));
  return faults.find((why) => why !== undefined);
}

function readPart(recipe: Recipe, part: string, rules: Rules): string | undefined {
  const at = part.indexOf('=');
  const name = part.slice(0, Math.max(0, at)) as OptionName;
  if (!OPTION_NAMES.includes(name) || !isOn(name, rules)) return 'd';
  return setOption(recipe, name, part.slice(at + 1), rules);
}

/** Returns the option's name when the value is none of its. */
function setOption(recipe: Recipe, name: OptionName, value: string, rules: Rules): string | undefined {
  // The default is its own number, whatever steps the others are taken to.
  const reading = name === 'q' && readWhole(value) === rules.quality ? null : OPTIONS[name].read(value);
  if (reading === undefined) return name;
  (recipe as Record<string, unknown>)[name] = reading === null ? undefined : reading;
  return undefined;
}

/** `300x200`, `300x`, `300`, `x200`; `*` and `×` for `x`; 0 is a side left out. */
function readSides(recipe: Recipe, text: string): boolean {
  const match = /^(\d{0,5})(?:[x*\xd7](\d{0,5}))?$/.exec(text);
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
  let wrong = readOwnSides(recipe, given);
  if (!given.pos && (given['fp-x'] || given['fp-y'])) {
    given.pos = `fp:${given['fp-x'] || '0.5'}:${given['fp-y'] || '0.5'}`;
  }
  OPTION_NAMES.forEach((name) => {
    const value = given[name];
    if (value !== undefined) wrong = wrong || setOption(recipe, name, value, rules);
  });
  if (given.dpr && !multiply(recipe, given.dpr, rules)) wrong = wrong || 'dpr';
  return wrong;
}

/** A side by its own name is never a reason to enlarge, unless `up` says so. */
function readOwnSides(recipe: Recipe, given: Record<string, string>): string | undefined {
  if (given.w || given.h) recipe.up = false;
  if (given.w) recipe.width = readWhole(given.w) || undefined;
  if (given.h) recipe.height = readWhole(given.h) || undefined;
  if (given.w && !recipe.width) return 'w';
  return given.h && !recipe.height ? 'h' : undefined;
}

function multiply(recipe: Recipe, ratio: string, rules: Rules): boolean {
  const factor = Number(ratio);
  if (!/^\d(\.\d)?$/.test(ratio) || !ratiosOf(rules).includes(factor)) return false;
  scale(recipe, factor);
  return true;
}

function readPreset(recipe: Recipe, name: string, rules: Rules): string | undefined {
  const value = among(name, rules.presets);
  return value === undefined ? 'p' : readValue(recipe, value, rules);
}

/** A preset by its name and nothing else, but perhaps a device pixel ratio. */
function namesPreset(given: Record<string, string>): boolean {
  return given.p !== undefined && Object.keys(given).every((name) => name === 'p' || name === 'dpr');
}

/**
 * The same as a preset that is spelled out, at any device pixel ratio. One with `f=auto` stands for each format that
 * may come of it. Presets whose options differ are told apart by their text, which is canonical then.
 */
function isPreset(recipe: Recipe, rules: Rules): boolean {
  const decided = recipe.f === undefined || AUTO_FORMATS.some((format) => format === recipe.f);
  const open: Recipe = Object.assign({}, recipe, decided ? { f: 'auto' } : {});
  const texts = [printRecipe(recipe), printRecipe(open)];
  const options = texts.map(optionsOf);
  const presets = Object.keys(rules.presets).map((name) => rules.presets[name] as string);
  const alike = presets.filter((text) => options.includes(optionsOf(text)));
  return alike.some((text) => texts.includes(text)) || alike.some((text) => isMultiple(recipe, text, rules));
}

/** What follows the size. */
function optionsOf(text: string): string {
  return text.replace(/^[\dx]+,?/, '');
}

/** Has the recipe the size of a preset at some ratio? */
function isMultiple(recipe: Recipe, text: string, rules: Rules): boolean {
  const preset: Recipe = {};
  readValue(preset, text, rules);
  return ratiosOf(rules).some((factor) => {
    const size: Recipe = { width: preset.width, height: preset.height, lqip: preset.lqip };
    scale(size, factor);
    return settle(size, rules) !== undefined && size.width === recipe.width && size.height === recipe.height;
  });
}

/** What `f=auto` may come to, the best first. */
const AUTO_FORMATS = ['avif', 'webp'] as const;

/** Does an Accept header name the format? `q=0` means that it is not taken. */
function takes(accept: string, format: string): boolean {
  const ranges = accept.toLowerCase().split(',');
  const range = ranges.find((part) => (part.split(';')[0] as string).trim() === `image/${format}`);
  return range !== undefined && !/;\s*q=0(\.0*)?\s*(;|$)/.test(range);
}
