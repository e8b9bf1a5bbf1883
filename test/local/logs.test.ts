import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  type FilteredLogEvent,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  GetLogEventsCommand,
  ListTagsForResourceCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../builders/local-aws.ts';
import { unique } from './lambda-kit.ts';

let aws: TestAws;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.close());

const REGION = 'eu-west-1';
const logs = () => aws.clients.logs(REGION);
const arnOf = (group: string) => `arn:aws:logs:${REGION}:000000000000:log-group:${group}`;
const put = (group: string, stream: string, ...events: [timestamp: number, message: string][]) =>
  aws.world.logs.put(
    REGION,
    group,
    stream,
    events.map(([timestamp, message]) => ({ timestamp, message })),
  );

/** Every page of a filter, until no token comes. */
async function filterAll(input: FilterLogEventsCommandInput): Promise<FilteredLogEvent[][]> {
  const pages: FilteredLogEvent[][] = [];
  let nextToken: string | undefined;
  do {
    const page = await logs().send(new FilterLogEventsCommand({ ...input, nextToken }));
    pages.push(page.events ?? []);
    nextToken = page.nextToken;
  } while (nextToken);
  return pages;
}

const messages = async (input: FilterLogEventsCommandInput) =>
  (await filterAll(input)).flat().map(({ message }) => message);

describe('groups', () => {
  it('are made, listed page by page, and removed, each region by itself', async () => {
    const prefix = `${unique('/pages')}/`;
    const names = ['a', 'b', 'c'].map((name) => prefix + name);
    for (const logGroupName of names) await logs().send(new CreateLogGroupCommand({ logGroupName }));
    const first = await logs().send(new DescribeLogGroupsCommand({ logGroupNamePrefix: prefix, limit: 2 }));
    const { nextToken } = first;
    const second = await logs().send(new DescribeLogGroupsCommand({ logGroupNamePrefix: prefix, limit: 2, nextToken }));
    const listed = [first, second].map(({ logGroups }) => logGroups?.map(({ logGroupName }) => logGroupName));
    expect(listed).toEqual([names.slice(0, 2), names.slice(2)]);
    expect(second.nextToken).toBeUndefined();
    expect(first.logGroups?.[0]).toMatchObject({ arn: `${arnOf(prefix)}a:*`, logGroupArn: `${arnOf(prefix)}a` });
    const elsewhere = await aws.clients
      .logs('us-east-1')
      .send(new DescribeLogGroupsCommand({ logGroupNamePrefix: prefix }));
    expect(elsewhere.logGroups).toEqual([]);
    await logs().send(new DeleteLogGroupCommand({ logGroupName: names[0] }));
    const left = await logs().send(new DescribeLogGroupsCommand({ logGroupNamePattern: prefix }));
    expect(left.logGroups).toHaveLength(2);
  });

  it('start empty when made again', async () => {
    const logGroupName = unique('/again');
    put(logGroupName, 's', [1, 'old']);
    await logs().send(new DeleteLogGroupCommand({ logGroupName }));
    put(logGroupName, 's', [2, 'new']);
    expect(await messages({ logGroupName })).toEqual(['new']);
  });

  it('are 400 ResourceNotFoundException when they are not there', async () => {
    await expect(logs().send(new FilterLogEventsCommand({ logGroupName: '/none' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
      $metadata: { httpStatusCode: 400 },
    });
  });

  it('keep a retention period and tags', async () => {
    const logGroupName = unique('/kept');
    await logs().send(new CreateLogGroupCommand({ logGroupName, tags: { stage: 'prod', old: 'x' } }));
    const retention = async () => {
      const { logGroups } = await logs().send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroupName }));
      return logGroups?.[0]?.retentionInDays;
    };
    expect(await retention()).toBeUndefined();
    await logs().send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 30 }));
    expect(await retention()).toBe(30);
    await logs().send(new DeleteRetentionPolicyCommand({ logGroupName }));
    expect(await retention()).toBeUndefined();
    const resourceArn = arnOf(logGroupName);
    await logs().send(new TagResourceCommand({ resourceArn, tags: { owner: 'web' } }));
    await logs().send(new UntagResourceCommand({ resourceArn, tagKeys: ['old'] }));
    const { tags } = await logs().send(new ListTagsForResourceCommand({ resourceArn }));
    expect(tags).toEqual({ stage: 'prod', owner: 'web' });
  });
});

