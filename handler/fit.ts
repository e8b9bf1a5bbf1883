/** Finds the quality at which a picture fits a number of bytes, in few encodes (PERFORMANCE 6). */
import { encoderQuality, type LossyFormat } from './quality.ts';

/** How many times a picture is encoded again before this gives up. */
const MOST_ENCODES = 3;
/** Below this a picture is not worth sending. */
const LEAST_QUALITY = 10;
/** The share of the budget that is aimed at: predictions miss by a few percent. */
const AIM = 0.96;

export interface Encoded {
  bytes: Buffer;
  quality: number;
}

/**
 * Encodes at lower and lower quality until the result has at most `budget` bytes.
 * @param first what is known: `bytes` (a length) at `quality`, over the budget
 * @param encode undefined when there is no time left for it
 * @returns undefined when it does not fit at any quality worth sending
 */
export async function fitQuality(
  format: LossyFormat,
  first: Known,
  budget: number,
  encode: (quality: number) => Promise<Buffer | undefined>,
): Promise<Encoded | undefined> {
  let known = first;
  let exponent = EXPONENT[format];
  for (let tries = 0; tries < MOST_ENCODES; tries += 1) {
    const quality = predict(format, exponent, known, budget * AIM);
    if (quality === undefined) return undefined;
    const bytes = await encode(quality);
    if (!bytes) return undefined;
    if (bytes.length <= budget) return { bytes, quality };
    const next = { length: bytes.length, quality };
    exponent = measure(format, known, next) ?? exponent;
    known = next;
  }
  return undefined;
}

interface Known {
  /** Bytes. */
  length: number;
  quality: number;
}

/** The best quality below the known one that should come to `target` bytes; the least when none should and it was not tried yet. */
function predict(format: LossyFormat, exponent: number, known: Known, target: number): number | undefined {
  const coarseness = COARSENESS[format];
  for (let quality = known.quality - 1; quality >= LEAST_QUALITY; quality -= 1) {
    if (known.length * (coarseness(known.quality) / coarseness(quality)) ** exponent <= target) return quality;
  }
  return known.quality > LEAST_QUALITY ? LEAST_QUALITY : undefined;
}

/** The exponent of this very picture, from two encodes. Undefined when they say nothing. */
function measure(format: LossyFormat, before: Known, after: Known): number | undefined {
  const coarseness = COARSENESS[format];
  const exponent =
    Math.log(before.length / after.length) / Math.log(coarseness(after.quality) / coarseness(before.quality));
  return exponent > 0.05 && Number.isFinite(exponent) ? exponent : undefined;
}

/**
 * Bytes go with `coarseness ** -exponent`, as fitted over photographs (PERFORMANCE 6): JPEG by libjpeg's scale of the
 * quantisation table, WebP by the quantiser step, AVIF by its own quality: each point of it is 3.7 % (30 to 90, five photographs at effort 0).
 */
const COARSENESS: Record<LossyFormat, (quality: number) => number> = {
  jpeg: (quality) => (quality < 50 ? 5000 / quality : Math.max(1, 200 - 2 * quality)),
  webp: (quality) => webpStep(encoderQuality('webp', quality)),
  avif: (quality) => Math.exp(-0.037 * encoderQuality('avif', quality)),
};
const EXPONENT: Record<LossyFormat, number> = { jpeg: 0.62, webp: 0.97, avif: 1 };

/** libwebp's way from quality to the step of VP8's AC quantiser, whose table rises by 1, 2, 3, 4 and then 5 an entry. */
function webpStep(quality: number): number {
  const share = quality / 100;
  const linear = share < 0.75 ? share * (2 / 3) : 2 * share - 1;
  const index = 127 * (1 - Math.cbrt(linear));
  const runs = [0, 54, 83, 102, 116];
  return runs.reduce((step, start) => step + Math.max(0, index - start), 4);
}
