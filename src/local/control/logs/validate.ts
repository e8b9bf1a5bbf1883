/** The checks of input that several operations share, in AWS's words. */
import type { World } from '../../world.ts';
import { refuserOf } from '../refusal.ts';
import type { LogsRefusal } from './refusals.ts';
import { type GroupRow, type LogsState, needGroup } from './state.ts';

/** d.ts CreateLogGroupCommand: 1-512 of these. */
const GROUP_NAME = /^[.\-_/#A-Za-z0-9]{1,512}$/;
/** d.ts CreateLogStreamCommand. */
const STREAM_NAME = /^[^:*]{1,512}$/;

/** Throws InvalidParameterException (400) when the rule is broken and enforced. */
export function requireParameter(world: World, rule: LogsRefusal, valid: boolean, message: string): void {
  refuserOf<LogsRefusal>(world)(rule, !valid, 'InvalidParameterException', message, { status: 400 });
}

const violation = (value: string | number, member: string, constraint: string): string =>
  `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: ${constraint}`;

export function requireGroupName(world: World, name: string): void {
  const words = violation(
    name,
    'logGroupName',
    'Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+',
  );
  requireParameter(world, 'logs.group-name', GROUP_NAME.test(name), words);
}

export function requireStreamName(world: World, name: string): void {
  const words = violation(name, 'logStreamName', 'Member must satisfy regular expression pattern: [^:*]*');
  requireParameter(world, 'logs.stream-name', STREAM_NAME.test(name), words);
}

/** The page size to use. */
export function checkedLimit(world: World, limit: number | undefined, maximum: number): number {
  if (limit === undefined) return maximum;
  const tooMany = violation(limit, 'limit', `Member must have value less than or equal to ${maximum}`);
  requireParameter(world, 'logs.limit', limit <= maximum, tooMany);
  const tooFew = violation(limit, 'limit', 'Member must have value greater than or equal to 1');
  requireParameter(world, 'logs.limit', limit >= 1, tooFew);
  return Math.min(Math.max(limit, 1), maximum);
}

/** What a token says; undefined for none, and for a bad one while the rule against it is switched off. */
export function checkedToken<T>(
  world: World,
  token: string | undefined,
  read: (text: string) => T | undefined,
): T | undefined {
  if (token === undefined) return undefined;
  const value = read(token);
  requireParameter(world, 'logs.next-token', value !== undefined, 'The specified nextToken is invalid.');
  return value;
}

interface GroupChoice {
  logGroupName?: string | undefined;
  /** Name or ARN. */
  logGroupIdentifier?: string | undefined;
}

/** @throws AwsError InvalidParameterException, ResourceNotFoundException (400) */
export function chosenGroup(logs: LogsState, region: string, choice: GroupChoice): GroupRow {
  const { logGroupName, logGroupIdentifier } = choice;
  const one = (logGroupName === undefined) !== (logGroupIdentifier === undefined);
  const words = 'You must include either logGroupIdentifier or logGroupName, but not both.'; // INF: wording
  requireParameter(logs.world, 'logs.group-choice', one, words);
  return needGroup(logs, region, logGroupName ?? groupNameOf(logGroupIdentifier ?? ''));
}

/** The name in a group's ARN (with or without `:*`), or the name itself. */
export function groupNameOf(identifier: string): string {
  return /^arn:aws:logs:[^:]*:\d+:log-group:([^:]+)(:\*)?$/.exec(identifier)?.[1] ?? identifier;
}
