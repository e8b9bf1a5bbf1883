/** CloudWatch Logs' refusals, provoked through the SDK. */
import {
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  type FilterLogEventsCommandInput,
  type InputLogEvent,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { TestAws } from '../../builders/local-aws.ts';
import { unique } from '../lambda-kit.ts';
import type { RefusalRow } from './row.ts';

const INVALID = 'InvalidParameterException';
const EXISTS = 'ResourceAlreadyExistsException';
const STREAM = 'stream';

const client = (aws: TestAws) => aws.clients.logs('us-east-1');

async function makeGroup(aws: TestAws): Promise<string> {
  const logGroupName = unique('/group');
  await client(aws).send(new CreateLogGroupCommand({ logGroupName }));
  await client(aws).send(new CreateLogStreamCommand({ logGroupName, logStreamName: STREAM }));
  return logGroupName;
}

/** A row for a FilterLogEvents with this input. */
const filtering = (id: string, message: RegExp, more: Partial<FilterLogEventsCommandInput>): RefusalRow => ({
  id,
  error: INVALID,
  message,
  provoke: async (aws) => client(aws).send(new FilterLogEventsCommand({ logGroupName: await makeGroup(aws), ...more })),
});

/** A row for a PutLogEvents of these events. */
const putting = (id: string, message: RegExp, events: () => InputLogEvent[]): RefusalRow => ({
  id,
  error: INVALID,
  message,
  async provoke(aws) {
    const logGroupName = await makeGroup(aws);
    return client(aws).send(new PutLogEventsCommand({ logGroupName, logStreamName: STREAM, logEvents: events() }));
  },
});

const HOUR = 3_600_000;
const now = () => Date.now();

const puts: RefusalRow[] = [
  putting('logs.batch-count', /less than or equal to 10000/, () =>
    Array.from({ length: 10_001 }, () => ({ timestamp: now(), message: 'x' })),
  ),
  putting('logs.batch-order', /must be in chronological order/, () => [
    { timestamp: now(), message: 'later' },
    { timestamp: now() - 1000, message: 'earlier' },
  ]),
  putting('logs.batch-size', /^Upload too large: 1048626 bytes/, () => [
    { timestamp: now(), message: 'x'.repeat(1_048_600) },
  ]),
  putting('logs.batch-span', /cannot span more than 24 hours/, () => [
    { timestamp: now() - 25 * HOUR, message: 'yesterday' },
    { timestamp: now(), message: 'today' },
  ]),
];

const reads: RefusalRow[] = [
  filtering('logs.filter-pattern', /^Invalid character\(s\) in term 'a@b\.c'$/, { filterPattern: 'a@b.c' }),
  filtering('logs.group-choice', /but not both/, { logGroupIdentifier: '/another' }),
  filtering('logs.limit', /Value '10001' at 'limit'.*less than or equal to 10000/, { limit: 10_001 }),
  filtering('logs.newest-first', /startFromHead/, { startFromHead: false, startTime: 1 }),
  filtering('logs.next-token', /^The specified nextToken is invalid\.$/, { nextToken: 'nonsense' }),
  filtering('logs.stream-choice', /but not both/, { logStreamNames: [STREAM], logStreamNamePrefix: 's' }),
];

const groups: RefusalRow[] = [
  {
    id: 'logs.group-exists',
    error: EXISTS,
    message: /^The specified log group already exists$/,
    provoke: async (aws) => client(aws).send(new CreateLogGroupCommand({ logGroupName: await makeGroup(aws) })),
  },
  {
    id: 'logs.group-name',
    error: INVALID,
    message: /at 'logGroupName' failed to satisfy constraint/,
    provoke: (aws) => client(aws).send(new CreateLogGroupCommand({ logGroupName: 'with space' })),
  },
  {
    id: 'logs.retention-days',
    error: INVALID,
    message: /enum value set: \[1, 3, 5, 7, 14, 30/,
    provoke: async (aws) =>
      client(aws).send(new PutRetentionPolicyCommand({ logGroupName: await makeGroup(aws), retentionInDays: 2 })),
  },
  {
    id: 'logs.prefix-or-pattern',
    error: INVALID,
    message: /mutually exclusive/,
    provoke: (aws) =>
      client(aws).send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/a', logGroupNamePattern: 'b' })),
  },
];

const streams: RefusalRow[] = [
  {
    id: 'logs.stream-exists',
    error: EXISTS,
    message: /^The specified log stream already exists$/,
    provoke: async (aws) =>
      client(aws).send(new CreateLogStreamCommand({ logGroupName: await makeGroup(aws), logStreamName: STREAM })),
  },
  {
    id: 'logs.stream-name',
    error: INVALID,
    message: /at 'logStreamName' failed to satisfy constraint/,
    provoke: async (aws) =>
      client(aws).send(new CreateLogStreamCommand({ logGroupName: await makeGroup(aws), logStreamName: 'a:b' })),
  },
  {
    id: 'logs.stream-order',
    error: INVALID,
    message: /^Cannot order by LastEventTime/,
    provoke: async (aws) =>
      client(aws).send(
        new DescribeLogStreamsCommand({
          logGroupName: await makeGroup(aws),
          orderBy: 'LastEventTime',
          logStreamNamePrefix: 's',
        }),
      ),
  },
];

export const rows: RefusalRow[] = [...puts, ...reads, ...groups, ...streams];
