/** Tags of distributions, functions and key value stores. */
import type * as Sdk from '@aws-sdk/client-cloudfront';
import type { Table } from '../../store.ts';
import { AwsError, type Handler } from '../../wire/service.ts';
import { functionByArn } from './function-view.ts';
import { keyValueStoreByArn } from './key-value-stores.ts';
import { type CloudFrontRoom, distributionArn } from './room.ts';

type Tag = Handler<Sdk.TagResourceCommandInput, Sdk.TagResourceCommandOutput>;
type Untag = Handler<Sdk.UntagResourceCommandInput, Sdk.UntagResourceCommandOutput>;
type List = Handler<Sdk.ListTagsForResourceCommandInput, Sdk.ListTagsForResourceCommandOutput>;

interface Tagged {
  tags: Sdk.Tag[];
  save(tags: Sdk.Tag[]): void;
}

/** TagResource, UntagResource, ListTagsForResource. Tags are not part of a config: they change no ETag. */
export function tagHandlers(room: CloudFrontRoom) {
  return {
    TagResource: ((input) => {
      const tagged = find(room, input.Resource ?? '');
      const given = input.Tags?.Items ?? [];
      const kept = tagged.tags.filter((tag) => !given.some((other) => other.Key === tag.Key));
      tagged.save([...kept, ...given]);
      return {};
    }) satisfies Tag,
    UntagResource: ((input) => {
      const tagged = find(room, input.Resource ?? '');
      const keys = input.TagKeys?.Items ?? [];
      tagged.save(tagged.tags.filter((tag) => !keys.includes(tag.Key ?? '')));
      return {};
    }) satisfies Untag,
    ListTagsForResource: ((input) => ({ Tags: { Items: find(room, input.Resource ?? '').tags } })) satisfies List,
  };
}

/** @throws NoSuchResource */
function find(room: CloudFrontRoom, arn: string): Tagged {
  const distribution = room.distributions.values().find((row) => distributionArn(room, row.id) === arn);
  if (distribution) return taggedRow(room.distributions, distribution.id, distribution);
  const fn = functionByArn(room, arn);
  if (fn) return taggedRow(room.functions, fn.name, fn);
  const store = keyValueStoreByArn(room, arn);
  if (store) return taggedRow(room.keyValueStores, store.name, store);
  throw new AwsError('NoSuchResource', 'The specified resource does not exist.');
}

function taggedRow<Row extends { tags: Sdk.Tag[] }>(table: Table<Row>, key: string, row: Row): Tagged {
  return { tags: row.tags, save: (tags) => table.set(key, { ...row, tags }) };
}
