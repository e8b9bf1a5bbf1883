/** Which image a person is told to try, by the path that its URL has under a behavior. */
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
