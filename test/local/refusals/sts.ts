/** What STS refuses. */
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, type AssumeRoleRequest } from '@aws-sdk/client-sts';
import type { TestAws } from '../../builders/local-aws.ts';
import { LAMBDA_TRUST, trustOf } from './iam.ts';
import type { RefusalRow } from './row.ts';

async function assume({ clients, world }: TestAws, given: Partial<AssumeRoleRequest>, trust?: string) {
  const AssumeRolePolicyDocument = trust ?? trustOf({ AWS: world.account });
  const { Role } = await clients.iam.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument }));
  await clients.sts.send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'session', ...given }));
}

export const rows: RefusalRow[] = [
  {
    id: 'sts.assume-role',
    error: 'AccessDenied',
    message: /user\/admin is not authorized to perform: sts:AssumeRole on resource: .*role\/r$/,
    provoke: (aws) => assume(aws, {}, LAMBDA_TRUST),
  },
  {
    id: 'sts.session-duration',
    error: 'ValidationError',
    message: /exceeds the MaxSessionDuration/,
    provoke: (aws) => assume(aws, { DurationSeconds: 7200 }),
  },
  {
    id: 'sts.session-name',
    error: 'ValidationError',
    message: /roleSessionName/,
    provoke: (aws) => assume(aws, { RoleSessionName: 'two words' }),
  },
];
