import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  GetRoleCommand,
  GetUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trustOf } from './refusals/iam.ts';
import { type Echo, startEcho } from './wire/echo.ts';

const ACCOUNT = '000000000000';
const EDGE = trustOf({ Service: ['lambda.amazonaws.com', 'edgelambda.amazonaws.com'] });
const policyOf = (Action: string, Resource = '*', Effect = 'Allow') =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, Action, Resource }] });

let echo: Echo;
let iam: IAMClient;
let sts: STSClient;

beforeEach(async () => {
  echo = await startEcho({});
  iam = new IAMClient(echo.client);
  sts = new STSClient(echo.client);
});
afterEach(() => echo.close());

const role = (RoleName: string, trust = EDGE) =>
  iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));

/** Clients with the key of a new user. */
async function userClients(name: string, document?: string) {
  await iam.send(new CreateUserCommand({ UserName: name }));
  if (document) await iam.send(new PutUserPolicyCommand({ UserName: name, PolicyName: 'p', PolicyDocument: document }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: name }));
  const credentials = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
  return {
    credentials,
    iam: new IAMClient({ ...echo.client, credentials }),
    sts: new STSClient({ ...echo.client, credentials }),
  };
}

describe('users', () => {
  it('call with a key of their own until it is deleted', async () => {
    const user = await userClients('u');
    expect(user.credentials.accessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
    expect(await user.sts.send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: `arn:aws:iam::${ACCOUNT}:user/u`,
    });
    const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName: 'u' }));
    expect(AccessKeyMetadata).toMatchObject([{ AccessKeyId: user.credentials.accessKeyId, Status: 'Active' }]);
    await expect(iam.send(new DeleteUserCommand({ UserName: 'u' }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
    });
    await iam.send(new DeleteAccessKeyCommand({ UserName: 'u', AccessKeyId: user.credentials.accessKeyId }));
    await expect(user.sts.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
    await iam.send(new DeleteUserCommand({ UserName: 'u' }));
  });

  it('may do what their policies allow, and no more', async () => {
    await role('resize');
    const user = await userClients('u', policyOf('iam:GetRole', `arn:aws:iam::${ACCOUNT}:role/re*`));
    expect((await user.iam.send(new GetRoleCommand({ RoleName: 'resize' }))).Role?.RoleName).toBe('resize');
    await expect(user.iam.send(new GetRoleCommand({ RoleName: 'other' }))).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `User: arn:aws:iam::${ACCOUNT}:user/u is not authorized to perform: iam:GetRole on resource: role other because no identity-based policy allows the iam:GetRole action`,
      $metadata: { httpStatusCode: 403 },
    });
    await iam.send(
      new PutUserPolicyCommand({ UserName: 'u', PolicyName: 'no', PolicyDocument: policyOf('iam:*', '*', 'Deny') }),
    );
    await expect(user.iam.send(new GetRoleCommand({ RoleName: 'resize' }))).rejects.toMatchObject({
      message: expect.stringMatching(/role resize with an explicit deny in an identity-based policy$/),
    });
    await iam.send(new DeleteUserPolicyCommand({ UserName: 'u', PolicyName: 'no' }));
    await user.iam.send(new GetRoleCommand({ RoleName: 'resize' }));
  });

  it('hear what cannot be evaluated, and are not let in by it', async () => {
    const Condition = { DateGreaterThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } };
    const document = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', Condition }],
    });
    const user = await userClients('u', document);
    await expect(user.iam.send(new GetUserCommand({}))).rejects.toMatchObject({
      name: 'NotImplemented',
      message: 'The local AWS cannot evaluate the condition operator DateGreaterThan',
    });
  });
});

describe('assuming roles', () => {
  const assume = (client: STSClient, name: string) =>
    client.send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/${name}`, RoleSessionName: 'work' }));

  it('gives credentials that are the role`s, with its policies', async () => {
    await role('reader', trustOf({ AWS: ACCOUNT }));
    await iam.send(
      new PutRolePolicyCommand({ RoleName: 'reader', PolicyName: 'p', PolicyDocument: policyOf('iam:ListRoles') }),
    );
    const { Credentials, AssumedRoleUser } = await assume(sts, 'reader');
    const arn = `arn:aws:sts::${ACCOUNT}:assumed-role/reader/work`;
    expect(AssumedRoleUser).toMatchObject({ Arn: arn, AssumedRoleId: expect.stringMatching(/^AROA\w{17}:work$/) });
    expect(Credentials?.Expiration?.getTime()).toBeGreaterThan(Date.now() + 3_500_000);
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    expect(await new STSClient({ ...echo.client, credentials }).send(new GetCallerIdentityCommand({}))).toMatchObject({
      Arn: arn,
    });
    const reader = new IAMClient({ ...echo.client, credentials });
    expect((await reader.send(new ListRolesCommand({}))).Roles).toHaveLength(1);
    await expect(reader.send(new GetRoleCommand({ RoleName: 'reader' }))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });

  it('wants the trust of the role, and of an account only together with a policy of the caller', async () => {
    const stranger = await userClients('stranger');
    const named = await userClients('named');
    const allowed = await userClients('allowed', policyOf('sts:AssumeRole'));
    await role('open', trustOf({ AWS: ACCOUNT }));
    await role('closed', trustOf({ AWS: `arn:aws:iam::${ACCOUNT}:user/named` }));
    await expect(assume(stranger.sts, 'open')).rejects.toMatchObject({
      name: 'AccessDenied',
      message: `User: arn:aws:iam::${ACCOUNT}:user/stranger is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::${ACCOUNT}:role/open`,
    });
    await assume(allowed.sts, 'open');
    await assume(named.sts, 'closed');
    await expect(assume(allowed.sts, 'closed')).rejects.toMatchObject({ name: 'AccessDenied' });
    await expect(assume(sts, 'none')).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});
