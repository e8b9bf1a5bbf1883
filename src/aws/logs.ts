/** CloudWatch Logs of one region through the SDK. */
import type { FilteredLogEvent } from '@aws-sdk/client-cloudwatch-logs';
import type { ClientSettings } from './clients.ts';
import { call, isAwsError } from './errors.ts';
import type { LogEvent, LogPage, LogsPort } from './ports/logs.ts';

/** @throws AppError from every call, see aws/errors */
export async function createLogsPort(settings: ClientSettings): Promise<LogsPort> {
  const { CloudWatchLogsClient, FilterLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
  const client = new CloudWatchLogsClient(settings);
  return {
    events: ({ group, startTime, endTime, nextToken, signal }) =>
      call(`read the logs of ${group} in ${settings.region}`, async (): Promise<LogPage | 'missing' | 'disabled'> => {
        try {
          const command = new FilterLogEventsCommand({ logGroupName: group, startTime, endTime, nextToken });
          const page = await client.send(command, { abortSignal: signal });
          return { events: (page.events ?? []).map(toEvent), nextToken: page.nextToken };
        } catch (error) {
          if (isAwsError(error, 'ResourceNotFoundException')) return 'missing';
          // A region that is not enabled answers as to a wrong key (AWS-FACTS 5); the caller finds out which it is.
          if (isAwsError(error, 'UnrecognizedClientException', 'InvalidClientTokenId')) return 'disabled';
          throw error;
        }
      }),
  };
}

function toEvent(event: FilteredLogEvent): LogEvent {
  const timestamp = event.timestamp ?? 0;
  const stream = event.logStreamName ?? '';
  const message = event.message ?? '';
  return {
    id: event.eventId ?? `${stream} ${timestamp} ${message}`,
    timestamp,
    ingestionTime: event.ingestionTime ?? timestamp,
    stream,
    message,
  };
}
