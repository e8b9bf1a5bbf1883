/** Who calls, by STS. */
import { AppError } from '../errors.ts';
import type { ClientSettings } from './clients.ts';
import { call } from './errors.ts';
import type { IdentityPort } from './ports/identity.ts';

/** @throws AppError from every call, see aws/errors */
export async function createIdentityPort(settings: ClientSettings): Promise<IdentityPort> {
  const { STSClient, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  const client = new STSClient(settings);
  return {
    whoAmI: () =>
      call('ask AWS whose credentials these are', async () => {
        const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}));
        if (!Account) throw new AppError('AWS_ERROR', 'STS answered without an account');
        return { account: Account, arn: Arn ?? '' };
      }),
  };
}
