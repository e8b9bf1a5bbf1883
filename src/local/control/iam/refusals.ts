/** What IAM refuses, by the ids under which a test can switch each rule off. Quotas: IAM user guide, "IAM and STS quotas". */
export const IAM_REFUSALS = {
  'iam.access-key-quota': 'a third access key of a user (quota AccessKeysPerUser 2)',
  'iam.attached-quota': 'an eleventh managed policy on a role (quota PoliciesPerRole 10)',
  'iam.delete-conflict': 'deleting what still has policies or keys, or is attached (d.ts DeleteConflictException)',
  'iam.entity-exists': 'creating a role, user or policy whose name is taken (d.ts EntityAlreadyExistsException)',
  'iam.name': 'names outside [\\w+=,.@-] or over 64 (role, user) or 128 (policy) characters (d.ts CreateRoleRequest)',
  'iam.no-such-entity': 'attaching a policy that does not exist (d.ts AttachRolePolicyCommand)',
  'iam.path': 'paths that do not begin and end with a slash (d.ts CreateRoleRequest)',
  'iam.policy-document': 'policies that are no policy documents (AWS-FACTS 10)',
  'iam.policy-size':
    'trust policies over 2,048 and inline policies over 10,240 characters without white space (quotas)',
  'iam.role-propagation': 'assuming or naming a role in the first moments of its life (AWS-FACTS 6)',
  'iam.session-duration': 'a MaxSessionDuration outside 3,600-43,200 seconds (d.ts CreateRoleRequest)',
  'iam.tag-count': 'more than 50 tags (quotas)',
  'iam.trust-principal': 'trust policies naming a principal that does not exist (terraform-provider-aws#8905)',
} as const;

export type IamRefusal = keyof typeof IAM_REFUSALS;
