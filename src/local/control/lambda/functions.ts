/** Functions: made, read, listed, deleted. */
import type * as Sdk from '@aws-sdk/client-lambda';
import type { CallContext, Handler } from '../../wire/service.ts';
import { uniqueUuid } from '../sequence.ts';
import { takeCode, UNZIPPED_LIMIT, ZIP_LIMIT } from './code.ts';
import { describe } from './configuration.ts';
import { checkNewName, functionArn, parseFunctionName } from './names.ts';
import { page } from './pages.ts';
import { isReplicated, listReplicas } from './replicas.ts';
import {
  findFunction,
  findVersion,
  functionKey,
  LATEST,
  type LambdaRoom,
  saveVersion,
  type VersionRow,
  versionsOf,
} from './room.ts';
import { newSettings } from './settings.ts';
import { publish } from './versions.ts';

type Create = Handler<Sdk.CreateFunctionCommandInput, Sdk.CreateFunctionCommandOutput>;
type Get = Handler<Sdk.GetFunctionCommandInput, Sdk.GetFunctionCommandOutput>;
type GetConfiguration = Handler<Sdk.GetFunctionConfigurationCommandInput, Sdk.GetFunctionConfigurationCommandOutput>;
type List = Handler<Sdk.ListFunctionsCommandInput, Sdk.ListFunctionsCommandOutput>;
type Delete = Handler<Sdk.DeleteFunctionCommandInput, Sdk.DeleteFunctionCommandOutput>;
type AccountSettings = Handler<Sdk.GetAccountSettingsCommandInput, Sdk.GetAccountSettingsCommandOutput>;

/** CreateFunction, GetFunction, GetFunctionConfiguration, ListFunctions, DeleteFunction, GetAccountSettings. */
export function functionHandlers(room: LambdaRoom) {
  return {
    CreateFunction: createFunction(room),
    GetFunction: getFunction(room),
    GetFunctionConfiguration: ((input, context) => {
      const named = parseFunctionName(room, context.region, input.FunctionName ?? '', input.Qualifier);
      return describe(room, findVersion(room, named), named.qualifier !== undefined);
    }) satisfies GetConfiguration,
    ListFunctions: listFunctions(room),
    DeleteFunction: deleteFunction(room),
    GetAccountSettings: ((_input, context) => accountSettings(room, context)) satisfies AccountSettings,
  };
}

function createFunction(room: LambdaRoom): Create {
  return async (input, context) => {
    const named = parseFunctionName(room, context.region, input.FunctionName ?? '');
    checkNewName(room, named.name);
    const settings = newSettings(room, { ...input, FunctionName: named.name });
    const code = await takeCode(room, input.Code ?? {}, context);
    room.refuse(
      'lambda.function-exists',
      room.functions.get(functionKey(named)) !== undefined,
      'ResourceConflictException',
      `Function already exist: ${named.name}`,
    );
    room.functions.set(functionKey(named), { region: named.region, name: named.name, tags: input.Tags ?? {} });
    const latest = saveVersion(room, {
      region: named.region,
      name: named.name,
      version: LATEST,
      settings,
      code,
      revisionId: uniqueUuid(room.world),
      createdAt: room.world.now(),
    });
    return input.Publish ? describe(room, publish(room, latest), true) : describe(room, latest, false);
  };
}

function getFunction(room: LambdaRoom): Get {
  return (input, context) => {
    const named = parseFunctionName(room, context.region, input.FunctionName ?? '', input.Qualifier);
    const row = findVersion(room, named);
    const { tags } = findFunction(room, named);
    return {
      Configuration: describe(room, row, named.qualifier !== undefined),
      Code: { RepositoryType: 'S3', Location: codeLocation(room, row) },
      ...(Object.keys(tags).length > 0 && { Tags: tags }),
    };
  };
}

/** Where AWS would let the zip be downloaded. It names the bytes; nothing answers there. */
function codeLocation(room: LambdaRoom, row: VersionRow): string {
  const host = `awslambda-${row.region}-tasks.s3.${row.region}.amazonaws.com`;
  return `https://${host}/snapshots/${room.world.account}/${row.name}-${row.code.blob.slice(0, 32)}`;
}

function listFunctions(room: LambdaRoom): List {
  return (input, context) => {
    const all = input.FunctionVersion === 'ALL';
    room.refuse(
      'lambda.master-region-all',
      input.MasterRegion !== undefined && !all,
      'InvalidParameterValueException',
      'FunctionVersion must be set to ALL if MasterRegion is specified.', // INF
    );
    const found = input.MasterRegion
      ? listReplicas(room, input.MasterRegion, context.region)
      : room.functions
          .values()
          .filter((row) => row.region === context.region)
          .sort((a, b) => a.name.localeCompare(b.name))
          .flatMap((row) => versionsOf(room, row).filter((version) => all || version.version === LATEST))
          .map((row) => describe(room, row, all));
    const { items, next } = page(found, input);
    return { Functions: items, NextMarker: next };
  };
}

function deleteFunction(room: LambdaRoom): Delete {
  return (input, context) => {
    const named = parseFunctionName(room, context.region, input.FunctionName ?? '', input.Qualifier);
    findFunction(room, { ...named, qualifier: undefined });
    room.refuse(
      'lambda.delete-latest',
      named.qualifier === LATEST,
      'InvalidParameterValueException',
      '$LATEST version cannot be deleted without deleting the function.',
    );
    const doomed = versionsOf(room, named).filter((row) => !named.qualifier || row.version === named.qualifier);
    for (const row of doomed) {
      const arn = functionArn(room.world.account, row.region, row.name, row.version);
      room.refuse(
        'lambda.replicated',
        isReplicated(room, row),
        'InvalidParameterValueException',
        `Lambda was unable to delete ${arn} because it is a replicated function. Please see our documentation for Deleting Lambda@Edge Functions and Replicas.`,
      );
    }
    for (const row of doomed) room.versions.delete(`${functionKey(row)}/${row.version}`);
    if (!named.qualifier) room.functions.delete(functionKey(named));
    return { StatusCode: 204 };
  };
}

function accountSettings(room: LambdaRoom, context: CallContext): Sdk.GetAccountSettingsResponse {
  const here = room.versions.values().filter((row) => row.region === context.region);
  return {
    AccountLimit: {
      TotalCodeSize: 300 * 1024 ** 3,
      CodeSizeUnzipped: UNZIPPED_LIMIT,
      CodeSizeZipped: ZIP_LIMIT,
      ConcurrentExecutions: 1000,
      UnreservedConcurrentExecutions: 1000,
    },
    AccountUsage: {
      TotalCodeSize: here.reduce((sum, row) => sum + row.code.unzippedSize, 0),
      FunctionCount: here.filter((row) => row.version === LATEST).length,
    },
  };
}
