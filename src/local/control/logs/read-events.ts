/** GetLogEvents: one stream, forwards or backwards. */
import type {
  GetLogEventsCommandInput,
  GetLogEventsCommandOutput,
  OutputLogEvent,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Handler } from '../../wire/service.ts';
import { inTimeOrder, type Position, positionAfter, positionBefore, type StoredEvent } from './order.ts';
import { EVENT_OVERHEAD, type LogsState, needStream } from './state.ts';
import { readStreamToken, streamToken } from './tokens.ts';
import { checkedLimit, checkedToken, chosenGroup } from './validate.ts';

/** Events and bytes of a page (d.ts GetLogEventsRequest, FilterLogEventsRequest). */
export const MAX_PAGE_EVENTS = 10_000;
export const MAX_PAGE_BYTES = 1_048_576;

export const pageBytes = ({ message }: StoredEvent): number => Buffer.byteLength(message) + EVENT_OVERHEAD;

export function getLogEvents(logs: LogsState): Handler<GetLogEventsCommandInput, GetLogEventsCommandOutput> {
  return (input, { region, now }) => {
    const limit = checkedLimit(logs.world, input.limit, MAX_PAGE_EVENTS);
    const token = checkedToken(logs.world, input.nextToken, readStreamToken);
    const group = chosenGroup(logs, region, input);
    const stream = needStream(logs, group, input.logStreamName ?? '');
    const backwards = token ? token.direction === 'b' : input.startFromHead !== true;
    const chunks = logs.chunks(group).values();
    const page = firstPage(
      inTimeOrder(
        chunks.filter((chunk) => chunk.stream === stream.name),
        {
          from: input.startTime ?? 0,
          // "equal to or later than this time are not included"
          to: (input.endTime ?? Number.MAX_SAFE_INTEGER) - 1,
          position: token?.position,
          backwards,
        },
      ),
      limit,
    );
    const events = backwards ? page.reverse() : page;
    const [first, last] = [events[0], events.at(-1)];
    // At the end of the stream both tokens stay where they were.
    const here: Position = token?.position ?? { timestamp: backwards ? now : (input.startTime ?? 0), sequence: 0 };
    return {
      events: events.map(output),
      nextForwardToken: streamToken('f', last ? positionAfter(last) : here),
      nextBackwardToken: streamToken('b', first ? positionBefore(first) : here),
    };
  };
}

function firstPage(events: Iterable<StoredEvent>, limit: number): StoredEvent[] {
  const page: StoredEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    bytes += pageBytes(event);
    if (page.length >= limit || (page.length > 0 && bytes > MAX_PAGE_BYTES)) break;
    page.push(event);
  }
  return page;
}

const output = ({ timestamp, message, ingestedAt }: StoredEvent): OutputLogEvent => ({
  timestamp,
  message,
  ingestionTime: ingestedAt,
});
