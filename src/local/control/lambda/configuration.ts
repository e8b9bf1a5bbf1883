/** A version as Lambda describes it, with the states that pass by the clock. */
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { FunctionVersion } from '../../world.ts';
import { functionArn } from './names.ts';
import { LATEST, type LambdaRoom, type VersionRow } from './room.ts';

export function isPending(room: LambdaRoom, row: VersionRow): boolean {
  return room.world.now() < row.createdAt + room.world.delays.lambda;
}

export function isUpdating(room: LambdaRoom, row: VersionRow): boolean {
  return row.updatedAt !== undefined && room.world.now() < row.updatedAt + room.world.delays.lambda;
}

/** The shape of GetFunctionConfiguration. `qualified`: the ARN names the version, as it does when the caller asked for one. */
export function describe(room: LambdaRoom, row: VersionRow, qualified: boolean): FunctionConfiguration {
  const { Environment, Layers, SnapStart, ...settings } = row.settings;
  return {
    ...settings,
    FunctionName: row.name,
    FunctionArn: functionArn(room.world.account, row.region, row.name, qualified ? row.version : undefined),
    CodeSize: row.code.size,
    CodeSha256: row.code.sha256,
    Version: row.version,
    LastModified: new Date(row.updatedAt ?? row.createdAt).toISOString().replace('Z', '+0000'),
    RevisionId: row.revisionId,
    PackageType: 'Zip',
    SnapStart: { ApplyOn: SnapStart?.ApplyOn ?? 'None', OptimizationStatus: 'Off' },
    ...(Object.keys(Environment).length > 0 && { Environment: { Variables: Environment } }),
    ...(Layers?.length && { Layers: Layers.map((arn) => ({ Arn: arn, CodeSize: 0 })) }),
    ...state(room, row),
  };
}

function state(room: LambdaRoom, row: VersionRow): FunctionConfiguration {
  const reason = 'The function is being created.';
  return {
    ...(isPending(room, row)
      ? { State: 'Pending', StateReason: reason, StateReasonCode: 'Creating' }
      : { State: 'Active' }),
    ...(isUpdating(room, row)
      ? { LastUpdateStatus: 'InProgress', LastUpdateStatusReason: reason }
      : { LastUpdateStatus: 'Successful' }),
  };
}

/** A published version as the edge needs it; undefined for $LATEST. */
export function asFunctionVersion(room: LambdaRoom, row: VersionRow): FunctionVersion | undefined {
  if (row.version === LATEST) return undefined;
  const { settings, code } = row;
  const ownGroup = settings.LoggingConfig.LogGroup;
  return {
    arn: functionArn(room.world.account, row.region, row.name, row.version),
    functionName: row.name,
    version: row.version,
    region: row.region,
    role: settings.Role,
    runtime: settings.Runtime,
    handler: settings.Handler,
    architectures: [...settings.Architectures],
    memorySize: settings.MemorySize,
    timeout: settings.Timeout,
    environment: settings.Environment,
    state: isPending(room, row) ? 'Pending' : 'Active',
    layers: settings.Layers ?? [],
    codeBlob: code.blob,
    codeSha256: code.sha256,
    codeSize: code.size,
    logGroup: ownGroup === `/aws/lambda/${row.name}` ? undefined : ownGroup,
  };
}
