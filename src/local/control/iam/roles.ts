/** Roles: their life, trust and tags. */
import type * as Iam from '@aws-sdk/client-iam';
import type { Handler } from '../../wire/service.ts';
import { pageOf } from './paging.ts';
import { encodeDocument, type IamState, type RoleRow, roleNamed, uniqueId } from './state.ts';
import { withoutBoundary } from './unsupported.ts';
import { checkName, checkPath, checkSessionDuration, checkTags, checkTrust, mergeTags } from './validate.ts';

const HOUR = 3600;

/** Creation, reading, deletion. */
export function roleHandlers(state: IamState) {
  const { roles, refuse } = state;

  const CreateRole: Handler<Iam.CreateRoleRequest, Iam.CreateRoleResponse> = (input, { now }) => {
    withoutBoundary(input);
    const row = newRole(state, input, now);
    refuse(
      'iam.entity-exists',
      roles.get(row.name) !== undefined,
      'EntityAlreadyExists',
      `Role with name ${row.name} already exists.`,
    );
    roles.set(row.name, row);
    return { Role: roleOf(row, 'created') };
  };

  const GetRole: Handler<Iam.GetRoleRequest, Iam.GetRoleResponse> = (input) => ({
    Role: roleOf(roleNamed(state, input.RoleName)),
  });

  const ListRoles: Handler<Iam.ListRolesRequest, Iam.ListRolesResponse> = (input) => {
    const { items, ...page } = pageOf(
      roles.values().filter((row) => row.path.startsWith(input.PathPrefix ?? '/')),
      (row) => row.name,
      input,
    );
    return { Roles: items.map((row) => roleOf(row, 'listed')), ...page };
  };

  const DeleteRole: Handler<Iam.DeleteRoleRequest, object> = ({ RoleName }) => {
    const row = roleNamed(state, RoleName);
    const inline = 'Cannot delete entity, must delete policies first.';
    const attached = 'Cannot delete entity, must detach all policies first.';
    refuse('iam.delete-conflict', row.attached.length > 0, 'DeleteConflict', attached);
    refuse('iam.delete-conflict', Object.keys(row.inline).length > 0, 'DeleteConflict', inline);
    roles.delete(row.name);
    return {};
  };

  return { CreateRole, GetRole, ListRoles, DeleteRole };
}

/** What of a role can change: its trust, its settings, its tags. */
export function roleChangeHandlers(state: IamState) {
  const { roles } = state;

  const UpdateRole: Handler<Iam.UpdateRoleRequest, Iam.UpdateRoleResponse> = (input) => {
    const row = roleNamed(state, input.RoleName);
    const maxSessionDuration = input.MaxSessionDuration ?? row.maxSessionDuration;
    checkSessionDuration(state, maxSessionDuration);
    roles.set(row.name, { ...row, maxSessionDuration, ...described(input.Description ?? row.description) });
    return {};
  };

  const UpdateAssumeRolePolicy: Handler<Iam.UpdateAssumeRolePolicyRequest, object> = ({ RoleName, PolicyDocument }) => {
    const row = roleNamed(state, RoleName);
    checkTrust(state, PolicyDocument ?? '');
    roles.set(row.name, { ...row, trust: PolicyDocument ?? '' });
    return {};
  };

  const TagRole: Handler<Iam.TagRoleRequest, object> = ({ RoleName, Tags }) => {
    const row = roleNamed(state, RoleName);
    const tags = mergeTags(row.tags, Tags ?? []);
    checkTags(state, tags);
    roles.set(row.name, { ...row, tags });
    return {};
  };

  const UntagRole: Handler<Iam.UntagRoleRequest, object> = ({ RoleName, TagKeys }) => {
    const row = roleNamed(state, RoleName);
    roles.set(row.name, { ...row, tags: row.tags.filter((tag) => !TagKeys?.includes(tag.Key ?? '')) });
    return {};
  };

  const ListRoleTags: Handler<Iam.ListRoleTagsRequest, Iam.ListRoleTagsResponse> = (input) => {
    const { items, ...page } = pageOf(roleNamed(state, input.RoleName).tags, (tag) => tag.Key ?? '', input);
    return { Tags: items, ...page };
  };

  /** There are none here; tools ask before they delete a role. */
  const ListInstanceProfilesForRole: Handler<
    Iam.ListInstanceProfilesForRoleRequest,
    Iam.ListInstanceProfilesForRoleResponse
  > = ({ RoleName }) => {
    roleNamed(state, RoleName);
    return { InstanceProfiles: [], IsTruncated: false };
  };

  return { UpdateRole, UpdateAssumeRolePolicy, TagRole, UntagRole, ListRoleTags, ListInstanceProfilesForRole };
}

function newRole(state: IamState, input: Iam.CreateRoleRequest, now: number): RoleRow {
  const { RoleName: name = '', Path: path = '/', AssumeRolePolicyDocument: trust = '' } = input;
  const { MaxSessionDuration: maxSessionDuration = HOUR, Description: description, Tags = [] } = input;
  const tags = mergeTags([], Tags);
  checkName(state, 'roleName', name);
  checkPath(state, path);
  checkTags(state, tags);
  checkSessionDuration(state, maxSessionDuration);
  checkTrust(state, trust);
  const arn = `arn:aws:iam::${state.world.account}:role${path}${name}`;
  const id = uniqueId('AROA', arn, now);
  const base = { name, path, id, arn, createdAt: now, tags, inline: {}, attached: [] };
  return { ...base, trust, maxSessionDuration, ...described(description) };
}

const described = (description: string | undefined) => (description === undefined ? {} : { description });

/** AWS leaves MaxSessionDuration out after creation, and tags out of lists (d.ts CreateRoleResponse, ListRolesCommand). */
function roleOf(row: RoleRow, view: 'created' | 'got' | 'listed' = 'got'): Iam.Role {
  return {
    Path: row.path,
    RoleName: row.name,
    RoleId: row.id,
    Arn: row.arn,
    CreateDate: new Date(row.createdAt),
    AssumeRolePolicyDocument: encodeDocument(row.trust),
    ...(row.description === undefined ? {} : { Description: row.description }),
    ...(view === 'created' ? {} : { MaxSessionDuration: row.maxSessionDuration }),
    ...(view === 'listed' || row.tags.length === 0 ? {} : { Tags: row.tags }),
    ...(view === 'got' ? { RoleLastUsed: {} } : {}),
  };
}
