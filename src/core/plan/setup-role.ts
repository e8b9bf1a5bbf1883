/** Steps of a setup that concern the execution role. */
import { LOGS_POLICY, ORIGINALS_POLICY, resourceName } from '../names.ts';
import { samePolicy } from '../normalize.ts';
import { editTrust, logsPolicy, originalsPolicy, TRUST_POLICY } from '../role.ts';
import { checkTags } from './ownership.ts';
import type { Scope } from './scope.ts';
import { base, pretty } from './step.ts';
import type { Step } from './types.ts';

/** @throws AppError FOREIGN_RESOURCE */
export function roleSteps(scope: Scope): Step[] {
  const { desired, actual, distribution } = scope;
  const role = resourceName(desired.name);
  const steps: Step[] = [];
  if (!actual.role) {
    steps.push({
      ...base('iam.createRole', role, 'the function runs as this role'),
      changes: [{ what: 'trusts', before: null, after: 'lambda.amazonaws.com and edgelambda.amazonaws.com' }],
      name: desired.name,
      role,
      trust: TRUST_POLICY,
      distribution,
    });
  } else {
    const id = actual.distribution?.id;
    if (checkTags(`the role ${role}`, desired.name, id, actual.role) === 'retag') {
      steps.push({
        ...base('iam.tagRole', role, 'the distribution of its tag is gone'),
        name: desired.name,
        role,
        distribution,
      });
    }
    steps.push(...trustSteps(role, actual.role.trust));
  }
  return [...steps, ...rolePolicySteps(scope, role)];
}

function trustSteps(role: string, before: string): Step[] {
  const trust = editTrust(before);
  if (trust === undefined) return [];
  return [
    {
      ...base('iam.updateTrust', role, 'Lambda@Edge must be able to assume the role'),
      changes: [{ what: 'trust policy', before: pretty(before), after: pretty(trust) }],
      role,
      trust,
    },
  ];
}

function rolePolicySteps({ desired, actual }: Scope, role: string): Step[] {
  const wanted: [string, string, string][] = [
    [LOGS_POLICY, logsPolicy(desired.account, desired.name), 'logs are written in every region that serves'],
  ];
  if (desired.grant === 'role-policy') {
    wanted.push([ORIGINALS_POLICY, originalsPolicy(desired.bucket), 'the function reads the originals']);
  }
  return wanted.flatMap(([policy, document, reason]): Step[] => {
    const before = actual.role?.policies[policy];
    if (before !== undefined && samePolicy(before, document)) return [];
    return [
      {
        ...base('iam.putRolePolicy', `${role} policy ${policy}`, reason),
        changes: [{ what: 'policy', before: before === undefined ? null : pretty(before), after: pretty(document) }],
        role,
        policy,
        document,
      },
    ];
  });
}
