/** Reading the groups of many regions at once: what each region answered, and what is new in it. */
import type { Cursor } from './cursor.ts';
import { createCursor } from './cursor.ts';
import type { LogLine } from './event.ts';
import { sortByTime } from './merge.ts';

/** One group in one region. */
export interface Source {
  region: string;
  group: string;
  state: 'unknown' | 'present' | 'missing' | 'disabled' | 'failed';
  cursor: Cursor;
  /** What the last try failed with. */
  error?: unknown;
}

export interface SourceOptions {
  /** Milliseconds since 1970. */
  start: number;
}

/** Late events come within seconds as a rule; CloudWatch may take more than a minute (CLI-UX 1f). */
const OVERLAP = 90_000;
/** About 12 MB for one busy region; several thousand requests within the overlap. */
const CAPACITY = 50_000;

/** Every group in every region, nothing known of any. */
export function createSources(
  regions: readonly string[],
  groups: readonly string[],
  { start }: SourceOptions,
): Source[] {
  return regions.flatMap((region) =>
    groups.map((group) => ({
      region,
      group,
      state: 'unknown' as const,
      cursor: createCursor({ start, overlap: OVERLAP, capacity: CAPACITY }),
    })),
  );
}

/** The source's answer, read off: which lines are new, in time order. */
export function take(source: Source, events: readonly Omit<LogLine, 'region' | 'group'>[]): LogLine[] {
  source.state = 'present';
  source.error = undefined;
  const { region, group } = source;
  return sortByTime(source.cursor.fresh(events)).map(({ id, timestamp, stream, message }) => ({
    region,
    group,
    stream,
    id,
    timestamp,
    message,
  }));
}

export interface Coverage {
  /** Regions that had lines, with their number. */
  present: { region: string; lines: number }[];
  /** Regions where nothing was logged, ever. */
  missing: string[];
  disabled: string[];
  failed: { region: string; error: unknown }[];
}

/** What became of each region. A region is named once, by the best of its groups. */
export function coverage(sources: readonly Source[], lines: readonly LogLine[]): Coverage {
  const counts = new Map<string, number>();
  for (const { region } of lines) counts.set(region, (counts.get(region) ?? 0) + 1);
  const regions = [...new Set(sources.map(({ region }) => region))];
  const of = (region: string) => sources.filter((source) => source.region === region);
  const all = (state: Source['state']) => regions.filter((region) => of(region).every((one) => one.state === state));
  return {
    present: regions
      .filter((region) => counts.has(region))
      .map((region) => ({ region, lines: counts.get(region) ?? 0 })),
    missing: all('missing'),
    disabled: all('disabled'),
    failed: regions.flatMap((region) => {
      const failed = of(region).find(({ state }) => state === 'failed');
      return failed ? [{ region, error: failed.error }] : [];
    }),
  };
}
