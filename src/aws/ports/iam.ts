import type { Role } from '../../core/state.ts';

export interface IamPort {
  getRole(name: string): Promise<Role | undefined>;
  /** JSON text of an inline policy, undefined when there is none. */
  getRolePolicy(role: string, policy: string): Promise<string | undefined>;
  createRole(role: { name: string; description: string; trust: string; tags: Record<string, string> }): Promise<Role>;
  updateTrust(role: string, trust: string): Promise<void>;
  putRolePolicy(role: string, policy: string, document: string): Promise<void>;
  tagRole(role: string, tags: Record<string, string>): Promise<void>;
}
