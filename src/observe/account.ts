/** Whose account the credentials belong to. */
import type { AwsPorts } from '../aws/ports/index.ts';
import { AppError } from '../errors.ts';

/**
 * The account, checked against the one that the config names.
 * @throws AppError ACCOUNT_MISMATCH
 */
export async function ownAccount(ports: Pick<AwsPorts, 'identity'>, expected: string | undefined): Promise<string> {
  const { account, arn } = await (await ports.identity()).whoAmI();
  if (expected === undefined || expected === account) return account;
  throw new AppError(
    'ACCOUNT_MISMATCH',
    `these credentials belong to account ${account}, the config is for ${expected}`,
    {
      why: `They are those of ${arn}.`,
      fix: `pass the profile of account ${expected}: --profile NAME; or correct "account" in the config`,
    },
  );
}
