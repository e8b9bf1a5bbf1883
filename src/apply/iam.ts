/** Steps on the execution role. */
import { ownerMark, ownerTags } from '../core/names.ts';
import { resolved } from '../core/plan/refs.ts';
import type { StepOf } from '../core/plan/types.ts';
import type { Run } from './deps.ts';

export async function createRole(step: StepOf<'iam.createRole'>, run: Run): Promise<string> {
  const iam = await run.ports.iam();
  await iam.createRole({
    name: step.role,
    description: ownerMark(step.name),
    trust: step.trust,
    tags: ownerTags(step.name, resolved(step.distribution, run.outputs)),
  });
  return `role ${step.role}`;
}

export async function tagRole(step: StepOf<'iam.tagRole'>, run: Run): Promise<string> {
  const iam = await run.ports.iam();
  await iam.tagRole(step.role, ownerTags(step.name, resolved(step.distribution, run.outputs)));
  return `tags of role ${step.role}`;
}

export async function updateTrust({ role, trust }: StepOf<'iam.updateTrust'>, run: Run): Promise<string> {
  await (await run.ports.iam()).updateTrust(role, trust);
  return `trust policy of ${role}`;
}

export async function putRolePolicy(step: StepOf<'iam.putRolePolicy'>, run: Run): Promise<string> {
  await (await run.ports.iam()).putRolePolicy(step.role, step.policy, step.document);
  return `policy ${step.policy} of ${step.role}`;
}
