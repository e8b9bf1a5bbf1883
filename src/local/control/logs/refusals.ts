/** What CloudWatch Logs refuses, by the ids under which a test can switch each rule off. */
export const LOGS_REFUSALS = {
  'logs.batch-count': 'more than 10,000 events in one PutLogEvents (d.ts PutLogEventsCommand)',
  'logs.batch-order': 'events of one PutLogEvents that are not in time order (d.ts PutLogEventsCommand)',
  'logs.batch-size': 'more than 1,048,576 bytes in one PutLogEvents (d.ts PutLogEventsCommand)',
  'logs.batch-span': 'events of one PutLogEvents that span more than 24 hours (d.ts PutLogEventsCommand)',
  'logs.filter-pattern': 'filter patterns outside the syntax (CloudWatch Logs guide, FilterAndPatternSyntax)',
  'logs.group-choice': 'a log group given both by name and by identifier, or by neither (d.ts FilterLogEventsRequest)',
  'logs.group-exists': 'creating a log group that is there (d.ts CreateLogGroupCommand)',
  'logs.group-name': 'log group names outside the naming rules (d.ts CreateLogGroupCommand)',
  'logs.limit': 'limits outside what the operation allows (AWS-FACTS 10)',
  'logs.newest-first': 'newest first for a time before 2024 (AWS-FACTS 5)',
  'logs.next-token': 'a nextToken that no answer of the operation gave (AWS-FACTS 10)',
  'logs.prefix-or-pattern': 'a name prefix together with a name pattern (d.ts DescribeLogGroupsRequest)',
  'logs.retention-days': 'retention periods that are not on the list (d.ts PutRetentionPolicyRequest)',
  'logs.stream-choice': 'log streams given both by names and by prefix (d.ts FilterLogEventsRequest)',
  'logs.stream-exists': 'creating a log stream that is there (d.ts CreateLogStreamCommand)',
  'logs.stream-name': 'log stream names with : or * (d.ts CreateLogStreamCommand)',
  'logs.stream-order': 'ordering by event time within a name prefix (d.ts DescribeLogStreamsRequest)',
} as const;

export type LogsRefusal = keyof typeof LOGS_REFUSALS;
