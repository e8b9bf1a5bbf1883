/** Tags of functions. */
import type * as Sdk from '@aws-sdk/client-lambda';
import type { Handler } from '../../wire/service.ts';
import { parseFunctionName } from './names.ts';
import { type FunctionRow, findFunction, functionKey, type LambdaRoom } from './room.ts';

type Tag = Handler<Sdk.TagResourceCommandInput, Sdk.TagResourceCommandOutput>;
type Untag = Handler<Sdk.UntagResourceCommandInput, Sdk.UntagResourceCommandOutput>;
type List = Handler<Sdk.ListTagsCommandInput, Sdk.ListTagsCommandOutput>;

/** TagResource, UntagResource, ListTags. */
export function tagHandlers(room: LambdaRoom) {
  return {
    TagResource: ((input, context) => {
      const row = tagged(room, context.region, input.Resource);
      room.functions.set(functionKey(row), { ...row, tags: { ...row.tags, ...input.Tags } });
      return {};
    }) satisfies Tag,
    UntagResource: ((input, context) => {
      const row = tagged(room, context.region, input.Resource);
      const kept = Object.entries(row.tags).filter(([key]) => !input.TagKeys?.includes(key));
      room.functions.set(functionKey(row), { ...row, tags: Object.fromEntries(kept) });
      return {};
    }) satisfies Untag,
    ListTags: ((input, context) => ({ Tags: tagged(room, context.region, input.Resource).tags })) satisfies List,
  };
}

function tagged(room: LambdaRoom, region: string, arn: string | undefined): FunctionRow {
  const named = parseFunctionName(room, region, arn ?? '');
  room.refuse(
    'lambda.tag-resource',
    named.qualifier !== undefined,
    'InvalidParameterValueException',
    'Tags on function aliases and versions are not supported. Please specify a function ARN.',
  );
  return findFunction(room, named);
}
