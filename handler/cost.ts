/** What a picture costs, known before it is started: a timeout or a killed process would be an error page instead of a picture. */
import type { Format } from './formats.ts';

/** What an invocation has left. */
export interface Means {
  /** Milliseconds until the function is stopped. */
  leftMs(): number;
  /** Memory of the function, in MB; its share of a CPU goes with it. */
  memoryMb: number;
}

/** Millions of pixels, those of all frames together. */
export interface Work {
  decode?: { format: Format | 'svg'; megapixels: number; effectsMs: number };
  encode: { format: Format; megapixels: number };
}

/** A function gets one CPU at this much memory, and less in proportion below (PERFORMANCE, head). */
const MB_OF_ONE_CPU = 1769;
/** Whole CPUs of a function, at least one. */
export function cpusOf(memoryMb: number): number {
  return Math.max(1, Math.floor(memoryMb / MB_OF_ONE_CPU));
}

/** Kept for what comes before and after the picture. */
const SPARE_MS = 100;

/**
 * Milliseconds of one CPU a megapixel takes, rounded up. Decoding: PERFORMANCE 2; SVG is drawn at the size of the
 * variant, and a drawing may be anything. Encoding: measured from 1 to 17 megapixels of two photographs, at the settings
 * of encode.ts.
 */
const DECODE_MS: Record<Format | 'svg', number> = { jpeg: 6, png: 16, webp: 8, avif: 32, gif: 16, svg: 50 };
const ENCODE_MS: Record<Format, number> = { jpeg: 25, png: 100, webp: 70, avif: 130, gif: 900 };

/** Does it end in time? */
export function inTime(means: Means, { decode, encode }: Work): boolean {
  const reading = decode ? DECODE_MS[decode.format] * decode.megapixels : 0;
  const effects = decode ? decode.effectsMs * encode.megapixels : 0;
  const ms = ENCODE_MS[encode.format] * encode.megapixels + reading + effects;
  return ms / Math.min(1, means.memoryMb / MB_OF_ONE_CPU) + SPARE_MS <= means.leftMs();
}

/**
 * Bytes a pixel that decoders keep which need the whole picture at once (PERFORMANCE 2d): AVIF and WebP always, JPEG
 * and PNG when interlaced. The others go line by line. AVIF of 36 megapixels took
 * 20 in a process of some age.
 */
const WHOLE_BYTES: Record<Format | 'svg', number> = { jpeg: 7, png: 8, webp: 5, avif: 24, gif: 4, svg: 4 };
/** Bytes a pixel that encoders keep, the uncompressed pixels before them included (PERFORMANCE 2d, at 3840x2160). */
const MADE_BYTES: Record<Format, number> = { jpeg: 14, png: 14, webp: 34, avif: 36, gif: 20 };
/** What node and sharp take, and the share that earlier requests may have left in glibc's arenas (PERFORMANCE 2d). */
const BASE_MB = 60;
const ARENAS_SHARE = 0.2;

/** Most pixels of an original that this memory can decode. */
export function mostPixels(memoryMb: number, format: Format | 'svg', interlaced: boolean): number {
  if (!interlaced && (format === 'jpeg' || format === 'png')) return Number.POSITIVE_INFINITY;
  return roomFor(memoryMb, WHOLE_BYTES[format]);
}

/** Most pixels of a variant that this memory can encode. */
export function mostMade(memoryMb: number, format: Format): number {
  return roomFor(memoryMb, MADE_BYTES[format]);
}

function roomFor(memoryMb: number, bytesOfPixel: number): number {
  return (Math.max(0, memoryMb * (1 - ARENAS_SHARE) - BASE_MB) * 1_048_576) / bytesOfPixel;
}

/** Most pixels that are made as GIF; more become WebP. GIF takes a second a megapixel even at the least effort. */
const MOST_GIF = 1_000_000;
/** Without loss, the guessed pixels of an enlargement take most: 10 to 30 MB at 17 megapixels, for nothing that can be seen. */
const MOST_ENLARGED_PNG = 4_000_000;

/** Of a picture of `pixels`, made from an original of `source` pixels. */
export function takesTooLong(format: Format, pixels: number, source: number, maxAvifPixels: number): boolean {
  if (format === 'gif') return pixels > MOST_GIF;
  if (format === 'avif') return pixels > maxAvifPixels;
  return format === 'png' && pixels > source && pixels > MOST_ENLARGED_PNG;
}
