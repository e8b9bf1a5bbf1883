/** How far from a picture that is expected one may be, and why. measure.test.ts shows what each still tells apart. */
/** What still counts as the same picture. */
export interface Tolerance {
  /** Structural similarity, at least. */
  ssim: number;
  /** Difference of a channel's mean in any part of the picture, at most, in levels of 255. */
  colour: number;
  /** The same of transparency; 3 when left out. */
  alpha?: number;
}

/** Without loss, only the rounding of a second pass differs, and where a JPEG is shrunk by what. */
export const EXACT: Tolerance = { ssim: 0.97, colour: 3.5 };

/** libjpeg shrinks while it decodes, which is another filter: seen where a JPEG has hard edges. And what is left
 * over for the border of `contain` may be a column more. */
export const SHRUNK: Tolerance = { ssim: 0.92, colour: 8, alpha: 16 };

/** At the default quality. The least similar by far is the photograph with the finest grain, the deep field. */
export const LOSSY: Record<'jpeg' | 'webp' | 'avif' | 'gif', Tolerance> = {
  jpeg: { ssim: 0.9, colour: 5 },
  webp: { ssim: 0.9, colour: 5 },
  avif: { ssim: 0.9, colour: 5 },
  gif: { ssim: 0.9, colour: 7 },
};

/** 200 bytes, of 32 pixels: 16 x 16 of chroma, at a quality that shows in every block of them. */
export const PLACEHOLDER: Tolerance = { ssim: 0.8, colour: 30 };
