/** What an invalidation will ask of CloudFront, and what it costs. */
import { isWildcard } from './paths.ts';

/** Paths a month and account that cost nothing, and US dollars of each further one (CloudFront pricing, AWS-FACTS 4). */
export const FREE_PATHS = 1_000;
export const PRICE_PER_PATH = 0.005;
/** Paths in progress at a time and distribution, counted apart (AWS-FACTS 4). */
export const EXACT_LIMIT = 3_000;
export const WILDCARD_LIMIT = 15;

export interface InvalidationPlan {
  distribution: string;
  /** Each once, in the order given. */
  paths: string[];
  batches: string[][];
  /** US dollars, when nothing of the month's free paths is used yet, and when all are. */
  price: { least: number; most: number };
  notices: string[];
}

/** Paths are counted once each, wildcard or not. A path that an earlier or later wildcard covers is dropped. */
export function planInvalidation(
  distribution: string,
  wanted: readonly string[],
  notices: string[] = [],
): InvalidationPlan {
  const paths = withoutCovered([...new Set(wanted)]);
  const dollars = (number: number): number => Math.round(number * PRICE_PER_PATH * 1_000) / 1_000;
  return {
    distribution,
    paths,
    batches: batch(paths),
    price: { least: dollars(Math.max(0, paths.length - FREE_PATHS)), most: dollars(paths.length) },
    notices,
  };
}

/** `1 path: free within the first …`. */
export function priceNote({ paths, price }: InvalidationPlan): string {
  const number = `${paths.length.toLocaleString('en-US')} ${paths.length === 1 ? 'path' : 'paths'}`;
  const free = `the account's first ${FREE_PATHS.toLocaleString('en-US')} paths of the month`;
  const most = `$${price.most.toFixed(price.most < 0.1 ? 3 : 2)}`;
  if (price.least === 0) return `${number}: free within ${free}, else ${most}.`;
  return `${number}: $${price.least.toFixed(2)} to ${most}, by what is left of ${free}, which are free.`;
}

/** Each batch fits the limits of what may be in progress at once. */
function batch(paths: string[]): string[][] {
  const exact = chunks(
    paths.filter((path) => !isWildcard(path)),
    EXACT_LIMIT,
  );
  const wildcards = chunks(paths.filter(isWildcard), WILDCARD_LIMIT);
  const number = Math.max(exact.length, wildcards.length);
  return Array.from({ length: number }, (_, index) => [...(exact[index] ?? []), ...(wildcards[index] ?? [])]);
}

function chunks<T>(values: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  );
}

function withoutCovered(paths: string[]): string[] {
  const prefixes = paths.filter(isWildcard).map((path) => path.slice(0, -1));
  if (prefixes.length === 0) return paths;
  return paths.filter((path) => {
    const own = isWildcard(path) ? path.slice(0, -1) : path;
    return !prefixes.some((prefix) => own.startsWith(prefix) && !(isWildcard(path) && own === prefix));
  });
}
