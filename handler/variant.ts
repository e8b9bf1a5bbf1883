/** What is made of an original. */
import type { Format } from './formats.ts';

/** An encoded picture. */
export interface Variant {
  bytes: Buffer;
  format: Format;
  /** Pixels of what was made; of one frame, of an animation. */
  width: number;
  height: number;
  /** Of lossy formats, 1-100, on the scale that is asked for. */
  quality?: number;
  /** Of an animation. */
  frames?: number;
  /**
   * Not quite what was asked: quality or format was given up to stay within the response limit (`limit`) or the time or
   * memory (`slow`); or these are the bytes of the original, which are fewer and show the same (`smaller`).
   */
  why?: 'limit' | 'slow' | 'smaller';
}
