/** Users and their access keys: how somebody other than the administrator comes to call. */
import type * as Iam from '@aws-sdk/client-iam';
import type { CallContext, Handler } from '../../wire/service.ts';
import type { Principal } from '../../world.ts';
import { pageOf } from './paging.ts';
import { type IamState, newKeyId, newSecret, noSuchEntity, type UserRow, uniqueId, userNamed } from './state.ts';
import { withoutBoundary } from './unsupported.ts';
import { checkInline, checkName, checkPath, checkTags, mergeTags } from './validate.ts';

const KEY_QUOTA = 2;

export function userHandlers(state: IamState) {
  const { users, keys, refuse } = state;
  const keysOf = (userName: string) => keys.values().filter((key) => key.userName === userName);

  const CreateUser: Handler<Iam.CreateUserRequest, Iam.CreateUserResponse> = (input, { now }) => {
    withoutBoundary(input);
    const { UserName: name = '', Path: path = '/', Tags = [] } = input;
    const tags = mergeTags([], Tags);
    checkName(state, 'userName', name);
    checkPath(state, path);
    checkTags(state, tags);
    refuse(
      'iam.entity-exists',
      users.get(name) !== undefined,
      'EntityAlreadyExists',
      `User with name ${name} already exists.`,
    );
    const arn = `arn:aws:iam::${state.world.account}:user${path}${name}`;
    const row: UserRow = {
      name,
      path,
      arn,
      id: uniqueId('AIDA', arn, now),
      createdAt: now,
      tags,
      inline: {},
      attached: [],
    };
    users.set(name, row);
    return { User: userOf(row) };
  };

  const GetUser: Handler<Iam.GetUserRequest, Iam.GetUserResponse> = ({ UserName }, context) => {
    if (UserName === undefined && context.principal.administrator)
      return { User: administratorUser(context.principal) };
    return { User: userOf(userNamed(state, UserName ?? callerName(context))) };
  };

  const ListUsers: Handler<Iam.ListUsersRequest, Iam.ListUsersResponse> = (input) => {
    const wanted = users.values().filter((row) => row.path.startsWith(input.PathPrefix ?? '/'));
    const { items, ...page } = pageOf(wanted, (row) => row.name, input);
    return { Users: items.map((row) => ({ ...userOf(row), Tags: undefined })), ...page };
  };

  const DeleteUser: Handler<Iam.DeleteUserRequest, object> = ({ UserName }) => {
    const row = userNamed(state, UserName);
    const inline = 'Cannot delete entity, must delete policies first.';
    const held = 'Cannot delete entity, must delete access keys first.';
    refuse('iam.delete-conflict', Object.keys(row.inline).length > 0, 'DeleteConflict', inline);
    refuse('iam.delete-conflict', keysOf(row.name).length > 0, 'DeleteConflict', held);
    users.delete(row.name);
    return {};
  };

  const PutUserPolicy: Handler<Iam.PutUserPolicyRequest, object> = ({
    UserName,
    PolicyName = '',
    PolicyDocument = '',
  }) => {
    const row = userNamed(state, UserName);
    checkName(state, 'policyName', PolicyName, 128);
    checkInline(state, PolicyDocument, `user ${row.name}`);
    users.set(row.name, { ...row, inline: { ...row.inline, [PolicyName]: PolicyDocument } });
    return {};
  };

  const DeleteUserPolicy: Handler<Iam.DeleteUserPolicyRequest, object> = ({ UserName, PolicyName = '' }) => {
    const row = userNamed(state, UserName);
    const { [PolicyName]: gone, ...inline } = row.inline;
    if (gone === undefined) noSuchEntity(`The user policy with name ${PolicyName} cannot be found.`);
    users.set(row.name, { ...row, inline });
    return {};
  };

  const ListUserPolicies: Handler<Iam.ListUserPoliciesRequest, Iam.ListUserPoliciesResponse> = (input) => {
    const { items, ...page } = pageOf(Object.keys(userNamed(state, input.UserName).inline), (name) => name, input);
    return { PolicyNames: items, ...page };
  };

  const CreateAccessKey: Handler<Iam.CreateAccessKeyRequest, Iam.CreateAccessKeyResponse> = ({ UserName }, context) => {
    const row = userNamed(state, UserName ?? callerName(context));
    const quota = `Cannot exceed quota for AccessKeysPerUser: ${KEY_QUOTA}`;
    refuse('iam.access-key-quota', keysOf(row.name).length >= KEY_QUOTA, 'LimitExceeded', quota);
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
    const { items, ...page } = pageOf(keysOf(row.name), (key) => key.id, input);
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

  return {
    CreateUser,
    GetUser,
    ListUsers,
    DeleteUser,
    PutUserPolicy,
    DeleteUserPolicy,
    ListUserPolicies,
    CreateAccessKey,
    DeleteAccessKey,
    ListAccessKeys,
  };
}

/** Without a user name these calls are about the caller. */
const callerName = ({ principal }: CallContext): string | undefined =>
  principal.kind === 'user' ? principal.arn.split('/').at(-1) : undefined;

const userOf = (row: UserRow): Iam.User => ({
  Path: row.path,
  UserName: row.name,
  UserId: row.id,
  Arn: row.arn,
  CreateDate: new Date(row.createdAt),
  ...(row.tags.length === 0 ? {} : { Tags: row.tags }),
});

/** The administrator is no row: he was there before the account. */
const administratorUser = ({ arn, userId }: Principal): Iam.User => ({
  Path: '/',
  UserName: 'admin',
  UserId: userId,
  Arn: arn,
  CreateDate: new Date(0),
});
