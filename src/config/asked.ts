/** What a person asks for on the command line, read by the config's rules; what is refused is explained. */
import {
  type Asked,
  type Family,
  OPTION_DOCS,
  OPTION_NAMES,
  OPTIONS,
  type OptionName,
  type Pair,
  printRecipe,
  type Recipe,
  type Rules,
  readOpen,
} from '../../handler/grammar.ts';
import { AppError, type AppErrorParts } from '../errors.ts';
import { nearest } from './nearest.ts';

/**
 * The canonical recipe, `f=auto` left open, of a value of `d` or the name of a preset: `300x200,f=webp`, `300x`, `thumb`.
 * @throws AppError INVALID_SIZE
 */
export function recipeOf(text: string, rules: Rules): Recipe {
  const preset = Object.hasOwn(rules.presets, text.toLowerCase());
  return recipeOfPairs([[preset ? 'p' : 'd', encodeURIComponent(text)]], rules);
}

/**
 * The same of a query's names and values; values are percent-encoded.
 * @throws AppError INVALID_SIZE for what is no value, is off, or asks for nothing
 */
export function recipeOfPairs(pairs: Pair[], rules: Rules): Recipe {
  for (const [name, value] of pairs) {
    refuseOff(name.toLowerCase(), rules);
    if (name.toLowerCase() === 'd') refuseParts(decoded(value), rules);
  }
  const asked = readOpen(pairs, rules);
  if (asked.kind === 'recipe') return asked.recipe;
  throw refusal(asked, pairs, rules);
}

/** Every recipe that a browser may be served for one: `f=auto` stands for each format that it may come to. */
export function servedFor(recipe: Recipe): string[] {
  const formats = recipe.f === 'auto' ? (['avif', 'webp', undefined] as const) : [recipe.f];
  return formats.map((f) => printRecipe({ ...recipe, f })).filter((d) => d !== '');
}

/** Names in `d`: known ones that are on. The first part may be a size. */
function refuseParts(value: string, rules: Rules): void {
  if (rules.compat === 'seed') return;
  for (const part of value.toLowerCase().split(',')) {
    const at = part.indexOf('=');
    if (at < 0) continue;
    const name = part.slice(0, at);
    const own = OPTION_NAMES.find((option) => option === name);
    if (!own) {
      const alias = OPTION_NAMES.find((option) => OPTIONS[option].aliases.includes(name));
      throw unknownOption(name, alias ?? nearest(name, OPTION_NAMES));
    }
    refuseOff(own, rules);
  }
}

function unknownOption(name: string, meant: string | undefined): AppError {
  return invalid(`there is no option ${name} in d`, {
    why: `The options are ${OPTION_NAMES.join(', ')}.`,
    fix: meant ? `did you mean ${meant}?` : 'docs/url-api.md describes each',
  });
}

/** @throws AppError INVALID_SIZE for an option that the config has not switched on */
function refuseOff(name: string, rules: Rules): void {
  const family = familyOf(name);
  if (rules.compat === 'seed' && name !== 'd') {
    throw invalid(`${name} is off`, {
      why: 'url.compat "seed" reads d=WxH and nothing else.',
      fix: 'remove "compat" from url in the config',
    });
  }
  if (!family || family === 'size' || rules.families.includes(family)) return;
  throw invalid(`${family === name ? name : `${name} (of the group "${family}")`} is off`, {
    why: 'The config does not switch it on, so the edge would ignore or refuse it.',
    fix: `add ${JSON.stringify(family)} to url.options in the config, then edge-resize deploy`,
  });
}

function familyOf(name: string): Family | 'size' | undefined {
  if (name === 'dpr') return 'dpr';
  const own = OPTION_NAMES.find((option) => option === name || OPTIONS[option].aliases.includes(name));
  return own && OPTIONS[own].family;
}

function refusal(asked: Exclude<Asked, { kind: 'recipe' }>, pairs: Pair[], rules: Rules): AppError {
  const given = pairs.map(([name, value]) => `${name}=${decoded(value)}`).join(' ');
  if (asked.kind === 'none') {
    return invalid('nothing is asked for', {
      why: given === '' ? 'There is neither a size nor an option.' : `${given} is what every original has anyway.`,
      fix: 'give a size, such as --size 300x200',
    });
  }
  if (asked.why === 'size') return invalid('the size is not listed', listed(rules));
  if (asked.why === 'preset' || asked.why === 'p') return notPreset(asked.why, given, rules);
  if (asked.why === 'd') return notSize(pairs, rules);
  if (asked.why === 'dpr') {
    return invalid(`no such device pixel ratio: ${given}`, { fix: 'give 1, 1.5, 2, 2.5, 3, 3.5 or 4' });
  }
  const own = OPTION_NAMES.find((name) => name === asked.why);
  return invalid(`no such value of ${asked.why}: ${given}`, {
    fix: own ? `${own} is one of: ${valuesOf(own)}` : 'give whole pixels, such as 300',
  });
}

function valuesOf(name: OptionName): string {
  return OPTION_DOCS[name].values;
}

function listed({ sizes = [] }: Rules): AppErrorParts {
  return {
    why: 'The config lists the only sizes that are made, and this one is of none of their kinds, or not to be snapped.',
    fix: `one of ${sizes.join(', ')}; or change url.sizes in the config`,
  };
}

function notPreset(why: string, given: string, { presets }: Rules): AppError {
  const what = why === 'p' ? `there is no preset like ${given}` : `only presets are made, and ${given} is none`;
  const names = Object.keys(presets);
  return invalid(what, { fix: names.length > 0 ? `one of ${names.join(', ')}` : 'add url.presets to the config' });
}

function notSize(pairs: Pair[], { presets }: Rules): AppError {
  const text = decoded(pairs.find(([name]) => name.toLowerCase() === 'd')?.[1] ?? '');
  const meant = nearest(text, Object.keys(presets));
  return invalid(`${text} is not a size`, {
    why: 'A size is WIDTHxHEIGHT in pixels, or one side (300x, x200), options after a comma: 300x200,fit=inside.',
    fix: meant ? `did you mean the preset ${meant}?` : 'give it like --size 100x100',
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function invalid(what: string, parts: AppErrorParts): AppError {
  return new AppError('INVALID_SIZE', what, parts);
}
