/** Log streams: made and listed. */
import type {
  CreateLogStreamCommandInput,
  CreateLogStreamCommandOutput,
  DescribeLogStreamsCommandInput,
  DescribeLogStreamsCommandOutput,
  LogStream,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Handler, Handlers } from '../../wire/service.ts';
import { refuserOf } from '../refusal.ts';
import { groupArn } from './groups.ts';
import type { LogsRefusal } from './refusals.ts';
import { type ChunkRow, type GroupRow, type LogsState, needGroup, type StreamRow } from './state.ts';
import { nameToken, readNameToken } from './tokens.ts';
import { checkedLimit, checkedToken, chosenGroup, requireParameter, requireStreamName } from './validate.ts';

const MAX_STREAMS = 50;

export function streamHandlers(logs: LogsState): Handlers {
  return { CreateLogStream: createStream(logs), DescribeLogStreams: describeStreams(logs) };
}

function createStream(logs: LogsState): Handler<CreateLogStreamCommandInput, CreateLogStreamCommandOutput> {
  return ({ logGroupName = '', logStreamName: name = '' }, { region, now }) => {
    requireStreamName(logs.world, name);
    const streams = logs.streams(needGroup(logs, region, logGroupName));
    const known = streams.get(name) !== undefined;
    const words = 'The specified log stream already exists';
    const refuse = refuserOf<LogsRefusal>(logs.world);
    refuse('logs.stream-exists', known, 'ResourceAlreadyExistsException', words, { status: 400 });
    if (!known) streams.set(name, { name, createdAt: now });
    return {};
  };
}

function describeStreams(logs: LogsState): Handler<DescribeLogStreamsCommandInput, DescribeLogStreamsCommandOutput> {
  return (input, { region }) => {
    const prefix = input.logStreamNamePrefix ?? '';
    const byTime = input.orderBy === 'LastEventTime';
    const words = 'Cannot order by LastEventTime with a logStreamNamePrefix.';
    requireParameter(logs.world, 'logs.stream-order', !byTime || prefix === '', words);
    const limit = checkedLimit(logs.world, input.limit, MAX_STREAMS);
    const after = checkedToken(logs.world, input.nextToken, readNameToken);
    const group = chosenGroup(logs, region, input);
    const rows = describeAll(logs, group).filter(({ logStreamName = '' }) => logStreamName.startsWith(prefix));
    rows.sort(byTime ? byLastEvent : byName);
    if (input.descending) rows.reverse();
    const start = after === undefined ? 0 : rows.findIndex(({ logStreamName }) => logStreamName === after) + 1;
    const page = rows.slice(start, start + limit);
    const last = page.at(-1)?.logStreamName;
    return {
      logStreams: page,
      ...(last !== undefined && rows.length > start + page.length ? { nextToken: nameToken(last) } : {}),
    };
  };
}

function describeAll(logs: LogsState, group: GroupRow): LogStream[] {
  const chunks = new Map<string, ChunkRow[]>();
  for (const chunk of logs.chunks(group).values()) {
    const known = chunks.get(chunk.stream);
    if (known) known.push(chunk);
    else chunks.set(chunk.stream, [chunk]);
  }
  const arn = groupArn(logs.world, group);
  return logs
    .streams(group)
    .values()
    .map((row) => described(row, arn, chunks.get(row.name) ?? []));
}

/** `storedBytes` of a stream is 0 since 2019 (d.ts LogStream). */
function described({ name, createdAt }: StreamRow, arn: string, chunks: ChunkRow[]): LogStream {
  const extreme = (pick: (a: number, b: number) => number, of: (chunk: ChunkRow) => number) =>
    chunks.map(of).reduce((a, b) => pick(a, b));
  return {
    logStreamName: name,
    creationTime: createdAt,
    arn: `${arn}:log-stream:${name}`,
    storedBytes: 0,
    ...(chunks.length === 0
      ? {}
      : {
          firstEventTimestamp: extreme(Math.min, (chunk) => chunk.first),
          lastEventTimestamp: extreme(Math.max, (chunk) => chunk.last),
          lastIngestionTime: extreme(Math.max, (chunk) => chunk.ingestedAt),
        }),
  };
}

const byName = (a: LogStream, b: LogStream): number => ((a.logStreamName ?? '') < (b.logStreamName ?? '') ? -1 : 1);
const byLastEvent = (a: LogStream, b: LogStream): number =>
  (a.lastEventTimestamp ?? 0) - (b.lastEventTimestamp ?? 0) || byName(a, b);
