/** Lambda in us-east-1 through the SDK. */
import type { FunctionConfiguration, LambdaClient } from '@aws-sdk/client-lambda';
import type { FunctionSettings, FunctionVersion, LambdaFunction } from '../core/state.ts';
import type { ClientSettings } from './clients.ts';
import { call, isAwsError } from './errors.ts';
import type { LambdaPort, NewFunction } from './ports/lambda.ts';
import type { RefusalKind } from './ports/refused.ts';
import { refusable } from './refusals.ts';

type Sdk = typeof import('@aws-sdk/client-lambda');
type Runtime = import('@aws-sdk/client-lambda').Runtime;

/** @throws AppError from every call, see aws/errors */
export async function createLambdaPort(settings: ClientSettings): Promise<LambdaPort> {
  const sdk = await import('@aws-sdk/client-lambda');
  const client = new sdk.LambdaClient(settings);
  const change = <T>(what: string, send: () => Promise<T>) => refusable(what, send, kindOf);
  return {
    getFunction: (name) => getFunction(sdk, client, name),
    getVersion: (FunctionName, Qualifier) =>
      call(`read the state of function ${FunctionName}`, async () =>
        toVersion(await client.send(new sdk.GetFunctionConfigurationCommand({ FunctionName, Qualifier }))),
      ),
    listVersions: (name) => listVersions(sdk, client, name),
    createFunction: (fn) =>
      change(`create function ${fn.name}`, async () =>
        toVersion(await client.send(new sdk.CreateFunctionCommand(creation(fn)))),
      ),
    updateCode: async (FunctionName, ZipFile) => {
      await change(`update the code of function ${FunctionName}`, () =>
        client.send(new sdk.UpdateFunctionCodeCommand({ FunctionName, ZipFile })),
      );
    },
    updateSettings: async (FunctionName, wanted) => {
      await change(`update the settings of function ${FunctionName}`, () =>
        client.send(new sdk.UpdateFunctionConfigurationCommand({ FunctionName, ...members(wanted) })),
      );
    },
    publish: (FunctionName, CodeSha256) =>
      change(`publish function ${FunctionName}`, async () =>
        toVersion(await client.send(new sdk.PublishVersionCommand({ FunctionName, CodeSha256 }))),
      ),
    tagFunction: async (Resource, Tags) => {
      await call(`tag function ${Resource}`, () => client.send(new sdk.TagResourceCommand({ Resource, Tags })));
    },
  };
}

async function getFunction(sdk: Sdk, client: LambdaClient, name: string): Promise<LambdaFunction | undefined> {
  return orMissing(`read function ${name}`, undefined, async () => {
    const { Configuration, Tags, TagsError } = await client.send(new sdk.GetFunctionCommand({ FunctionName: name }));
    // Without lambda:ListTags the answer comes without tags: what is ours would look like someone else's.
    if (TagsError) throw Object.assign(new Error(TagsError.Message), { name: TagsError.ErrorCode });
    return { latest: toVersion(Configuration ?? {}), tags: Tags ?? {} };
  });
}

async function listVersions(sdk: Sdk, client: LambdaClient, name: string): Promise<FunctionVersion[]> {
  return orMissing(`list the versions of function ${name}`, [], async () => {
    const versions: FunctionVersion[] = [];
    for await (const page of sdk.paginateListVersionsByFunction({ client }, { FunctionName: name })) {
      versions.push(...(page.Versions ?? []).map(toVersion));
    }
    return versions
      .filter(({ version }) => version !== '$LATEST')
      .sort((one, other) => Number(other.version) - Number(one.version));
  });
}

function orMissing<T>(what: string, missing: T, send: () => Promise<T>): Promise<T> {
  return call(what, async () => {
    try {
      return await send();
    } catch (error) {
      if (isAwsError(error, 'ResourceNotFoundException')) return missing;
      throw error;
    }
  });
}

function creation({ name, description, zip, tags, ...settings }: NewFunction) {
  return {
    FunctionName: name,
    Description: description,
    ...members(settings),
    Code: { ZipFile: zip },
    // Lambda@Edge takes no other (AWS-FACTS 1.3).
    Architectures: ['x86_64' as const],
    PackageType: 'Zip' as const,
    Tags: tags,
  };
}

function members({ runtime, handler, role, memory, timeout }: FunctionSettings) {
  return { Runtime: runtime as Runtime, Handler: handler, Role: role, MemorySize: memory, Timeout: timeout };
}

/** Known by their text, since the class is shared with other faults (AWS-FACTS 6, 7). */
function kindOf(error: Error): RefusalKind | undefined {
  if (/cannot be assumed by Lambda/i.test(error.message)) return 'role-not-ready';
  if (!isAwsError(error, 'ResourceConflictException')) return undefined;
  return /already exists?\b/i.test(error.message) ? undefined : 'busy';
}

function toVersion(configuration: FunctionConfiguration): FunctionVersion {
  const { FunctionArn = '', Version = '$LATEST' } = configuration;
  return {
    arn: FunctionArn,
    version: Version,
    codeSha256: configuration.CodeSha256 ?? '',
    runtime: configuration.Runtime ?? '',
    handler: configuration.Handler ?? '',
    role: configuration.Role ?? '',
    memory: configuration.MemorySize ?? 0,
    timeout: configuration.Timeout ?? 0,
    state: configuration.State ?? 'Active',
    stateReason: configuration.StateReason,
    lastUpdate: configuration.LastUpdateStatus ?? 'Successful',
    lastUpdateReason: configuration.LastUpdateStatusReason,
  };
}
