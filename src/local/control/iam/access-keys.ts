/** Access keys of users: how somebody other than the administrator comes to call. */
import type * as Iam from '@aws-sdk/client-iam';
import type { CallContext, Handler } from '../../wire/service.ts';
import { pageOf } from './paging.ts';
import { type IamState, type KeyRow, newKeyId, newSecret, noSuchEntity, userNamed } from './state.ts';

const KEY_QUOTA = 2;

export const keysOf = ({ keys }: IamState, userName: string): KeyRow[] =>
  keys.values().filter((key) => key.userName === userName);

export function accessKeyHandlers(state: IamState) {
  const { keys, refuse } = state;

  const CreateAccessKey: Handler<Iam.CreateAccessKeyRequest, Iam.CreateAccessKeyResponse> = ({ UserName }, context) => {
    const row = userNamed(state, UserName ?? callerName(context));
    const quota = `Cannot exceed quota for AccessKeysPerUser: ${KEY_QUOTA}`;
    refuse('iam.access-key-quota', keysOf(state, row.name).length >= KEY_QUOTA, 'LimitExceeded', quota);
    const key = { id: newKeyId('AKIA'), secret: newSecret(), userName: row.name, createdAt: context.now };
    keys.set(key.id, key);
    return {
      AccessKey: {
        UserName: row.name,
        AccessKeyId: key.id,
        Status: 'Active',
        SecretAccessKey: key.secret,
        CreateDate: new Date(key.createdAt),
      },
    };
  };

  const DeleteAccessKey: Handler<Iam.DeleteAccessKeyRequest, object> = ({ UserName, AccessKeyId = '' }, context) => {
    const row = userNamed(state, UserName ?? callerName(context));
    if (keys.get(AccessKeyId)?.userName !== row.name)
      noSuchEntity(`The Access Key with id ${AccessKeyId} cannot be found.`);
    keys.delete(AccessKeyId);
    return {};
  };

  const ListAccessKeys: Handler<Iam.ListAccessKeysRequest, Iam.ListAccessKeysResponse> = (input, context) => {
    const row = userNamed(state, input.UserName ?? callerName(context));
    const { items, ...page } = pageOf(keysOf(state, row.name), (key) => key.id, input);
    const AccessKeyMetadata = items.map(
      (key): Iam.AccessKeyMetadata => ({
        UserName: row.name,
        AccessKeyId: key.id,
        Status: 'Active',
        CreateDate: new Date(key.createdAt),
      }),
    );
    return { AccessKeyMetadata, ...page };
  };

  return { CreateAccessKey, DeleteAccessKey, ListAccessKeys };
}

/** Without a user name these calls are about the caller. */
export const callerName = ({ principal }: CallContext): string | undefined =>
  principal.kind === 'user' ? principal.arn.split('/').at(-1) : undefined;
