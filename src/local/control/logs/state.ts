/**
 * What CloudWatch Logs of the local AWS keeps. What one put appends is one row, never rewritten; rows lie in a table a
 * group, so that neither appending nor reading one group costs more as others grow.
 */
import { createHash } from 'node:crypto';
import type { Table } from '../../store.ts';
import { AwsError } from '../../wire/service.ts';
import type { LogEvent, World } from '../../world.ts';

export interface GroupRow {
  region: string;
  name: string;
  /** Milliseconds since 1970. */
  createdAt: number;
  retentionInDays?: number;
  tags?: Record<string, string>;
  /** Number of the next event in the group. */
  nextSequence: number;
  /** Bytes of all messages, 26 more for each event as AWS counts them. */
  storedBytes: number;
}

export interface StreamRow {
  name: string;
  /** Milliseconds since 1970. */
  createdAt: number;
}

/** What one put appended to one stream. */
export interface ChunkRow {
  stream: string;
  /** Milliseconds since 1970, of the earliest and the latest event. */
  first: number;
  last: number;
  ingestedAt: number;
  /** Number of the first event in the group; the others follow. */
  sequence: number;
  events: [timestamp: number, message: string][];
}

export interface LogsState {
  world: World;
  groups: Table<GroupRow>;
  streams(group: GroupRow): Table<StreamRow>;
  chunks(group: GroupRow): Table<ChunkRow>;
}

/** AWS counts 26 bytes for each event beside its message (d.ts PutLogEventsCommand). */
export const EVENT_OVERHEAD = 26;

/** Neither a region nor the name of a group has a space. */
const groupKey = (region: string, name: string): string => `${region} ${name}`;

export function logsState(world: World): LogsState {
  const tableOf = ({ region, name }: GroupRow): string =>
    createHash('sha256').update(groupKey(region, name)).digest('hex').slice(0, 24);
  return {
    world,
    groups: world.store.table<GroupRow>('logs.groups'),
    streams: (group) => world.store.table<StreamRow>(`logs.streams.${tableOf(group)}`),
    chunks: (group) => world.store.table<ChunkRow>(`logs.events.${tableOf(group)}`),
  };
}

export const findGroup = (logs: LogsState, region: string, name: string): GroupRow | undefined =>
  logs.groups.get(groupKey(region, name));

/** @throws AwsError ResourceNotFoundException (400) */
export function needGroup(logs: LogsState, region: string, name: string): GroupRow {
  const group = findGroup(logs, region, name);
  if (group) return group;
  throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.', { status: 400 });
}

/** @throws AwsError ResourceNotFoundException (400) */
export function needStream(logs: LogsState, group: GroupRow, name: string): StreamRow {
  const stream = logs.streams(group).get(name);
  if (stream) return stream;
  throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.', { status: 400 });
}

export const saveGroup = (logs: LogsState, group: GroupRow): void =>
  logs.groups.set(groupKey(group.region, group.name), group);

/** Makes an empty group, in place of one that is there. */
export function makeGroup(logs: LogsState, region: string, name: string, tags?: Record<string, string>): GroupRow {
  const createdAt = logs.world.now();
  const group: GroupRow = { region, name, createdAt, nextSequence: 0, storedBytes: 0, ...(tags ? { tags } : {}) };
  emptyGroup(logs, group);
  saveGroup(logs, group);
  return group;
}

export function removeGroup(logs: LogsState, group: GroupRow): void {
  emptyGroup(logs, group);
  logs.groups.delete(groupKey(group.region, group.name));
}

function emptyGroup(logs: LogsState, group: GroupRow): void {
  for (const table of [logs.streams(group), logs.chunks(group)]) {
    for (const [key] of table.entries()) table.delete(key);
  }
}

/** Appends events to a stream that is there. */
export function append(logs: LogsState, group: GroupRow, stream: string, events: readonly LogEvent[]): void {
  if (events.length === 0) return;
  const times = events.map(({ timestamp }) => timestamp);
  const chunk: ChunkRow = {
    stream,
    first: times.reduce((a, b) => Math.min(a, b)),
    last: times.reduce((a, b) => Math.max(a, b)),
    ingestedAt: logs.world.now(),
    sequence: group.nextSequence,
    events: events.map(({ timestamp, message }) => [timestamp, message]),
  };
  // The counter goes first: killed between the two writes, a number is lost, but none is given twice.
  saveGroup(logs, {
    ...group,
    nextSequence: group.nextSequence + events.length,
    storedBytes: group.storedBytes + batchBytes(events),
  });
  logs.chunks(group).set(String(chunk.sequence), chunk);
}

/** Bytes of a batch as AWS counts them: messages in UTF-8 and 26 for each event. */
export const batchBytes = (events: readonly { message: string }[]): number =>
  events.reduce((sum, { message }) => sum + Buffer.byteLength(message) + EVENT_OVERHEAD, 0);
