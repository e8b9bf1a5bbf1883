import type { Plan, Transform } from '../plan.ts';

/** Clockwise. The sides asked for are those before: 300x200 turned by 90 is 200 wide and 300 high. */
export const rotate: Transform<90 | 180 | 270> = (plan, angle) => {
  plan.angle = angle;
};

/** Mirrors what was rotated: h left to right, v upside down. */
export const flip: Transform<'h' | 'v' | 'hv'> = (plan, axes) => {
  plan.flop = axes !== 'v';
  plan.flip = axes !== 'h';
};

export function isTurned({ angle, flop, flip }: Plan): boolean {
  return angle !== 0 || flop || flip;
}
