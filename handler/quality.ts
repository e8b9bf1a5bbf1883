/** One quality number for all formats: JPEG's. The others have their own for a picture that looks as good. */

export type LossyFormat = 'jpeg' | 'webp' | 'avif';

/** The quality that an encoder is told for what is asked, both 1-100. */
export function encoderQuality(format: LossyFormat, quality: number): number {
  return format === 'jpeg' ? quality : Math.round(between(ALIKE[format], quality));
}

/**
 * At which quality WebP (effort 2) and AVIF (effort 0) have the SSIM of a JPEG (ssim.js, weber), as the mean over the
 * five photographs of the project at 400x300. They are far apart for the one with the finest grain, which JPEG keeps
 * worst: WebP at 57 to 85 and AVIF at 63 to 69 look like JPEG at 80. Mean SSIM of JPEG at 40, 60, 80, 90: 0.924, 0.945,
 * 0.967, 0.983. Bytes at JPEG's 80: WebP 0.7, AVIF 0.8 of JPEG's (these are small pictures; larger ones gain more).
 */
const ALIKE: Record<Exclude<LossyFormat, 'jpeg'>, [jpeg: number, own: number][]> = {
  webp: [
    [1, 1],
    [10, 2],
    [20, 14],
    [30, 25],
    [40, 33],
    [50, 44],
    [60, 53],
    [70, 63],
    [80, 76],
    [90, 89],
    [95, 96],
    [100, 100],
  ],
  avif: [
    [1, 1],
    [10, 15],
    [20, 32],
    [30, 40],
    [40, 43],
    [50, 48],
    [60, 51],
    [70, 56],
    [80, 65],
    [90, 78],
    [95, 89],
    [100, 99],
  ],
};

/** On the line between the two nearest points. */
function between(points: [number, number][], x: number): number {
  const next = Math.max(
    1,
    points.findIndex(([at]) => at >= x),
  );
  const [[x0, y0], [x1, y1]] = [points[next - 1], points[next]] as [[number, number], [number, number]];
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}
