/** IAM of the local AWS: roles, their policies, users with keys, and what the other services ask of it. */
import type { Service } from '../wire/service.ts';
import type { IamWorld, World } from '../world.ts';
import { managedPolicyHandlers } from './iam/managed.ts';
import { iamQuestions } from './iam/questions.ts';
import { rolePolicyHandlers } from './iam/role-policies.ts';
import { roleHandlers } from './iam/roles.ts';
import { iamState } from './iam/state.ts';
import { userHandlers } from './iam/users.ts';

export { IAM_REFUSALS } from './iam/refusals.ts';

export function createIam(world: World): { service: Service; questions: IamWorld } {
  const state = iamState(world);
  const handlers = {
    ...roleHandlers(state),
    ...rolePolicyHandlers(state),
    ...managedPolicyHandlers(state),
    ...userHandlers(state),
  };
  return { service: { id: 'iam', handlers }, questions: iamQuestions(state) };
}
