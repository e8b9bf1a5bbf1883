import type { Position, Transform } from '../plan.ts';

/** sharp's names of what the grammar writes short. */
const PLACES: Record<string, string> = {
  n: 'north',
  ne: 'northeast',
  e: 'east',
  se: 'southeast',
  s: 'south',
  sw: 'southwest',
  w: 'west',
  nw: 'northwest',
};

/** What stays in a crop: a side or a corner, a point, or what libvips finds to be of interest. */
export const position: Transform<string> = (plan, value) => {
  plan.position = focalPoint(value) ?? PLACES[value] ?? value;
};

/** `fp:X:Y`. */
function focalPoint(value: string): Position | undefined {
  const [name, x, y] = value.split(':');
  return name === 'fp' ? { x: Number(x), y: Number(y) } : undefined;
}
