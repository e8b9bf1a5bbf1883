/** What IAM refuses. */
import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  type CreateRoleRequest,
  CreateUserCommand,
  DeleteRoleCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand } from '@aws-sdk/client-sts';
import type { TestAws } from '../../builders/local-aws.ts';
import type { RefusalRow } from './row.ts';

const policy = (statement: object): string => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });

export const trustOf = (Principal: object): string => policy({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' });

export const LAMBDA_TRUST = trustOf({ Service: 'lambda.amazonaws.com' });
const READ = policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });

const createRole = (aws: TestAws, given: Partial<CreateRoleRequest> = {}) =>
  aws.clients.iam.send(
    new CreateRoleCommand({ RoleName: 'refused', AssumeRolePolicyDocument: LAMBDA_TRUST, ...given }),
  );

const attach = (aws: TestAws, PolicyArn: string) =>
  aws.clients.iam.send(new AttachRolePolicyCommand({ RoleName: 'refused', PolicyArn }));

export const rows: RefusalRow[] = [
  {
    id: 'iam.access-key-quota',
    error: 'LimitExceededException',
    message: /AccessKeysPerUser: 2/,
    async provoke({ clients: { iam } }) {
      await iam.send(new CreateUserCommand({ UserName: 'u' }));
      for (let i = 0; i < 3; i++) await iam.send(new CreateAccessKeyCommand({ UserName: 'u' }));
    },
  },
  {
    id: 'iam.attached-quota',
    error: 'LimitExceededException',
    message: /PoliciesPerRole: 10/,
    async provoke(aws) {
      await createRole(aws);
      for (let i = 0; i < 11; i++) {
        const created = await aws.clients.iam.send(
          new CreatePolicyCommand({ PolicyName: `p${i}`, PolicyDocument: READ }),
        );
        await attach(aws, created.Policy?.Arn ?? '');
      }
    },
  },
  {
    id: 'iam.delete-conflict',
    error: 'DeleteConflictException',
    message: /must delete policies first/,
    async provoke(aws) {
      const { iam } = aws.clients;
      await createRole(aws);
      await iam.send(new PutRolePolicyCommand({ RoleName: 'refused', PolicyName: 'p', PolicyDocument: READ }));
      await iam.send(new DeleteRoleCommand({ RoleName: 'refused' }));
    },
  },
  {
    id: 'iam.entity-exists',
    error: 'EntityAlreadyExistsException',
    message: /^Role with name refused already exists\.$/,
    async provoke(aws) {
      await createRole(aws);
      await createRole(aws);
    },
  },
  {
    id: 'iam.name',
    error: 'ValidationError',
    message: /roleName is invalid/,
    provoke: (aws) => createRole(aws, { RoleName: 'a role' }),
  },
  {
    id: 'iam.no-such-entity',
    error: 'NoSuchEntityException',
    message: /does not exist or is not attachable/,
    async provoke(aws) {
      await createRole(aws);
      await attach(aws, 'arn:aws:iam::aws:policy/NoSuchPolicy');
    },
  },
  {
    id: 'iam.path',
    error: 'ValidationError',
    message: /begin and end with \//,
    provoke: (aws) => createRole(aws, { Path: 'here' }),
  },
  {
    id: 'iam.policy-document',
    error: 'MalformedPolicyDocumentException',
    message: /invalid Json/,
    async provoke(aws) {
      await createRole(aws);
      await aws.clients.iam.send(
        new PutRolePolicyCommand({ RoleName: 'refused', PolicyName: 'p', PolicyDocument: 'not json' }),
      );
    },
  },
  {
    id: 'iam.policy-size',
    error: 'LimitExceededException',
    message: /Maximum policy size of 10240 bytes exceeded/,
    async provoke(aws) {
      await createRole(aws);
      const Resource = Array.from({ length: 400 }, (_, i) => `arn:aws:s3:::a-bucket-with-a-name/${i}`);
      const PolicyDocument = policy({ Effect: 'Allow', Action: 's3:GetObject', Resource });
      await aws.clients.iam.send(new PutRolePolicyCommand({ RoleName: 'refused', PolicyName: 'p', PolicyDocument }));
    },
  },
  {
    id: 'iam.role-propagation',
    error: 'AccessDenied',
    message: /not authorized to perform: sts:AssumeRole/,
    async provoke(aws) {
      aws.world.delays.role = 60_000;
      const { Role } = await createRole(aws, { AssumeRolePolicyDocument: trustOf({ AWS: aws.world.account }) });
      await aws.clients.sts.send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'soon' }));
    },
  },
  {
    id: 'iam.session-duration',
    error: 'ValidationError',
    message: /maxSessionDuration/,
    provoke: (aws) => createRole(aws, { MaxSessionDuration: 60 }),
  },
  {
    id: 'iam.tag-count',
    error: 'ValidationError',
    message: /less than or equal to 50/,
    provoke: (aws) => createRole(aws, { Tags: Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}`, Value: '' })) }),
  },
  {
    id: 'iam.trust-principal',
    error: 'MalformedPolicyDocumentException',
    message: /Invalid principal in policy: "AWS":"arn:aws:iam::000000000000:role\/nobody"/,
    provoke: (aws) =>
      createRole(aws, { AssumeRolePolicyDocument: trustOf({ AWS: 'arn:aws:iam::000000000000:role/nobody' }) }),
  },
];
