/** Events of a group in time order; those of one millisecond in the order they were put. Pure. */
import type { ChunkRow } from './state.ts';

export interface StoredEvent {
  stream: string;
  /** Milliseconds since 1970. */
  timestamp: number;
  ingestedAt: number;
  message: string;
  /** Number in the group. */
  sequence: number;
}

/** A place between events: everything with a smaller (timestamp, sequence) lies before it. */
export interface Position {
  timestamp: number;
  sequence: number;
}

export interface Window {
  /** Milliseconds since 1970, both inclusive. */
  from: number;
  to: number;
  /** Events from here on, or, backwards, those before. */
  position?: Position | undefined;
  backwards: boolean;
}

export const positionBefore = ({ timestamp, sequence }: StoredEvent): Position => ({ timestamp, sequence });
export const positionAfter = ({ timestamp, sequence }: StoredEvent): Position => ({
  timestamp,
  sequence: sequence + 1,
});

/** Lazy: chunks are sorted in runs of overlapping times, so a reader that stops early has not sorted the rest. */
export function* inTimeOrder(chunks: readonly ChunkRow[], window: Window): Generator<StoredEvent> {
  const { from, to } = timeLimits(window);
  const runs = overlappingRuns(chunks.filter(({ first, last }) => last >= from && first <= to));
  for (const run of window.backwards ? runs.reverse() : runs) {
    const events = run.flatMap(eventsOf).filter((event) => inside(event, window));
    events.sort(compare);
    yield* window.backwards ? events.reverse() : events;
  }
}

function timeLimits({ from, to, position, backwards }: Window): { from: number; to: number } {
  if (!position) return { from, to };
  return backwards ? { from, to: Math.min(to, position.timestamp) } : { from: Math.max(from, position.timestamp), to };
}

function overlappingRuns(chunks: ChunkRow[]): ChunkRow[][] {
  const runs: ChunkRow[][] = [];
  let until = Number.NEGATIVE_INFINITY;
  for (const chunk of chunks.sort((a, b) => a.first - b.first)) {
    const run = runs.at(-1);
    if (run && chunk.first <= until) run.push(chunk);
    else runs.push([chunk]);
    until = Math.max(until, chunk.last);
  }
  return runs;
}

function eventsOf({ stream, ingestedAt, sequence, events }: ChunkRow): StoredEvent[] {
  return events.map(([timestamp, message], i) => ({ stream, timestamp, ingestedAt, message, sequence: sequence + i }));
}

function inside(event: StoredEvent, { from, to, position, backwards }: Window): boolean {
  if (event.timestamp < from || event.timestamp > to) return false;
  return !position || compare(event, position) < 0 === backwards;
}

const compare = (a: Position, b: Position): number => a.timestamp - b.timestamp || a.sequence - b.sequence;
