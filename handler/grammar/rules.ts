/** What a config makes of the grammar. Baked into the function's settings and into the viewer function. */
import type { Family } from './options.ts';

export interface Rules {
  /** Largest width and height that is made, in pixels; what is larger is scaled down to them. */
  maxWidth: number;
  maxHeight: number;
  /** Quality where none is asked, 1-100. Asking for it is asking for nothing. */
  quality: number;
  /** Groups of options that are on, those that presets use among them. */
  families: Family[];
  /** The only sizes that are made: `300x200`, `300x`, `x200`. Left out: any. */
  sizes?: string[];
  /** What becomes of another size: the nearest of its kind, or nothing. */
  unlisted: 'snap' | 'refuse';
  /** Values of `d` by the name that `p` gives them, in lower case. */
  presets: Record<string, string>;
  /** Nothing else than presets is made; they are canonical then, with `f=auto` open. */
  presetsOnly: boolean;
  /** `seed`: `d` is read as the original guide's function did, and nothing else is. */
  compat?: 'seed';
}

/** Device pixel ratios that may be asked for, and by which listed sizes may be multiplied. */
export const RATIOS = [1, 1.5, 2, 2.5, 3, 3.5, 4];
