import type { Rules } from '../grammar.ts';

/** What `deploy` writes into the code of the viewer function as `SETTINGS`. */
export interface ViewerSettings {
  rules: Rules;
  /** Answer to an invalid request: the original for a short time, or status 400. */
  onInvalid: 'original' | '400';
}
