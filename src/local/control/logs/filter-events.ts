/** FilterLogEvents: all streams of a group as one, in time order. */
import { createHash } from 'node:crypto';
import type {
  FilteredLogEvent,
  FilterLogEventsCommandInput,
  FilterLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Handler } from '../../wire/service.ts';
import type { World } from '../../world.ts';
import { type Matches, PatternError } from './filter-regex.ts';
import { inTimeOrder, type Position, positionAfter, positionBefore, type StoredEvent } from './order.ts';
import { compilePattern } from './pattern.ts';
import { MAX_PAGE_BYTES, MAX_PAGE_EVENTS, pageBytes } from './read-events.ts';
import { type ChunkRow, type GroupRow, type LogsState, needStream } from './state.ts';
import { eventId, filterToken, readFilterToken } from './tokens.ts';
import { checkedLimit, checkedToken, chosenGroup, requireParameter } from './validate.ts';

/**
 * Events that one answer looks through. Past them it ends, with a token and perhaps without an event: AWS does so too
 * (AWS-FACTS 5), at a number it does not tell (INF).
 */
const MAX_SCANNED = 10_000;
/** Newest first is there for times from this one on (d.ts FilterLogEventsRequest). */
const NEWEST_FIRST_SINCE = Date.UTC(2024, 0, 1);

export function filterLogEvents(logs: LogsState): Handler<FilterLogEventsCommandInput, FilterLogEventsCommandOutput> {
  return (input, { region }) => {
    const limit = checkedLimit(logs.world, input.limit, MAX_PAGE_EVENTS);
    const group = chosenGroup(logs, region, input);
    const id = groupDigits(group);
    const cursor = checkedToken(logs.world, input.nextToken, (text) => readFilterToken(text, id));
    const backwards = cursor?.backwards ?? wantsNewestFirst(logs.world, input);
    const events = inTimeOrder(chosenChunks(logs, group, input), {
      from: input.startTime ?? 0,
      // "later than this time are not returned"
      to: input.endTime ?? Number.MAX_SAFE_INTEGER,
      position: cursor?.position,
      backwards,
    });
    const page = scan(events, checkedPattern(logs.world, input.filterPattern), limit, backwards);
    return {
      events: page.found.map((event) => output(event, id)),
      searchedLogStreams: [],
      ...(page.next ? { nextToken: filterToken({ group: id, position: page.next, backwards }) } : {}),
    };
  };
}

/** Tells a group from every other, and from one of its name that was deleted: 30 digits. */
function groupDigits({ region, name, createdAt }: GroupRow): string {
  const hash = createHash('sha256').update(`${region} ${name} ${createdAt}`).digest('hex');
  return BigInt(`0x${hash}`).toString().padStart(30, '0').slice(-30);
}

function wantsNewestFirst(world: World, { startFromHead, startTime = 0 }: FilterLogEventsCommandInput): boolean {
  if (startFromHead !== false) return false;
  const words = 'startFromHead can be false only if startTime is on or after January 1, 2024.'; // INF: wording
  requireParameter(world, 'logs.newest-first', startTime >= NEWEST_FIRST_SINCE, words);
  return true;
}

/** @throws AwsError InvalidParameterException, ResourceNotFoundException (400) */
function chosenChunks(logs: LogsState, group: GroupRow, input: FilterLogEventsCommandInput): ChunkRow[] {
  const { logStreamNames: names, logStreamNamePrefix: prefix } = input;
  const words = 'You must include either logStreamNames or logStreamNamePrefix, but not both.'; // INF: wording
  requireParameter(logs.world, 'logs.stream-choice', names === undefined || prefix === undefined, words);
  for (const name of names ?? []) needStream(logs, group, name);
  const wanted = names && new Set(names);
  return logs
    .chunks(group)
    .values()
    .filter(({ stream }) => (wanted ? wanted.has(stream) : stream.startsWith(prefix ?? '')));
}

function checkedPattern(world: World, pattern: string | undefined): Matches {
  try {
    return compilePattern(pattern ?? '');
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    requireParameter(world, 'logs.filter-pattern', false, error.message);
    return () => true;
  }
}

interface Page {
  found: StoredEvent[];
  /** Where the next page goes on; undefined when nothing is left to look at. */
  next: Position | undefined;
}

function scan(events: Iterable<StoredEvent>, matches: Matches, limit: number, backwards: boolean): Page {
  const found: StoredEvent[] = [];
  let scanned = 0;
  let bytes = 0;
  for (const event of events) {
    // The token names the place in front of the event that did not fit, in the direction of the search.
    const next = backwards ? positionAfter(event) : positionBefore(event);
    if (found.length >= limit || scanned >= MAX_SCANNED) return { found, next };
    scanned++;
    if (!matches(event.message)) continue;
    bytes += pageBytes(event);
    if (found.length > 0 && bytes > MAX_PAGE_BYTES) return { found, next };
    found.push(event);
  }
  return { found, next: undefined };
}

const output = (event: StoredEvent, group: string): FilteredLogEvent => ({
  logStreamName: event.stream,
  timestamp: event.timestamp,
  message: event.message,
  ingestionTime: event.ingestedAt,
  eventId: eventId(event, group),
});
