import { LQIP_SIDE } from '../grammar.ts';
import type { Transform } from '../plan.ts';

/** Of the variant's pixels: a browser's own smoothing does the rest. */
const SIGMA = 1;
const QUALITY = 40;

/** A blurred picture of 32 pixels at most, to be written into a page: WebP, some 300 bytes. */
export const placeholder: Transform<true> = (plan) => {
  // Without both sides, the one that follows from the ratio could be any.
  if (!plan.width || !plan.height) {
    plan.width ??= LQIP_SIDE;
    plan.height ??= LQIP_SIDE;
    plan.fit = 'inside';
  }
  plan.format = 'webp';
  plan.frames = false;
  plan.quality = QUALITY;
  plan.effects.push({ ms: 20, apply: (picture) => picture.blur(SIGMA) });
};
