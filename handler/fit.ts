/** Finds the quality at which a picture fits a number of bytes, in few encodes (PERFORMANCE 6). */

/** How many times a picture is encoded again before this gives up. */
const MOST_ENCODES = 3;
/** Below this a picture is not worth sending. */
const LEAST_QUALITY = 10;
/** The share of the budget that is aimed at: predictions miss by a few percent. */
const AIM = 0.96;

export type LossyFormat = 'jpeg' | 'webp' | 'avif';

export interface Encoded {
  bytes: Buffer;
  quality: number;
}

/**
 * Encodes at lower and lower quality until the result has at most `budget` bytes.
 * @param first what is known: `bytes` (a length) at `quality`, over the budget
 * @returns undefined when it does not fit at any quality worth sending
 */
export async function fitQuality(
  format: LossyFormat,
  first: { length: number; quality: number },
  budget: number,
  encode: (quality: number) => Promise<Buffer>,
): Promise<Encoded | undefined> {
  let known = first;
  for (let tries = 0; tries < MOST_ENCODES; tries += 1) {
    const quality = predict(format, known, budget * AIM);
    if (quality === undefined) return undefined;
    const bytes = await encode(quality);
    if (bytes.length <= budget) return { bytes, quality };
    known = { length: bytes.length, quality };
  }
  return undefined;
}

/** The best quality below the known one that should come to `target` bytes; the least when none should and it was not tried yet. */
function predict(format: LossyFormat, known: { length: number; quality: number }, target: number): number | undefined {
  const coarseness = COARSENESS[format];
  for (let quality = known.quality - 1; quality >= LEAST_QUALITY; quality -= 1) {
    if (known.length * (coarseness(known.quality) / coarseness(quality)) <= target) return quality;
  }
  return known.quality > LEAST_QUALITY ? LEAST_QUALITY : undefined;
}

/**
 * Bytes are inversely proportional to these, as fitted over photographs (PERFORMANCE 6): for JPEG to libjpeg's scale
 * of the quantisation table to the power 0.62, for WebP to the quantiser step to the power 0.97. AVIF's is inferred
 * from two points of PERFORMANCE 2c.
 */
const COARSENESS: Record<LossyFormat, (quality: number) => number> = {
  jpeg: (quality) => (quality < 50 ? 5000 / quality : Math.max(1, 200 - 2 * quality)) ** 0.62,
  webp: (quality) => webpStep(quality) ** 0.97,
  avif: (quality) => Math.exp(-0.036 * quality),
};

/** libwebp's way from quality to the step of VP8's AC quantiser, whose table rises by 1, 2, 3, 4 and then 5 an entry. */
function webpStep(quality: number): number {
  const share = quality / 100;
  const linear = share < 0.75 ? share * (2 / 3) : 2 * share - 1;
  const index = 127 * (1 - Math.cbrt(linear));
  const runs = [0, 54, 83, 102, 116];
  return runs.reduce((step, start) => step + Math.max(0, index - start), 4);
}
