/** Log groups: made, listed, removed, kept for so long, tagged. */
import type {
  CreateLogGroupCommandInput,
  CreateLogGroupCommandOutput,
  DeleteLogGroupCommandInput,
  DeleteLogGroupCommandOutput,
  DeleteRetentionPolicyCommandInput,
  DeleteRetentionPolicyCommandOutput,
  DescribeLogGroupsCommandInput,
  DescribeLogGroupsCommandOutput,
  LogGroup,
  PutRetentionPolicyCommandInput,
  PutRetentionPolicyCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Handler, Handlers } from '../../wire/service.ts';
import type { World } from '../../world.ts';
import { refuserOf } from '../refusal.ts';
import type { LogsRefusal } from './refusals.ts';
import { findGroup, type GroupRow, type LogsState, makeGroup, needGroup, removeGroup, saveGroup } from './state.ts';
import { nameToken, readNameToken } from './tokens.ts';
import { checkedLimit, checkedToken, requireGroupName, requireParameter } from './validate.ts';

/** Days. d.ts PutRetentionPolicyRequest. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const MAX_GROUPS = 50;

export function groupHandlers(logs: LogsState): Handlers {
  return {
    CreateLogGroup: createGroup(logs),
    DescribeLogGroups: describeGroups(logs),
    DeleteLogGroup: deleteGroup(logs),
    PutRetentionPolicy: putRetention(logs),
    DeleteRetentionPolicy: deleteRetention(logs),
  };
}

/** `logGroupArn` as the newer operations want it; `arn` is the same with `:*`. */
export const groupArn = (world: World, { region, name }: GroupRow): string =>
  `arn:aws:logs:${region}:${world.account}:log-group:${name}`;

function createGroup(logs: LogsState): Handler<CreateLogGroupCommandInput, CreateLogGroupCommandOutput> {
  return ({ logGroupName: name = '', tags }, { region }) => {
    requireGroupName(logs.world, name);
    const known = findGroup(logs, region, name);
    const words = 'The specified log group already exists';
    const refuse = refuserOf<LogsRefusal>(logs.world);
    refuse('logs.group-exists', known !== undefined, 'ResourceAlreadyExistsException', words, { status: 400 });
    if (!known) makeGroup(logs, region, name, tags);
    return {};
  };
}

function describeGroups(logs: LogsState): Handler<DescribeLogGroupsCommandInput, DescribeLogGroupsCommandOutput> {
  return (input, { region }) => {
    const { logGroupNamePrefix: prefix = '', logGroupNamePattern: pattern = '' } = input;
    const words = 'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.';
    requireParameter(logs.world, 'logs.prefix-or-pattern', prefix === '' || pattern === '', words);
    const limit = checkedLimit(logs.world, input.limit, MAX_GROUPS);
    const after = checkedToken(logs.world, input.nextToken, readNameToken) ?? '';
    const groups = logs.groups
      .values()
      .filter((group) => group.region === region && group.name > after)
      .filter(({ name }) => name.startsWith(prefix) && name.includes(pattern))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const page = groups.slice(0, limit);
    const last = page.at(-1);
    return {
      logGroups: page.map((group) => described(logs.world, group)),
      ...(last && groups.length > page.length ? { nextToken: nameToken(last.name) } : {}),
    };
  };
}

function described(world: World, group: GroupRow): LogGroup {
  const logGroupArn = groupArn(world, group);
  return {
    logGroupName: group.name,
    creationTime: group.createdAt,
    metricFilterCount: 0,
    arn: `${logGroupArn}:*`,
    storedBytes: group.storedBytes,
    logGroupClass: 'STANDARD',
    logGroupArn,
    ...(group.retentionInDays === undefined ? {} : { retentionInDays: group.retentionInDays }),
  };
}

function deleteGroup(logs: LogsState): Handler<DeleteLogGroupCommandInput, DeleteLogGroupCommandOutput> {
  return ({ logGroupName = '' }, { region }) => {
    removeGroup(logs, needGroup(logs, region, logGroupName));
    return {};
  };
}

function putRetention(logs: LogsState): Handler<PutRetentionPolicyCommandInput, PutRetentionPolicyCommandOutput> {
  return ({ logGroupName = '', retentionInDays = 0 }, { region }) => {
    const words = `1 validation error detected: Value '${retentionInDays}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${RETENTION_DAYS.join(', ')}]`;
    requireParameter(logs.world, 'logs.retention-days', RETENTION_DAYS.includes(retentionInDays), words);
    saveGroup(logs, { ...needGroup(logs, region, logGroupName), retentionInDays });
    return {};
  };
}

function deleteRetention(
  logs: LogsState,
): Handler<DeleteRetentionPolicyCommandInput, DeleteRetentionPolicyCommandOutput> {
  return ({ logGroupName = '' }, { region }) => {
    const { retentionInDays: _gone, ...group } = needGroup(logs, region, logGroupName);
    saveGroup(logs, group);
    return {};
  };
}
