/** Copies of a version that CloudFront holds in the regions of its edges (AWS-FACTS 2). */
import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import { EDGE_REGIONS } from '../../edge/regions.ts';
import { describe } from './configuration.ts';
import { functionArn } from './names.ts';
import type { LambdaRoom, VersionRow } from './room.ts';

/** Writes down which distributions refer to a version now; the clock of its replicas starts when the last one lets go. */
export function setAssociations(room: LambdaRoom, versionArn: string, distributionIds: string[]): void {
  const before = room.replicas.get(versionArn);
  if (distributionIds.length > 0) room.replicas.set(versionArn, { distributions: distributionIds });
  else if (before && before.distributions.length > 0) {
    room.replicas.set(versionArn, { distributions: [], releasedAt: room.world.now() });
  }
}

export function isReplicated(room: LambdaRoom, row: VersionRow): boolean {
  const replica = room.replicas.get(arnOf(room, row));
  if (!replica) return false;
  if (replica.distributions.length > 0) return true;
  return replica.releasedAt !== undefined && room.world.now() < replica.releasedAt + room.world.delays.replica;
}

/** The replicas in `region` of functions whose home is `masterRegion`, described as ListFunctions does it. */
export function listReplicas(room: LambdaRoom, masterRegion: string, region: string): FunctionConfiguration[] {
  if (!EDGE_REGIONS.some((edge) => edge === region)) return [];
  return room.versions
    .values()
    .filter((row) => row.region === masterRegion && isReplicated(room, row))
    .map((row) => {
      const name = `${masterRegion}.${row.name}`;
      return {
        ...describe(room, row, true),
        FunctionName: name,
        FunctionArn: functionArn(room.world.account, region, name, row.version),
        MasterArn: arnOf(room, row),
      };
    });
}

function arnOf(room: LambdaRoom, row: VersionRow): string {
  return functionArn(room.world.account, row.region, row.name, row.version);
}
