/** Policies of roles: inline ones, and which managed ones are attached. */
import type * as Iam from '@aws-sdk/client-iam';
import type { Handler } from '../../wire/service.ts';
import { findPolicy } from './managed.ts';
import { pageOf } from './paging.ts';
import { encodeDocument, type IamState, noSuchEntity, roleNamed } from './state.ts';
import { checkInline, checkName } from './validate.ts';

const ATTACHED_QUOTA = 10;

export function inlinePolicyHandlers(state: IamState) {
  const { roles } = state;

  const PutRolePolicy: Handler<Iam.PutRolePolicyRequest, object> = ({
    RoleName,
    PolicyName = '',
    PolicyDocument = '',
  }) => {
    const row = roleNamed(state, RoleName);
    checkName(state, 'policyName', PolicyName, 128);
    checkInline(state, PolicyDocument, `role ${row.name}`);
    roles.set(row.name, { ...row, inline: { ...row.inline, [PolicyName]: PolicyDocument } });
    return {};
  };

  const GetRolePolicy: Handler<Iam.GetRolePolicyRequest, Iam.GetRolePolicyResponse> = ({
    RoleName,
    PolicyName = '',
  }) => {
    const row = roleNamed(state, RoleName);
    const text = row.inline[PolicyName] ?? noSuchEntity(`The role policy with name ${PolicyName} cannot be found.`);
    return { RoleName: row.name, PolicyName, PolicyDocument: encodeDocument(text) };
  };

  const DeleteRolePolicy: Handler<Iam.DeleteRolePolicyRequest, object> = ({ RoleName, PolicyName = '' }) => {
    const row = roleNamed(state, RoleName);
    const { [PolicyName]: gone, ...inline } = row.inline;
    if (gone === undefined) noSuchEntity(`The role policy with name ${PolicyName} cannot be found.`);
    roles.set(row.name, { ...row, inline });
    return {};
  };

  const ListRolePolicies: Handler<Iam.ListRolePoliciesRequest, Iam.ListRolePoliciesResponse> = (input) => {
    const { items, ...page } = pageOf(Object.keys(roleNamed(state, input.RoleName).inline), (name) => name, input);
    return { PolicyNames: items, ...page };
  };

  return { PutRolePolicy, GetRolePolicy, DeleteRolePolicy, ListRolePolicies };
}

export function attachedPolicyHandlers(state: IamState) {
  const { roles, refuse } = state;

  const AttachRolePolicy: Handler<Iam.AttachRolePolicyRequest, object> = ({ RoleName, PolicyArn = '' }) => {
    const row = roleNamed(state, RoleName);
    const missing = `Policy ${PolicyArn} does not exist or is not attachable.`;
    refuse('iam.no-such-entity', findPolicy(state, PolicyArn) === undefined, 'NoSuchEntity', missing);
    if (row.attached.includes(PolicyArn)) return {};
    const quota = `Cannot exceed quota for PoliciesPerRole: ${ATTACHED_QUOTA}`;
    refuse('iam.attached-quota', row.attached.length >= ATTACHED_QUOTA, 'LimitExceeded', quota);
    roles.set(row.name, { ...row, attached: [...row.attached, PolicyArn] });
    return {};
  };

  const DetachRolePolicy: Handler<Iam.DetachRolePolicyRequest, object> = ({ RoleName, PolicyArn = '' }) => {
    const row = roleNamed(state, RoleName);
    if (!row.attached.includes(PolicyArn)) noSuchEntity(`Policy ${PolicyArn} was not found.`);
    roles.set(row.name, { ...row, attached: row.attached.filter((arn) => arn !== PolicyArn) });
    return {};
  };

  const ListAttachedRolePolicies: Handler<Iam.ListAttachedRolePoliciesRequest, Iam.ListAttachedRolePoliciesResponse> = (
    input,
  ) => {
    const { items, ...page } = pageOf(roleNamed(state, input.RoleName).attached, (arn) => arn, input);
    return {
      AttachedPolicies: items.map((PolicyArn) => ({ PolicyArn, PolicyName: PolicyArn.split('/').at(-1) })),
      ...page,
    };
  };

  return { AttachRolePolicy, DetachRolePolicy, ListAttachedRolePolicies };
}
