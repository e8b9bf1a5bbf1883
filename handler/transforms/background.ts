import type { Colour, Transform } from '../plan.ts';

/** Behind what is transparent, when it is opaque itself; around `contain` always. */
export const background: Transform<string> = (plan, digits) => {
  const [r, g, b, a] = [0, 2, 4, 6].map((at) => Number.parseInt(digits.slice(at, at + 2) || 'ff', 16));
  plan.background = { r: r ?? 0, g: g ?? 0, b: b ?? 0, alpha: (a ?? 255) / 255 };
};

export const WHITE: Colour = { r: 255, g: 255, b: 255, alpha: 1 };
export const CLEAR: Colour = { r: 0, g: 0, b: 0, alpha: 0 };

/** The colour on white: what a format without transparency can show of it. */
export function opaque({ r, g, b, alpha }: Colour): Colour {
  const over = (channel: number) => Math.round(channel * alpha + 255 * (1 - alpha));
  return { r: over(r), g: over(g), b: over(b), alpha: 1 };
}
