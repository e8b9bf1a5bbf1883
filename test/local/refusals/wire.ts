/** What the wire refuses before a service is asked. */
import { CreateAccessKeyCommand, CreateRoleCommand, CreateUserCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { TestAws } from '../../builders/local-aws.ts';
import { makeStore } from '../viewer-kit.ts';
import { type RawRequest, type Signing, sendOrThrow, sign } from '../wire/send.ts';
import { trustOf } from './iam.ts';
import type { RefusalRow } from './row.ts';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

const IDENTITY: RawRequest = {
  method: 'POST',
  path: '/',
  headers: FORM,
  body: 'Action=GetCallerIdentity&Version=2011-06-15',
};

const signed = ({ aws }: TestAws, raw: RawRequest, signing: Partial<Signing> = {}) =>
  sign(aws, raw, { service: 'sts', ...signing });

const LIST_FUNCTIONS: RawRequest = { path: '/2015-03-31/functions' };

async function session({ clients, world }: TestAws, seconds = 900) {
  const AssumeRolePolicyDocument = trustOf({ AWS: world.account });
  const { Role } = await clients.iam.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument }));
  const { Credentials } = await clients.sts.send(
    new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'session', DurationSeconds: seconds }),
  );
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
}

export const rows: RefusalRow[] = [
  {
    id: 'wire.access',
    error: 'AccessDenied',
    message: /user\/u is not authorized to perform: iam:GetRole on resource: role r because no identity-based policy/,
    async provoke({ clients: { iam }, clientsFor }) {
      await iam.send(new CreateUserCommand({ UserName: 'u' }));
      const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'u' }));
      const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {};
      await clientsFor({ accessKeyId, secretAccessKey })
        .iam.send(new GetRoleCommand({ RoleName: 'r' }))
        .catch(unlessMissing);
    },
  },
  {
    id: 'wire.body-size',
    error: 'RequestEntityTooLargeException',
    message: /Request must be smaller than 70167211 bytes for the UpdateFunctionCode operation/,
    async provoke(aws) {
      const path = '/2015-03-31/functions/f/code';
      const body = JSON.stringify({ ZipFile: 'A'.repeat(70_167_212) });
      await sendOrThrow(aws.aws, signed(aws, { method: 'PUT', path, body }, { service: 'lambda' }));
    },
  },
  {
    id: 'wire.clock',
    error: 'SignatureDoesNotMatch',
    message: /Signature expired: \d{8}T\d{6}Z is now earlier than/,
    provoke: (aws) => sendOrThrow(aws.aws, signed(aws, IDENTITY, { at: Date.now() - 16 * 60_000 })),
  },
  {
    id: 'wire.host',
    error: '403',
    message: /loopback names only.*evil\.example/,
    provoke: (aws) => sendOrThrow(aws.aws, signed(aws, { ...IDENTITY, headers: { ...FORM, host: 'evil.example' } })),
  },
  {
    id: 'wire.key',
    error: 'InvalidClientTokenId',
    message: /^The security token included in the request is invalid\.$/,
    provoke: ({ clientsFor }) =>
      clientsFor({ accessKeyId: 'AKIANOBODY', secretAccessKey: 'x' }).sts.send(new GetCallerIdentityCommand({})),
  },
  {
    id: 'wire.missing-token',
    error: 'MissingAuthenticationTokenException',
    provoke: ({ aws }) => sendOrThrow(aws, LIST_FUNCTIONS),
  },
  {
    id: 'wire.origin',
    error: '403',
    message: /pages of http:\/\/evil\.example/,
    provoke: (aws) =>
      sendOrThrow(aws.aws, signed(aws, { ...IDENTITY, headers: { ...FORM, origin: 'http://evil.example' } })),
  },
  {
    id: 'wire.payload-hash',
    error: 'XAmzContentSHA256Mismatch',
    async provoke(aws) {
      const { headers = {} } = signed(aws, { method: 'PUT', path: '/bucket/key', body: 'one body' }, { service: 's3' });
      await sendOrThrow(aws.aws, { method: 'PUT', path: '/bucket/key', headers, body: 'another!' });
    },
  },
  {
    id: 'wire.presign-expired',
    error: 'AccessDenied',
    message: /Request has expired/,
    provoke: ({ aws }) =>
      // Made by hand: the signature is wrong too, which is looked at later.
      sendOrThrow(aws, {
        path: '/bucket/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=00',
      }),
  },
  {
    id: 'wire.region-scope',
    error: 'InvalidSignatureException',
    message: /Credential should be scoped to a valid region/,
    async provoke(aws) {
      const { arn } = await makeStore(aws);
      const path = `/key-value-stores/${encodeURIComponent(arn)}`;
      // The path of what is signed is encoded once more.
      const { headers = {} } = signed(
        aws,
        { path: path.replaceAll('%', '%25') },
        { service: 'cloudfront-keyvaluestore' },
      );
      await sendOrThrow(aws.aws, { path, headers });
    },
  },
  {
    id: 'wire.required-member',
    error: 'ValidationError',
    message: /Value null at 'roleName' failed to satisfy constraint: Member must not be null/,
    provoke: ({ clients }) => clients.iam.send(new GetRoleCommand({ RoleName: undefined })),
  },
  {
    id: 'wire.signature',
    error: 'SignatureDoesNotMatch',
    provoke: ({ clientsFor }) =>
      clientsFor({ accessKeyId: 'test', secretAccessKey: 'tesT' }).sts.send(new GetCallerIdentityCommand({})),
  },
  {
    id: 'wire.token',
    error: 'InvalidClientTokenId',
    async provoke(aws) {
      const { accessKeyId, secretAccessKey } = await session(aws);
      await aws.clientsFor({ accessKeyId, secretAccessKey }).sts.send(new GetCallerIdentityCommand({}));
    },
  },
  {
    id: 'wire.token-expired',
    error: 'ExpiredToken',
    async provoke(aws) {
      const credentials = await session(aws);
      const now = aws.world.now;
      aws.world.now = () => now() + 901_000;
      const { sts } = aws.clientsFor(credentials);
      // The client's clock goes with the server's, or the request would be refused as too old.
      sts.config.systemClockOffset = 901_000;
      await sts.send(new GetCallerIdentityCommand({}));
    },
  },
  {
    id: 'wire.type',
    error: 'SerializationException',
    async provoke(aws) {
      const headers = {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'Logs_20140328.DescribeLogGroups',
      };
      const raw = { method: 'POST', path: '/', headers, body: '{"logGroupNamePrefix":7}' };
      await sendOrThrow(aws.aws, signed(aws, raw, { service: 'logs' }));
    },
  },
];

function unlessMissing(error: Error): void {
  if (error.name !== 'NoSuchEntityException') throw error;
}