describe('streams', () => {
  it('are listed by name or by their last event', async () => {
    const logGroupName = unique('/streams');
    put(logGroupName, 'a', [300, 'late']);
    put(logGroupName, 'b', [100, 'early'], [200, 'later']);
    await logs().send(new CreateLogStreamCommand({ logGroupName, logStreamName: 'c' }));
    const names = async (more: object) => {
      const { logStreams } = await logs().send(new DescribeLogStreamsCommand({ logGroupName, ...more }));
      return logStreams?.map(({ logStreamName }) => logStreamName);
    };
    expect(await names({})).toEqual(['a', 'b', 'c']);
    expect(await names({ logStreamNamePrefix: 'b' })).toEqual(['b']);
    expect(await names({ orderBy: 'LastEventTime', descending: true })).toEqual(['a', 'b', 'c']);
    const first = await logs().send(new DescribeLogStreamsCommand({ logGroupName, limit: 1 }));
    expect(await names({ nextToken: first.nextToken })).toEqual(['b', 'c']);
    const { logStreams } = await logs().send(new DescribeLogStreamsCommand({ logGroupName, logStreamNamePrefix: 'b' }));
    expect(logStreams?.[0]).toMatchObject({ firstEventTimestamp: 100, lastEventTimestamp: 200 });
  });

  it('take events, and tell which were too old or too new', async () => {
    const logGroupName = unique('/put');
    await logs().send(new CreateLogGroupCommand({ logGroupName }));
    await logs().send(new CreateLogStreamCommand({ logGroupName, logStreamName: 's' }));
    const now = Date.now();
    const event = (timestamp: number, message: string) => ({ timestamp, message });
    const DAY = 86_400_000;
    const send = (...logEvents: { timestamp: number; message: string }[]) =>
      logs().send(new PutLogEventsCommand({ logGroupName, logStreamName: 's', logEvents }));
    expect((await send(event(now - 1, 'a'), event(now, 'b'))).rejectedLogEventsInfo).toBeUndefined();
    expect((await send(event(now - 15 * DAY, 'ancient'))).rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1 });
    const later = await send(event(now, 'c'), event(now + DAY / 2, 'tomorrow'));
    expect(later.rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 1 });
    await logs().send(new PutRetentionPolicyCommand({ logGroupName, retentionInDays: 1 }));
    const expired = await send(event(now - 2 * DAY, 'expired'));
    expect(expired.rejectedLogEventsInfo).toEqual({ expiredLogEventEndIndex: 1 });
    expect(await messages({ logGroupName })).toEqual(['a', 'b', 'c']);
  });

  it('are read forwards and backwards, and tokens stay at the ends', async () => {
    const logGroupName = unique('/read');
    put(logGroupName, 's', ...[1, 2, 3, 4, 5].map((n): [number, string] => [n * 10, `e${n}`]));
    put(logGroupName, 'other', [15, 'not this']);
    const stream = { logGroupName, logStreamName: 's' };
    const read = async (more: object) => {
      const page = await logs().send(new GetLogEventsCommand({ ...stream, ...more }));
      return { ...page, texts: page.events?.map(({ message }) => message) };
    };
    const head = await read({ startFromHead: true, limit: 2 });
    expect(head.texts).toEqual(['e1', 'e2']);
    expect(head.nextForwardToken).toMatch(/^f\/\d{56}\/s$/);
    const next = await read({ startFromHead: true, limit: 9, nextToken: head.nextForwardToken });
    expect(next.texts).toEqual(['e3', 'e4', 'e5']);
    const end = await read({ startFromHead: true, nextToken: next.nextForwardToken });
    expect([end.texts, end.nextForwardToken]).toEqual([[], next.nextForwardToken]);
    expect((await read({ nextToken: next.nextBackwardToken })).texts).toEqual(['e1', 'e2']);
    expect((await read({ limit: 2 })).texts).toEqual(['e4', 'e5']);
    expect((await read({ startTime: 20, endTime: 40 })).texts).toEqual(['e2', 'e3']);
  });
});

