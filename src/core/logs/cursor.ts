/** Where a follower stands in one log group: asked again over a window, and never printed twice. */

export interface CursorOptions {
  /** Milliseconds since 1970 to begin at. */
  start: number;
  /** Milliseconds that are asked again each time, since events arrive late and out of order. */
  overlap: number;
  /** Most event ids remembered. */
  capacity: number;
}

export interface Cursor {
  /** `startTime` of the next query: the newest time seen less the overlap, never before the start. */
  since(): number;
  /** Those that were not given before. */
  fresh<T extends { id: string; timestamp: number }>(events: readonly T[]): T[];
}

/**
 * The start never jumps to the newest time seen: that loses events of the same millisecond and late ones (CLI-UX 1f).
 * Ids are forgotten when they are older than the window, or by age when there are more than `capacity`.
 */
export function createCursor({ start, overlap, capacity }: CursorOptions): Cursor {
  const seen = new Map<string, number>();
  let newest = start;
  const since = (): number => Math.max(start, newest - overlap);
  return {
    since,
    fresh(events) {
      const unseen = events.filter(({ id, timestamp }) => {
        if (seen.has(id)) return false;
        seen.set(id, timestamp);
        newest = Math.max(newest, timestamp);
        return true;
      });
      forget(seen, since(), capacity);
      return unseen;
    },
  };
}

function forget(seen: Map<string, number>, before: number, capacity: number): void {
  for (const [id, timestamp] of seen) if (timestamp < before) seen.delete(id);
  // A Map iterates in the order of insertion, so the first are those seen longest ago.
  for (const id of seen.keys()) {
    if (seen.size <= capacity) return;
    seen.delete(id);
  }
}
