/** Tags of distributions. */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import { AwsError, type Handler } from '../../wire/service.ts';
import { type CloudFrontRoom, type DistributionRow, distributionArn } from './room.ts';

type Tag = Handler<Sdk.TagResourceCommandInput, Sdk.TagResourceCommandOutput>;
type Untag = Handler<Sdk.UntagResourceCommandInput, Sdk.UntagResourceCommandOutput>;
type List = Handler<Sdk.ListTagsForResourceCommandInput, Sdk.ListTagsForResourceCommandOutput>;

/** TagResource, UntagResource, ListTagsForResource. Tags are not part of a config: they change no ETag. */
export function tagHandlers(room: CloudFrontRoom) {
  const save = (row: DistributionRow, tags: Sdk.Tag[]) => room.distributions.set(row.id, { ...row, tags });
  return {
    TagResource: ((input) => {
      const row = find(room, input.Resource);
      const given = input.Tags?.Items ?? [];
      const kept = row.tags.filter((tag) => !given.some((other) => other.Key === tag.Key));
      save(row, [...kept, ...given]);
      return {};
    }) satisfies Tag,
    UntagResource: ((input) => {
      const row = find(room, input.Resource);
      const keys = input.TagKeys?.Items ?? [];
      save(
        row,
        row.tags.filter((tag) => !keys.includes(tag.Key ?? '')),
      );
      return {};
    }) satisfies Untag,
    ListTagsForResource: ((input) => ({ Tags: { Items: find(room, input.Resource).tags } })) satisfies List,
  };
}

/** @throws NoSuchResource */
function find(room: CloudFrontRoom, arn: string | undefined): DistributionRow {
  const row = room.distributions.values().find((candidate) => distributionArn(room, candidate.id) === arn);
  if (!row) throw new AwsError('NoSuchResource', 'The specified resource does not exist.');
  return row;
}
