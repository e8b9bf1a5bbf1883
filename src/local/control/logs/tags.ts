/** Tags of log groups, by ARN. */
import type {
  ListTagsForResourceCommandInput,
  ListTagsForResourceCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Handler, Handlers } from '../../wire/service.ts';
import { type GroupRow, type LogsState, needGroup, saveGroup } from './state.ts';
import { groupNameOf } from './validate.ts';

export function tagHandlers(logs: LogsState): Handlers {
  const groupOf = (arn: string | undefined, region: string): GroupRow =>
    needGroup(logs, region, groupNameOf(arn ?? ''));
  const tag: Handler<TagResourceCommandInput, TagResourceCommandOutput> = (input, { region }) => {
    const group = groupOf(input.resourceArn, region);
    saveGroup(logs, { ...group, tags: { ...group.tags, ...input.tags } });
    return {};
  };
  const untag: Handler<UntagResourceCommandInput, UntagResourceCommandOutput> = (input, { region }) => {
    const group = groupOf(input.resourceArn, region);
    const kept = Object.entries(group.tags ?? {}).filter(([key]) => !input.tagKeys?.includes(key));
    saveGroup(logs, { ...group, tags: Object.fromEntries(kept) });
    return {};
  };
  const list: Handler<ListTagsForResourceCommandInput, ListTagsForResourceCommandOutput> = (input, { region }) => ({
    tags: groupOf(input.resourceArn, region).tags ?? {},
  });
  return { TagResource: tag, UntagResource: untag, ListTagsForResource: list };
}
