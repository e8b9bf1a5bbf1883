/** Lambda's refusals, provoked through the SDK. */
import {
  type CreateFunctionCommandInput,
  DeleteFunctionCommand,
  GetFunctionCommand,
  ListFunctionsCommand,
  PublishVersionCommand,
  TagResourceCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import type { TestAws } from '../../builders/local-aws.ts';
import { makeDistribution, onOriginResponse } from '../cloudfront-kit.ts';
import { makeFunction, makeRole, unique, zipOfOver250MB, zipOver50MB } from '../lambda-kit.ts';
import type { RefusalRow } from './row.ts';

const INVALID = 'InvalidParameterValueException';

/** A row for a function that cannot be created so. */
function creating(
  id: string,
  error: string,
  message: RegExp,
  given: (aws: TestAws) => Partial<CreateFunctionCommandInput> | Promise<Partial<CreateFunctionCommandInput>>,
): RefusalRow {
  return { id, error, message, provoke: async (aws) => makeFunction(aws, await given(aws)) };
}

const configure = (aws: TestAws, FunctionName: string, RevisionId?: string) =>
  aws.clients.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Timeout: 5, RevisionId }));

const creations: RefusalRow[] = [
  creating('lambda.function-name', 'ValidationException', /functionName/, () => ({ FunctionName: 'has.dots' })),
  creating('lambda.role-arn', 'ValidationException', /at 'role'/, () => ({ Role: 'no-arn' })),
  creating('lambda.role-assumable', INVALID, /cannot be assumed by Lambda\.$/, async (aws) => ({
    Role: await makeRole(aws, ['ec2.amazonaws.com']),
  })),
  creating('lambda.handler-required', INVALID, /mandatory/, () => ({ Handler: undefined })),
  creating('lambda.runtime-known', INVALID, /enum value set/, () => ({ Runtime: 'nodejs99.x' as 'nodejs22.x' })),
  creating('lambda.runtime-blocked', INVALID, /no longer supported/, () => ({ Runtime: 'nodejs20.x' })),
  creating('lambda.memory-range', 'ValidationException', /memorySize/, () => ({ MemorySize: 64 })),
  creating('lambda.timeout-range', 'ValidationException', /timeout/, () => ({ Timeout: 901 })),
  creating('lambda.zip-readable', INVALID, /^Could not unzip uploaded file/, () => ({
    Code: { ZipFile: Buffer.from('no zip') },
  })),
  creating(
    'lambda.zip-size',
    'RequestEntityTooLargeException',
    /^Zipped size must be smaller than 52428800/,
    async () => ({
      Code: { ZipFile: await zipOver50MB() },
    }),
  ),
  creating('lambda.unzipped-size', INVALID, /^Unzipped size must be smaller than 262144000/, async () => ({
    Code: { ZipFile: await zipOfOver250MB() },
  })),
  {
    id: 'lambda.function-exists',
    error: 'ResourceConflictException',
    message: /^Function already exist: /,
    provoke: async (aws) => makeFunction(aws, { FunctionName: (await makeFunction(aws)).name }),
  },
];

const reads: RefusalRow[] = [
  {
    id: 'lambda.other-region',
    error: 'ResourceNotFoundException',
    message: /^Functions from 'eu-west-1' are not reachable in this region \('us-east-1'\)$/,
    async provoke(aws) {
      const { arn } = await makeFunction(aws, {}, aws.clientsFor(aws.credentials, 'eu-west-1').lambda);
      return aws.clients.lambda.send(new GetFunctionCommand({ FunctionName: arn }));
    },
  },
  {
    id: 'lambda.qualifier-mismatch',
    error: INVALID,
    async provoke(aws) {
      const { name } = await makeFunction(aws);
      return aws.clients.lambda.send(new GetFunctionCommand({ FunctionName: `${name}:1`, Qualifier: '$LATEST' }));
    },
  },
  {
    id: 'lambda.master-region-all',
    error: INVALID,
    provoke: (aws) => aws.clients.lambda.send(new ListFunctionsCommand({ MasterRegion: 'us-east-1' })),
  },
];

const changes: RefusalRow[] = [
  {
    id: 'lambda.pending',
    error: 'ResourceConflictException',
    message: /state: Pending$/,
    async provoke(aws) {
      aws.world.delays.lambda = 60_000;
      return configure(aws, (await makeFunction(aws)).name);
    },
  },
  {
    id: 'lambda.update-in-progress',
    error: 'ResourceConflictException',
    message: /An update is in progress for resource: arn:aws:lambda:us-east-1:/,
    async provoke(aws) {
      const { name } = await makeFunction(aws);
      const { now } = aws.world;
      aws.world.now = () => now() + 1000;
      aws.world.delays.lambda = 1000;
      await configure(aws, name);
      return configure(aws, name);
    },
  },
  {
    id: 'lambda.revision-id',
    error: 'PreconditionFailedException',
    message: /^The Revision Id provided does not match the latest Revision Id/,
    async provoke(aws) {
      return configure(aws, (await makeFunction(aws)).name, 'stale');
    },
  },
  {
    id: 'lambda.code-sha256',
    error: INVALID,
    message: /^CodeSHA256 \(x\) is different from current CodeSHA256 in \$LATEST/,
    async provoke(aws) {
      const { name } = await makeFunction(aws);
      return aws.clients.lambda.send(new PublishVersionCommand({ FunctionName: name, CodeSha256: 'x' }));
    },
  },
  {
    id: 'lambda.delete-latest',
    error: INVALID,
    message: /^\$LATEST version cannot be deleted/,
    async provoke(aws) {
      const { name } = await makeFunction(aws);
      return aws.clients.lambda.send(new DeleteFunctionCommand({ FunctionName: name, Qualifier: '$LATEST' }));
    },
  },
  {
    id: 'lambda.replicated',
    error: INVALID,
    message: /because it is a replicated function/,
    async provoke(aws) {
      const { name, arn } = await makeFunction(aws);
      await makeDistribution(aws, onOriginResponse(arn));
      return aws.clients.lambda.send(new DeleteFunctionCommand({ FunctionName: name, Qualifier: '1' }));
    },
  },
  {
    id: 'lambda.tag-resource',
    error: INVALID,
    message: /^Tags on function aliases and versions are not supported/,
    async provoke(aws) {
      const { arn } = await makeFunction(aws, { FunctionName: unique('tagged') });
      return aws.clients.lambda.send(new TagResourceCommand({ Resource: arn, Tags: { a: '1' } }));
    },
  },
];

export const rows: RefusalRow[] = [...creations, ...reads, ...changes];
