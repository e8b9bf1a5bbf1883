/** What the parts of a setup plan are made from. */
import type { SetupActual, SetupDesired } from '../state.ts';
import type { Value } from './types.ts';

export interface Scope {
  desired: SetupDesired;
  actual: SetupActual;
  /** Region the bucket is in, or will be. */
  region: string;
  /** The distribution, or the step that makes it. */
  distribution: Value;
}
