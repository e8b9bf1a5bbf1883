/**
 * The URL grammar, shared by the handler and the commands: `?d=WIDTHxHEIGHT`, both in pixels.
 * Pure: no I/O, no imports.
 */

/** A size in pixels, both sides at least 1. */
export interface Size {
  width: number;
  height: number;
}

/** What a query string asks for. `none`: there is no `d`. `invalid`: there is one, and it is not a size. */
export type Asked = { kind: 'none' } | { kind: 'invalid' } | { kind: 'size'; size: Size };

/** The one query parameter that is part of the cache key. */
export const SIZE_PARAMETER = 'd';

const SIZE = /^(\d{1,5})x(\d{1,5})$/;

/** Reads `100x200`. Strict decimals: no sign, no exponent, no space, nothing missing. Undefined when it is not a size. */
export function parseSize(text: string): Size | undefined {
  const match = SIZE.exec(text);
  if (!match) return undefined;
  const width = Number(match[1]);
  const height = Number(match[2]);
  return width >= 1 && height >= 1 ? { width, height } : undefined;
}

/** The one spelling of a size: `100x200`. */
export function printSize({ width, height }: Size): string {
  return `${width}x${height}`;
}

/** The query string of a variant, without `?`: `d=100x200`. */
export function variantQuery(size: Size): string {
  return `${SIZE_PARAMETER}=${printSize(size)}`;
}

/**
 * Reads a query string (without `?`). The first `d` counts, other names are ignored. Names and values are compared as
 * sent, since CloudFront does not decode them for the cache key either (AWS-FACTS 3.2).
 */
export function readQuery(querystring: string): Asked {
  const prefix = `${SIZE_PARAMETER}=`;
  const first = querystring.split('&').find((pair) => pair === SIZE_PARAMETER || pair.startsWith(prefix));
  if (first === undefined) return { kind: 'none' };
  const size = parseSize(first.slice(prefix.length));
  return size ? { kind: 'size', size } : { kind: 'invalid' };
}
