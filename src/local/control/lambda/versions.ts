/** Changes of $LATEST, and the numbered versions made from it. */
import type * as Sdk from '@aws-sdk/client-lambda';
import type { Handler } from '../../wire/service.ts';
import { uniqueUuid } from '../sequence.ts';
import { takeCode } from './code.ts';
import { describe, isPending, isUpdating } from './configuration.ts';
import { functionArn, parseFunctionName } from './names.ts';
import { page } from './pages.ts';
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
import { changedSettings } from './settings.ts';

type UpdateCode = Handler<Sdk.UpdateFunctionCodeCommandInput, Sdk.UpdateFunctionCodeCommandOutput>;
type UpdateConfiguration = Handler<
  Sdk.UpdateFunctionConfigurationCommandInput,
  Sdk.UpdateFunctionConfigurationCommandOutput
>;
type Publish = Handler<Sdk.PublishVersionCommandInput, Sdk.PublishVersionCommandOutput>;
type ListVersions = Handler<Sdk.ListVersionsByFunctionCommandInput, Sdk.ListVersionsByFunctionCommandOutput>;

/** UpdateFunctionCode, UpdateFunctionConfiguration, PublishVersion, ListVersionsByFunction. */
export function versionHandlers(room: LambdaRoom) {
  return {
    UpdateFunctionCode: updateCode(room),
    UpdateFunctionConfiguration: ((input, context) => {
      const latest = latestOf(room, context.region, input.FunctionName);
      checkIdle(room, latest);
      checkRevision(room, latest, input.RevisionId);
      return describe(
        room,
        update(room, { ...latest, settings: changedSettings(room, latest.settings, input) }),
        false,
      );
    }) satisfies UpdateConfiguration,
    PublishVersion: ((input, context) => {
      const latest = latestOf(room, context.region, input.FunctionName);
      checkIdle(room, latest);
      checkRevision(room, latest, input.RevisionId);
      checkCodeSha256(room, latest, input.CodeSha256);
      return describe(room, publish(room, latest, input.Description), true);
    }) satisfies Publish,
    ListVersionsByFunction: ((input, context) => {
      const named = parseFunctionName(room, context.region, input.FunctionName ?? '');
      findFunction(room, named);
      const { items, next } = page(versionsOf(room, named), input);
      return { Versions: items.map((row) => describe(room, row, true)), NextMarker: next };
    }) satisfies ListVersions,
  };
}

function updateCode(room: LambdaRoom): UpdateCode {
  return async (input, context) => {
    latestOf(room, context.region, input.FunctionName);
    const code = await takeCode(room, input, context);
    // Read again: another call may have changed the function while the zip was being checked.
    const latest = latestOf(room, context.region, input.FunctionName);
    checkIdle(room, latest);
    checkRevision(room, latest, input.RevisionId);
    const settings = { ...latest.settings, Architectures: input.Architectures ?? latest.settings.Architectures };
    const changed = { ...latest, code, settings };
    if (input.DryRun) return describe(room, changed, false);
    const row = update(room, changed);
    return input.Publish ? describe(room, publish(room, row), true) : describe(room, row, false);
  };
}

function update(room: LambdaRoom, row: VersionRow): VersionRow {
  return saveVersion(room, { ...row, revisionId: uniqueUuid(room.world), updatedAt: room.world.now() });
}

function latestOf(room: LambdaRoom, region: string, name: string | undefined): VersionRow {
  return findVersion(room, { ...parseFunctionName(room, region, name ?? ''), qualifier: undefined });
}

/**
 * The version that holds $LATEST as it is now: the last published one when nothing changed since, else a new one.
 * `description` is the version's own; by default that of $LATEST.
 */
export function publish(room: LambdaRoom, latest: VersionRow, description?: string): VersionRow {
  const basis = JSON.stringify([latest.code.sha256, latest.settings]);
  const last = versionsOf(room, latest).at(-1);
  if (last?.basis === basis) return last;
  const number = (room.numbers.get(functionKey(latest)) ?? 0) + 1;
  room.numbers.set(functionKey(latest), number);
  return saveVersion(room, {
    region: latest.region,
    name: latest.name,
    version: String(number),
    settings: { ...latest.settings, Description: description ?? latest.settings.Description },
    code: latest.code,
    revisionId: uniqueUuid(room.world),
    createdAt: room.world.now(),
    basis,
  });
}

/** @throws ResourceConflictException (AWS-FACTS 7) */
function checkIdle(room: LambdaRoom, latest: VersionRow): void {
  const start = 'The operation cannot be performed at this time.';
  room.refuse(
    'lambda.pending',
    isPending(room, latest),
    'ResourceConflictException',
    `${start} The function is currently in the following state: Pending`,
  );
  room.refuse(
    'lambda.update-in-progress',
    isUpdating(room, latest),
    'ResourceConflictException',
    `${start} An update is in progress for resource: ${functionArn(room.world.account, latest.region, latest.name)}`,
  );
}

function checkRevision(room: LambdaRoom, latest: VersionRow, revisionId: string | undefined): void {
  room.refuse(
    'lambda.revision-id',
    revisionId !== undefined && revisionId !== latest.revisionId,
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
  );
}

function checkCodeSha256(room: LambdaRoom, latest: VersionRow, sha256: string | undefined): void {
  room.refuse(
    'lambda.code-sha256',
    Boolean(sha256) && sha256 !== latest.code.sha256,
    'InvalidParameterValueException',
    `CodeSHA256 (${sha256}) is different from current CodeSHA256 in ${LATEST} (${latest.code.sha256}). Please try again with the CodeSHA256 in ${LATEST}.`,
  );
}