describe('FilterLogEvents', () => {
  it('interleaves streams by time, both ends of the range included', async () => {
    const logGroupName = unique('/filter');
    put(logGroupName, 's1', [10, 'one'], [30, 'three']);
    put(logGroupName, 's2', [20, 'two'], [40, 'four ERROR']);
    expect(await messages({ logGroupName })).toEqual(['one', 'two', 'three', 'four ERROR']);
    expect(await messages({ logGroupName, startTime: 20, endTime: 30 })).toEqual(['two', 'three']);
    expect(await messages({ logGroupName, logStreamNames: ['s2'] })).toEqual(['two', 'four ERROR']);
    expect(await messages({ logGroupName, logStreamNamePrefix: 's1' })).toEqual(['one', 'three']);
    expect(await messages({ logGroupName, filterPattern: 'ERROR' })).toEqual(['four ERROR']);
    expect(await messages({ logGroupIdentifier: arnOf(logGroupName), endTime: 10 })).toEqual(['one']);
    expect(await messages({ logGroupName, startFromHead: false, startTime: Date.UTC(2024, 0, 1) })).toEqual([]);
    const missing = filterAll({ logGroupName, logStreamNames: ['s3'] });
    await expect(missing).rejects.toMatchObject({ message: 'The specified log stream does not exist.' });
  });

  it('gives an event one id for ever, and another event another one', async () => {
    const [here, there] = [unique('/ids'), unique('/ids')];
    for (const group of [here, there]) put(group, 's', [10, 'same'], [10, 'same']);
    const ids = async (logGroupName: string) =>
      (await filterAll({ logGroupName })).flat().map(({ eventId }) => eventId);
    const seen = [...(await ids(here)), ...(await ids(there))];
    expect(new Set(seen).size).toBe(4);
    expect(seen.every((id) => /^\d{56}$/.test(id ?? ''))).toBe(true);
    put(here, 's', [5, 'late']);
    expect((await ids(here)).slice(1)).toEqual(seen.slice(0, 2));
  });

  it('may give an empty page with a token while it looks for rare events', async () => {
    const logGroupName = unique('/rare');
    put(
      logGroupName,
      's',
      ...Array.from({ length: 25_000 }, (_, i): [number, string] => [i, i === 24_999 ? 'needle' : 'hay']),
    );
    const pages = await filterAll({ logGroupName, filterPattern: 'needle' });
    expect(pages.map((page) => page.length)).toEqual([0, 0, 1]);
  });

  it('gives at most 1 MB a page', async () => {
    const logGroupName = unique('/large');
    put(logGroupName, 's', ...Array.from({ length: 5 }, (_, i): [number, string] => [i, String(i).repeat(300_000)]));
    const pages = await filterAll({ logGroupName });
    expect(pages.map((page) => page.length)).toEqual([3, 2]);
  });

  it('gives exactly the events that were put, in time order, in pages of any size and direction', async () => {
    const BASE = Date.UTC(2026, 0, 1);
    const event = fc.tuple(fc.integer({ min: BASE, max: BASE + 40 }), fc.constantFrom('keep', 'drop'));
    const puts = fc.array(fc.tuple(fc.constantFrom('s1', 's2', 's3'), fc.array(event, { maxLength: 6 })), {
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(puts, fc.integer({ min: 1, max: 7 }), fc.boolean(), async (batches, limit, startFromHead) => {
        const logGroupName = unique('/property');
        await logs().send(new CreateLogGroupCommand({ logGroupName }));
        const expected: { timestamp: number; message: string; stream: string; number: number }[] = [];
        for (const [stream, events] of batches) {
          const numbered = events.map(([timestamp, word]): [number, string] => [
            timestamp,
            `${word} ${expected.length}`,
          ]);
          put(logGroupName, stream, ...numbered);
          for (const [timestamp, message] of numbered) {
            expected.push({ timestamp, message, stream, number: expected.length });
          }
        }
        expected.sort((a, b) => a.timestamp - b.timestamp || a.number - b.number);
        if (!startFromHead) expected.reverse();
        for (const filterPattern of [undefined, 'keep']) {
          const pages = await filterAll({ logGroupName, limit, startFromHead, startTime: BASE, filterPattern });
          expect(pages.every((page) => page.length <= limit)).toBe(true);
          const seen = pages.flat().map(({ timestamp, message, logStreamName }) => [timestamp, message, logStreamName]);
          const wanted = expected.filter(({ message }) => message.includes(filterPattern ?? ''));
          expect(seen).toEqual(wanted.map(({ timestamp, message, stream }) => [timestamp, message, stream]));
        }
      }),
      { numRuns: 25 },
    );
  });
});

describe('in bulk', () => {
  it('appends and filters 200,000 events over 13 groups in seconds', async () => {
    const started = Date.now();
    const groups = Array.from({ length: 13 }, (_, i) => unique(`/bulk/${i}`));
    for (let batch = 0; batch < 4000; batch++) {
      const group = groups[batch % groups.length] ?? '';
      put(
        group,
        `s${batch % 4}`,
        ...Array.from({ length: 50 }, (_, i): [number, string] => [batch * 50 + i, `line ${i}`]),
      );
    }
    expect(Date.now() - started).toBeLessThan(5_000);
    const counts = await Promise.all(
      groups.map(async (logGroupName) => (await filterAll({ logGroupName })).flat().length),
    );
    expect(counts.reduce((a, b) => a + b)).toBe(200_000);
    expect(Date.now() - started).toBeLessThan(30_000);
  });
});
