/** IAM of the local AWS: roles, their policies, users with keys, and what the other services ask of it. */
import type { Service } from '../wire/service.ts';
import type { IamWorld, World } from '../world.ts';
import { accessKeyHandlers } from './iam/access-keys.ts';
import { managedPolicyHandlers } from './iam/managed.ts';
import { iamQuestions } from './iam/questions.ts';
import { attachedPolicyHandlers, inlinePolicyHandlers } from './iam/role-policies.ts';
import { roleChangeHandlers, roleHandlers } from './iam/roles.ts';
import { iamState } from './iam/state.ts';
import { userHandlers, userPolicyHandlers } from './iam/users.ts';

export { IAM_REFUSALS } from './iam/refusals.ts';

export function createIam(world: World): { service: Service; questions: IamWorld } {
  const state = iamState(world);
  const handlers = {
    ...roleHandlers(state),
    ...roleChangeHandlers(state),
    ...inlinePolicyHandlers(state),
    ...attachedPolicyHandlers(state),
    ...managedPolicyHandlers(state),
    ...userHandlers(state),
    ...userPolicyHandlers(state),
    ...accessKeyHandlers(state),
  };
  return { service: { id: 'iam', handlers }, questions: iamQuestions(state) };
}
