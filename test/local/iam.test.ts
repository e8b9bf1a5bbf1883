import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListPoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
  PutRolePolicyCommand,
  paginateListRoles,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trustOf } from './refusals/iam.ts';
import { type Echo, startEcho } from './wire/echo.ts';

const ACCOUNT = '000000000000';
const BASIC = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
const EDGE = trustOf({ Service: ['lambda.amazonaws.com', 'edgelambda.amazonaws.com'] });
const policyOf = (Action: string, Resource = '*', Effect = 'Allow') =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect, Action, Resource }] });

let echo: Echo;
let iam: IAMClient;

beforeEach(async () => {
  echo = await startEcho({});
  iam = new IAMClient(echo.client);
});
afterEach(() => echo.close());

const role = (RoleName: string, trust = EDGE) =>
  iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));

describe('roles', () => {
  it('come, are read back, change and go', async () => {
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: 'resize',
        Path: '/edge/',
        AssumeRolePolicyDocument: EDGE,
        Description: 'd',
        Tags: [{ Key: 'stage', Value: 'x' }],
      }),
    );
    expect(Role).toMatchObject({
      Arn: `arn:aws:iam::${ACCOUNT}:role/edge/resize`,
      Path: '/edge/',
      Tags: [{ Key: 'stage', Value: 'x' }],
    });
    expect(Role?.RoleId).toMatch(/^AROA[A-Z2-7]{17}$/);

    const got = await iam.send(new GetRoleCommand({ RoleName: 'resize' }));
    expect(got.Role).toMatchObject({ RoleId: Role?.RoleId, MaxSessionDuration: 3600, CreateDate: Role?.CreateDate });
    expect(got.Role?.AssumeRolePolicyDocument).toMatch(/^%7B%22Version%22/);
    expect(decodeURIComponent(got.Role?.AssumeRolePolicyDocument ?? '')).toBe(EDGE);

    const trust = trustOf({ Service: 'lambda.amazonaws.com' });
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'resize', PolicyDocument: trust }));
    await iam.send(new UpdateRoleCommand({ RoleName: 'resize', MaxSessionDuration: 7200 }));
    const changed = await iam.send(new GetRoleCommand({ RoleName: 'resize' }));
    expect(changed.Role).toMatchObject({ MaxSessionDuration: 7200, Description: 'd' });
    expect(decodeURIComponent(changed.Role?.AssumeRolePolicyDocument ?? '')).toBe(trust);

    await iam.send(new DeleteRoleCommand({ RoleName: 'resize' }));
    await expect(iam.send(new GetRoleCommand({ RoleName: 'resize' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      message: 'The role with name resize cannot be found.',
      $metadata: { httpStatusCode: 404 },
    });
  });

  it('are somebody else in another life', async () => {
    const first = await role('resize');
    await iam.send(new DeleteRoleCommand({ RoleName: 'resize' }));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect((await role('resize')).Role?.RoleId).not.toBe(first.Role?.RoleId);
  });

  it('carry tags', async () => {
    await role('resize');
    await iam.send(
      new TagRoleCommand({
        RoleName: 'resize',
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'b', Value: '2' },
        ],
      }),
    );
    await iam.send(new TagRoleCommand({ RoleName: 'resize', Tags: [{ Key: 'a', Value: '3' }] }));
    await iam.send(new UntagRoleCommand({ RoleName: 'resize', TagKeys: ['b'] }));
    expect((await iam.send(new ListRoleTagsCommand({ RoleName: 'resize' }))).Tags).toEqual([{ Key: 'a', Value: '3' }]);
  });

  it('are listed in pages that go on where the last one ended', async () => {
    for (const name of ['c', 'a', 'e', 'b', 'd']) await role(name);
    const pages: (string | undefined)[][] = [];
    for await (const page of paginateListRoles({ client: iam, pageSize: 2 }, {}))
      pages.push(page.Roles?.map((item) => item.RoleName) ?? []);
    expect(pages).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    await expect(iam.send(new ListRolesCommand({ Marker: 'nonsense' }))).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Invalid Marker.',
    });
    await expect(iam.send(new ListRolesCommand({ MaxItems: 0 }))).rejects.toMatchObject({ name: 'ValidationError' });
  });

  it('refuse a permissions boundary rather than forget it', async () => {
    const command = new CreateRoleCommand({
      RoleName: 'r',
      AssumeRolePolicyDocument: EDGE,
      PermissionsBoundary: BASIC,
    });
    await expect(iam.send(command)).rejects.toMatchObject({ name: 'NotImplemented' });
  });
});

