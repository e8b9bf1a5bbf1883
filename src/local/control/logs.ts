/** CloudWatch Logs of the local AWS: groups of each region, their streams and events. */
import type { Service } from '../wire/service.ts';
import type { LogsWorld, World } from '../world.ts';
import { filterLogEvents } from './logs/filter-events.ts';
import { groupHandlers } from './logs/groups.ts';
import { putLogEvents, putOwnEvents } from './logs/put-events.ts';
import { getLogEvents } from './logs/read-events.ts';
import { logsState } from './logs/state.ts';
import { streamHandlers } from './logs/streams.ts';
import { tagHandlers } from './logs/tags.ts';

export { LOGS_REFUSALS } from './logs/refusals.ts';

export function createLogs(world: World): { service: Service; questions: LogsWorld } {
  const logs = logsState(world);
  const handlers = {
    ...groupHandlers(logs),
    ...streamHandlers(logs),
    ...tagHandlers(logs),
    PutLogEvents: putLogEvents(logs),
    GetLogEvents: getLogEvents(logs),
    FilterLogEvents: filterLogEvents(logs),
  };
  const questions: LogsWorld = {
    put: (region, group, stream, events) => putOwnEvents(logs, region, group, stream, events),
  };
  return { service: { id: 'logs', handlers }, questions };
}
