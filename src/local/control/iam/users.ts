/** Users and their policies. */
import type * as Iam from '@aws-sdk/client-iam';
import type { Handler } from '../../wire/service.ts';
import type { Principal } from '../../world.ts';
import { callerName, keysOf } from './access-keys.ts';
import { pageOf } from './paging.ts';
import { type IamState, noSuchEntity, type UserRow, uniqueId, userNamed } from './state.ts';
import { withoutBoundary } from './unsupported.ts';
import { checkInline, checkName, checkPath, checkTags, mergeTags } from './validate.ts';

export function userHandlers(state: IamState) {
  const { users, refuse } = state;

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
    refuse('iam.delete-conflict', keysOf(state, row.name).length > 0, 'DeleteConflict', held);
    users.delete(row.name);
    return {};
  };

  return { CreateUser, GetUser, ListUsers, DeleteUser };
}

export function userPolicyHandlers(state: IamState) {
  const { users } = state;

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

  return { PutUserPolicy, DeleteUserPolicy, ListUserPolicies };
}

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