describe('policies of roles', () => {
  it('are put, read, listed and deleted', async () => {
    await role('resize');
    const PolicyDocument = policyOf('s3:GetObject', "arn:aws:s3:::a/'(*)!");
    await iam.send(new PutRolePolicyCommand({ RoleName: 'resize', PolicyName: 'read', PolicyDocument }));
    const got = await iam.send(new GetRolePolicyCommand({ RoleName: 'resize', PolicyName: 'read' }));
    expect(got.PolicyDocument).not.toMatch(/[!'()*]/);
    expect(decodeURIComponent(got.PolicyDocument ?? '')).toBe(PolicyDocument);
    expect((await iam.send(new ListRolePoliciesCommand({ RoleName: 'resize' }))).PolicyNames).toEqual(['read']);
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'resize', PolicyName: 'read' }));
    await expect(iam.send(new GetRolePolicyCommand({ RoleName: 'resize', PolicyName: 'read' }))).rejects.toMatchObject({
      message: 'The role policy with name read cannot be found.',
    });
  });

  it('are attached once, counted, and hold the role', async () => {
    await role('resize');
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'own', PolicyDocument: policyOf('s3:*') }));
    for (const PolicyArn of [BASIC, BASIC, Policy?.Arn])
      await iam.send(new AttachRolePolicyCommand({ RoleName: 'resize', PolicyArn }));
    const listed = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: 'resize' }));
    expect(listed.AttachedPolicies).toEqual([
      { PolicyArn: Policy?.Arn, PolicyName: 'own' },
      { PolicyArn: BASIC, PolicyName: 'AWSLambdaBasicExecutionRole' },
    ]);
    expect((await iam.send(new GetPolicyCommand({ PolicyArn: Policy?.Arn }))).Policy?.AttachmentCount).toBe(1);
    expect((await iam.send(new ListPoliciesCommand({ Scope: 'Local' }))).Policies).toHaveLength(1);
    await expect(iam.send(new DeleteRoleCommand({ RoleName: 'resize' }))).rejects.toMatchObject({
      name: 'DeleteConflictException',
      message: 'Cannot delete entity, must detach all policies first.',
      $metadata: { httpStatusCode: 409 },
    });
    for (const PolicyArn of [BASIC, Policy?.Arn])
      await iam.send(new DetachRolePolicyCommand({ RoleName: 'resize', PolicyArn }));
    await iam.send(new DeleteRoleCommand({ RoleName: 'resize' }));
  });
});

describe('what other services ask', () => {
  const arn = `arn:aws:iam::${ACCOUNT}:role/resize`;

  it('is whether a service may assume a role', async () => {
    const { iam: asked } = echo.world;
    expect(asked.cannotAssume(arn, 'lambda.amazonaws.com')).toBe('missing');
    await role('resize', trustOf({ Service: 'lambda.amazonaws.com' }));
    expect(asked.cannotAssume(arn, 'lambda.amazonaws.com')).toBeUndefined();
    expect(asked.cannotAssume(arn, 'edgelambda.amazonaws.com')).toBe('untrusted');
    expect(() => asked.assumeRoleFor(arn, 'edgelambda.amazonaws.com', 's')).toThrow('not authorized');
    const { principal, sessionToken } = asked.assumeRoleFor(arn, 'lambda.amazonaws.com', 'fn');
    expect(principal).toMatchObject({
      kind: 'assumed-role',
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/resize/fn`,
      roleArn: arn,
    });
    expect(sessionToken).toBeTruthy();
  });

  it('is whether a principal is known, which takes a new role a while', async () => {
    const { iam: asked, delays } = echo.world;
    delays.role = 5000;
    const now = Date.now();
    echo.world.now = () => now;
    await role('resize');
    expect(asked.principalExists(arn)).toBe(false);
    expect(asked.cannotAssume(arn, 'lambda.amazonaws.com')).toBe('propagating');
    echo.world.now = () => now + 5000;
    expect(asked.principalExists(arn)).toBe(true);
    expect(asked.cannotAssume(arn, 'lambda.amazonaws.com')).toBeUndefined();
    for (const known of [ACCOUNT, `arn:aws:iam::${ACCOUNT}:root`, `arn:aws:iam::${ACCOUNT}:user/admin`])
      expect(asked.principalExists(known)).toBe(true);
    for (const unknown of ['', 'resize', `arn:aws:iam::${ACCOUNT}:role/none`, `arn:aws:iam::${ACCOUNT}:user/none`])
      expect(asked.principalExists(unknown)).toBe(false);
    await iam.send(new DeleteRoleCommand({ RoleName: 'resize' }));
    expect(asked.principalExists(arn)).toBe(false);
  });

  it('is what somebody`s policies are: none once the role is gone, though its credentials live', async () => {
    await role('resize');
    await iam.send(
      new PutRolePolicyCommand({ RoleName: 'resize', PolicyName: 'p', PolicyDocument: policyOf('s3:GetObject') }),
    );
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'resize', PolicyArn: BASIC }));
    const { principal } = echo.world.iam.assumeRoleFor(arn, 'lambda.amazonaws.com', 's');
    expect(echo.world.iam.identityPolicies(principal)).toHaveLength(2);
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'resize', PolicyName: 'p' }));
    await iam.send(new DetachRolePolicyCommand({ RoleName: 'resize', PolicyArn: BASIC }));
    await iam.send(new DeleteRoleCommand({ RoleName: 'resize' }));
    expect(echo.world.iam.identityPolicies(principal)).toEqual([]);
  });
});
