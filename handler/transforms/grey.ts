import type { Transform } from '../plan.ts';

/** One channel, by luminance. */
export const grey: Transform<true> = (plan) => {
  plan.grey = true;
};
