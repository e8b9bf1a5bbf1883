/** IAM through the SDK. */
import type { Role as SdkRole, Tag } from '@aws-sdk/client-iam';
import type { Role } from '../core/state.ts';
import type { ClientSettings } from './clients.ts';
import { call, isAwsError } from './errors.ts';
import type { IamPort } from './ports/iam.ts';

/** @throws AppError from every call, see aws/errors */
export async function createIamPort(settings: ClientSettings): Promise<IamPort> {
  const sdk = await import('@aws-sdk/client-iam');
  const client = new sdk.IAMClient(settings);
  return {
    getRole: (RoleName) =>
      orMissing(`read role ${RoleName}`, async () =>
        toRole((await client.send(new sdk.GetRoleCommand({ RoleName }))).Role),
      ),
    getRolePolicy: (RoleName, PolicyName) =>
      orMissing(`read policy ${PolicyName} of role ${RoleName}`, async () => {
        const answer = await client.send(new sdk.GetRolePolicyCommand({ RoleName, PolicyName }));
        return decodeURIComponent(answer.PolicyDocument ?? '');
      }),
    createRole: ({ name, description, trust, tags }) =>
      call(`create role ${name}`, async () => {
        const { Role } = await client.send(
          new sdk.CreateRoleCommand({
            RoleName: name,
            Description: description,
            AssumeRolePolicyDocument: trust,
            Tags: toTags(tags),
          }),
        );
        return toRole(Role);
      }),
    updateTrust: async (RoleName, PolicyDocument) => {
      await call(`change the trust policy of role ${RoleName}`, () =>
        client.send(new sdk.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument })),
      );
    },
    putRolePolicy: async (RoleName, PolicyName, PolicyDocument) => {
      await call(`write policy ${PolicyName} of role ${RoleName}`, () =>
        client.send(new sdk.PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument })),
      );
    },
    tagRole: async (RoleName, tags) => {
      await call(`tag role ${RoleName}`, () => client.send(new sdk.TagRoleCommand({ RoleName, Tags: toTags(tags) })));
    },
  };
}

function orMissing<T>(what: string, send: () => Promise<T>): Promise<T | undefined> {
  return call(what, async () => {
    try {
      return await send();
    } catch (error) {
      if (isAwsError(error, 'NoSuchEntityException', 'NoSuchEntity')) return undefined;
      throw error;
    }
  });
}

/** IAM gives policy documents percent-encoded. */
function toRole(role: SdkRole | undefined): Role {
  return {
    name: role?.RoleName ?? '',
    arn: role?.Arn ?? '',
    trust: decodeURIComponent(role?.AssumeRolePolicyDocument ?? ''),
    tags: Object.fromEntries((role?.Tags ?? []).map(({ Key, Value }) => [Key, Value])),
  };
}

function toTags(tags: Record<string, string>): Tag[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}
