/** PutLogEvents, and what the services of the local AWS log. */
import type {
  InputLogEvent,
  PutLogEventsCommandInput,
  PutLogEventsCommandOutput,
  RejectedLogEventsInfo,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Handler } from '../../wire/service.ts';
import type { LogEvent, World } from '../../world.ts';
import {
  append,
  batchBytes,
  findGroup,
  type GroupRow,
  type LogsState,
  makeGroup,
  needGroup,
  needStream,
} from './state.ts';
import { requireParameter } from './validate.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** d.ts PutLogEventsCommand. */
const MAX_EVENTS = 10_000;
const MAX_BYTES = 1_048_576;
const MAX_FUTURE = 2 * HOUR;
const MAX_AGE = 14 * DAY;

export function putLogEvents(logs: LogsState): Handler<PutLogEventsCommandInput, PutLogEventsCommandOutput> {
  return (input, { region, now }) => {
    const group = needGroup(logs, region, input.logGroupName ?? '');
    const stream = needStream(logs, group, input.logStreamName ?? '');
    const events = (input.logEvents ?? []).map(toEvent);
    requireBatch(logs.world, events);
    const rejected = rejectedOf(events, group, now);
    const first = Math.max(rejected.tooOldLogEventEndIndex ?? 0, rejected.expiredLogEventEndIndex ?? 0);
    append(logs, group, stream.name, events.slice(first, rejected.tooNewLogEventStartIndex));
    return {
      nextSequenceToken: String(group.nextSequence + events.length).padStart(56, '0'),
      ...(Object.keys(rejected).length > 0 ? { rejectedLogEventsInfo: rejected } : {}),
    };
  };
}

const toEvent = ({ timestamp = 0, message = '' }: InputLogEvent): LogEvent => ({ timestamp, message });

/** A service's own events: group and stream come into being, nothing is checked, any order will do. */
export function putOwnEvents(logs: LogsState, region: string, name: string, stream: string, events: LogEvent[]): void {
  const group = findGroup(logs, region, name) ?? makeGroup(logs, region, name);
  const streams = logs.streams(group);
  if (!streams.get(stream)) streams.set(stream, { name: stream, createdAt: logs.world.now() });
  append(logs, group, stream, events);
}

function requireBatch(world: World, events: LogEvent[]): void {
  const tooMany = `1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length less than or equal to ${MAX_EVENTS}`;
  requireParameter(world, 'logs.batch-count', events.length <= MAX_EVENTS, tooMany);
  const bytes = batchBytes(events);
  const tooLarge = `Upload too large: ${bytes} bytes exceeds limit of ${MAX_BYTES}`;
  requireParameter(world, 'logs.batch-size', bytes <= MAX_BYTES, tooLarge);
  const ordered = events.every(({ timestamp }, i) => timestamp >= (events[i - 1]?.timestamp ?? 0));
  const disordered = 'Log events in a single PutLogEvents request must be in chronological order.';
  requireParameter(world, 'logs.batch-order', ordered, disordered);
  const span = (events.at(-1)?.timestamp ?? 0) - (events[0]?.timestamp ?? 0);
  const tooLong = 'The batch of log events in a single PutLogEvents request cannot span more than 24 hours.';
  requireParameter(world, 'logs.batch-span', span <= DAY, tooLong);
}

/** Too old, beyond the group's retention, too new: these are left out, and the call succeeds all the same. */
function rejectedOf(events: LogEvent[], { retentionInDays }: GroupRow, now: number): RejectedLogEventsInfo {
  const before = (limit: number): number => events.filter(({ timestamp }) => timestamp < limit).length;
  const tooOld = before(now - MAX_AGE);
  const expired = retentionInDays === undefined ? 0 : before(now - retentionInDays * DAY);
  const inTime = before(now + MAX_FUTURE + 1);
  return {
    ...(tooOld > 0 ? { tooOldLogEventEndIndex: tooOld } : {}),
    ...(expired > 0 ? { expiredLogEventEndIndex: expired } : {}),
    ...(inTime < events.length ? { tooNewLogEventStartIndex: inTime } : {}),
  };
}
