/** Which image a person is told to try, by the path that its URL has under a behavior, and in which size. */
import { type Recipe, type Rules, readOpen } from '../../handler/grammar.ts';
import { pathOfKey } from './invalidation/paths.ts';

export interface Sample {
  /** Keys of the bucket, some of them. */
  keys: string[];
  /** Path pattern of the behavior that resizes. */
  behavior: string;
  /** What every key begins with and no URL has, such as `photos/`; empty for most. */
  folder: string;
}

const RESIZABLE = /\.(jpe?g|png|webp|avif)$/i;

/** Path of the first image that the behavior takes; a made-up one when none of the keys is. */
export function pathToTry({ keys, behavior, folder }: Sample): string {
  const paths = keys
    .filter((key) => RESIZABLE.test(key) && key.startsWith(folder))
    .map((key) => pathOfKey(key.slice(folder.length)));
  const pattern = behavior.startsWith('/') ? behavior : `/${behavior}`;
  return paths.find((path) => takes(pattern, path)) ?? pattern.replaceAll('*', 'image.jpg').replaceAll('?', 'x');
}

/** `*` is any text, `?` any one character (CloudFront Developer Guide, path patterns). */
function takes(pattern: string, path: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(path);
}

const SIZE_TO_TRY = '100x100';

/** A small size, or what the rules make in its place: a listed size, else a preset. */
export function recipeToTry(rules: Rules): Recipe {
  const wanted = [SIZE_TO_TRY, ...(rules.sizes ?? []), ...Object.values(rules.presets)];
  for (const d of wanted) {
    const asked = readOpen([['d', encodeURIComponent(d)]], rules);
    if (asked.kind === 'recipe') return asked.recipe;
  }
  return { width: 100, height: 100 };
}
