/** What a picture costs, known before it is started: a timeout or a killed process would be an error page instead of a picture. */
import type { Format } from './formats.ts';

/** What an invocation has left. */
export interface Means {
  /** Milliseconds until the function is stopped. */
  leftMs(): number;
  /** Memory of the function, in MB; its share of a CPU goes with it. */
  memoryMb: number;
}

/** A function gets one CPU at this much memory, and less in proportion below (PERFORMANCE, head). */
const MB_OF_ONE_CPU = 1769;
/** Kept for what comes before and after the picture. */
const SPARE_MS = 100;

/**
 * Milliseconds of one CPU a megapixel takes, rounded up. Decoding: PERFORMANCE 2. Encoding: measured from 1 to 17
 * megapixels of two photographs, at the settings of encode.ts.
 */
const DECODE_MS: Record<Format, number> = { jpeg: 6, png: 16, webp: 8, avif: 32, gif: 16 };
const ENCODE_MS: Record<Format, number> = { jpeg: 25, png: 100, webp: 70, avif: 130, gif: 900 };

/** Does it end in time? `input` and `output` are megapixels. */
export function inTime(means: Means, work: { decode?: [Format, number]; encode: [Format, number] }): boolean {
  const [format, output] = work.encode;
  const [found, input] = work.decode ?? [format, 0];
  const ms = ENCODE_MS[format] * output + DECODE_MS[found] * input;
  return ms / Math.min(1, means.memoryMb / MB_OF_ONE_CPU) + SPARE_MS <= means.leftMs();
}

/**
 * Bytes a pixel that decoders keep which need the whole picture at once (PERFORMANCE 2d): AVIF and WebP always, JPEG
 * and PNG when interlaced. The others go line by line.
 */
const WHOLE_BYTES: Record<Format, number> = { jpeg: 7, png: 8, webp: 5, avif: 19, gif: 4 };
/** What node and sharp take, and the share that earlier requests may have left in glibc's arenas (PERFORMANCE 2d). */
const BASE_MB = 60;
const ARENAS_SHARE = 0.2;

/** Most pixels of an original that this memory can decode. */
export function mostPixels(memoryMb: number, format: Format, interlaced: boolean): number {
  if (!interlaced && (format === 'jpeg' || format === 'png')) return Number.POSITIVE_INFINITY;
  return (Math.max(0, memoryMb * (1 - ARENAS_SHARE) - BASE_MB) * 1_048_576) / WHOLE_BYTES[format];
}

/**
 * Most pixels that are made in a format; larger pictures become WebP. GIF takes a second a megapixel even at the least
 * effort. AVIF needs half a gigabyte for 17 megapixels, so it ends at 4K.
 */
const MOST_MADE: Partial<Record<Format, number>> = { gif: 1_000_000, avif: 3840 * 2160 };
/** Without loss, the guessed pixels of an enlargement take most: 10 to 30 MB at 17 megapixels, for nothing that can be seen. */
const MOST_ENLARGED: Partial<Record<Format, number>> = { png: 4_000_000 };

/** Of a picture of `pixels`, made from an original of `source` pixels. */
export function takesTooLong(format: Format, pixels: number, source: number): boolean {
  const most = MOST_MADE[format] ?? (pixels > source ? MOST_ENLARGED[format] : undefined);
  return most !== undefined && pixels > most;
}
