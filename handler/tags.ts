/**
 * Cache tags, by which CloudFront invalidates every object that carries one (AWS-FACTS 3.5): at most 50 an object, each
 * of ASCII 33 to 126 without a comma, compared without case. Pure: the commands write the same tags.
 */
import { hash } from 'node:crypto';
import { printSides, type Recipe } from './grammar.ts';

/** The header that holds them, for CacheTagConfig.HeaderName. */
export const TAGS_HEADER = 'edge-resize-tags';

/** Hexadecimal digits of a key's hash: tags are short, keys may be 1,024 bytes of anything. */
const HASH_DIGITS = 32;

/**
 * Everything made of one image.
 * @param key the object's key in clear, without the bucket, with the origin path; Unicode forms of it are one image
 */
export function imageTag(key: string): string {
  return `image-${hash('sha256', key.normalize('NFC')).slice(0, HASH_DIGITS)}`;
}

/** Every variant of one size as it was asked: `size-300x200`, `size-300x`, or `size-full` where none was. */
export function sizeTag(recipe: Recipe): string {
  return `size-${printSides(recipe) || 'full'}`;
}

/** Every variant in one format; `original` are the originals that went out in a variant's place. */
export function formatTag(format: string): string {
  return `format-${format}`;
}

/** Everything that one build of the function answered. */
export function buildTag(build: string): string {
  return `build-${build}`;
}

export interface Tagged {
  /** Keys that the object may have. */
  keys: string[];
  recipe?: Recipe | undefined;
  format: string;
  build?: string | undefined;
}

/** The header's value. */
export function printTags({ keys, recipe, format, build }: Tagged): string {
  const tags = keys.map(imageTag);
  if (recipe) tags.push(sizeTag(recipe));
  tags.push(formatTag(format));
  if (build) tags.push(buildTag(build));
  return [...new Set(tags)].join(',');
}
