/** Which invalidations are still on their way to the edges. */
import type { CloudFrontRoom, InvalidationRow } from './room.ts';

export function isCompleted(room: CloudFrontRoom, row: InvalidationRow): boolean {
  return row.at + room.world.delays.invalidation <= room.world.now();
}

export function inProgress(room: CloudFrontRoom, distribution: string): InvalidationRow[] {
  return (room.invalidations.get(distribution) ?? []).filter((row) => !isCompleted(room, row));
}
