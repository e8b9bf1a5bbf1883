/** CloudFront Functions as their API describes them, and who uses which. */
import type { DistributionConfig, FunctionSummary } from '@aws-sdk/client-cloudfront';
import { AwsError } from '../../wire/service.ts';
import type { ViewerFunction } from '../../world.ts';
import { behaviorsOf } from './behaviors.ts';
import { isDeployed, served } from './deployments.ts';
import { type CloudFrontRoom, currentConfigs, type FunctionRow, type FunctionStageRow } from './room.ts';
import { checkValue } from './values.ts';

export type Stage = 'DEVELOPMENT' | 'LIVE';

const KIND = 'function/';

export function viewerFunctionArn(room: CloudFrontRoom, name: string): string {
  return `arn:aws:cloudfront::${room.world.account}:${KIND}${name}`;
}

/** The function with this ARN, or undefined when there is none. */
export function functionByArn(room: CloudFrontRoom, arn: string): FunctionRow | undefined {
  const name = arn.slice(arn.indexOf(KIND) + KIND.length);
  return arn === viewerFunctionArn(room, name) ? room.functions.get(name) : undefined;
}

/** @throws NoSuchFunctionExists */
export function findFunction(room: CloudFrontRoom, name: string | undefined): FunctionRow {
  const row = room.functions.get(name ?? '');
  if (!row) throw noSuchFunction();
  return row;
}

/** What was written last to a stage; DEVELOPMENT when none is given. @throws NoSuchFunctionExists, InvalidArgument */
export function findStage(
  room: CloudFrontRoom,
  row: FunctionRow,
  stage: string | undefined,
): { stage: Stage; content: FunctionStageRow } {
  checkValue(room, 'stage', stage, ['DEVELOPMENT', 'LIVE']);
  if (stage !== 'LIVE') return { stage: 'DEVELOPMENT', content: row.development };
  if (!row.live) throw noSuchFunction();
  return { stage, content: row.live.current.config };
}

function noSuchFunction(): AwsError {
  return new AwsError('NoSuchFunctionExists', 'The specified function does not exist.');
}

export function summarizeFunction(
  room: CloudFrontRoom,
  row: FunctionRow,
  { stage, content }: { stage: Stage; content: FunctionStageRow },
): FunctionSummary {
  return {
    Name: row.name,
    Status: statusOf(room, row, stage),
    FunctionConfig: content.config,
    FunctionMetadata: {
      FunctionARN: viewerFunctionArn(room, row.name),
      Stage: stage,
      CreatedTime: new Date(row.createdAt),
      LastModifiedTime: new Date(content.modifiedAt),
    },
  };
}

/** A development stage that is ahead of what was published is unpublished again; IN_PROGRESS is inferred (INF). */
function statusOf(room: CloudFrontRoom, row: FunctionRow, stage: Stage): string {
  if (!row.live || (stage === 'DEVELOPMENT' && row.publishedEtag !== row.development.etag)) return 'UNPUBLISHED';
  const users = usersOf(room, row);
  if (users.length === 0) return 'UNASSOCIATED';
  const { now, delays } = room.world;
  const deployed = users.every((id) => {
    const distribution = room.distributions.get(id);
    return distribution && isDeployed(distribution.deployments, now(), delays.deploy);
  });
  return deployed ? 'DEPLOYED' : 'IN_PROGRESS';
}

/** Ids of the distributions with this function on a behavior. */
export function usersOf(room: CloudFrontRoom, row: FunctionRow): string[] {
  const arn = viewerFunctionArn(room, row.name);
  return currentConfigs(room)
    .filter(({ config }) => usesFunction(config, arn))
    .map(({ id }) => id);
}

export function usesFunction(config: DistributionConfig, arn: string): boolean {
  return behaviorsOf(config).some((behavior) =>
    (behavior.FunctionAssociations?.Items ?? []).some((item) => item.FunctionARN === arn),
  );
}

/** The function as the edges run it: in LIVE the published copy whose deployment ended. */
export function viewerFunction(room: CloudFrontRoom, arn: string, stage: Stage): ViewerFunction | undefined {
  const row = functionByArn(room, arn);
  const content = row && (stage === 'LIVE' ? servedStage(room, row) : row.development);
  return row && content && runnable(room, row, content);
}

function servedStage({ world }: CloudFrontRoom, { live }: FunctionRow): FunctionStageRow | undefined {
  // A function that was published for the first time is used by nothing that is deployed yet: nothing to wait for.
  return live && (served(live, world.now(), world.delays.deploy) ?? live.current.config);
}

/** What the runtime needs of a stage. */
export function runnable(room: CloudFrontRoom, row: FunctionRow, content: FunctionStageRow): ViewerFunction {
  const store = content.config.KeyValueStoreAssociations?.Items?.[0]?.KeyValueStoreARN;
  return {
    arn: viewerFunctionArn(room, row.name),
    name: row.name,
    runtime: content.config.Runtime ?? '',
    code: Buffer.from(content.code, 'base64').toString(),
    etag: content.etag,
    ...(store !== undefined && { keyValueStore: store }),
  };
}
