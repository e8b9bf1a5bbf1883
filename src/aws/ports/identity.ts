import type { Identity } from '../../core/state.ts';

export interface IdentityPort {
  /** Who the credentials belong to (sts:GetCallerIdentity). */
  whoAmI(): Promise<Identity>;
}
