/** What is set on a bucket beside its policy: public access block, tags, and the defaults that S3 reports. */
import type {
  DeleteBucketTaggingCommandInput,
  DeleteBucketTaggingCommandOutput,
  DeletePublicAccessBlockCommandInput,
  DeletePublicAccessBlockCommandOutput,
  GetBucketEncryptionCommandInput,
  GetBucketEncryptionCommandOutput,
  GetBucketOwnershipControlsCommandInput,
  GetBucketOwnershipControlsCommandOutput,
  GetBucketTaggingCommandInput,
  GetBucketTaggingCommandOutput,
  GetBucketVersioningCommandInput,
  GetBucketVersioningCommandOutput,
  GetPublicAccessBlockCommandInput,
  GetPublicAccessBlockCommandOutput,
  PutBucketTaggingCommandInput,
  PutBucketTaggingCommandOutput,
  PutPublicAccessBlockCommandInput,
  PutPublicAccessBlockCommandOutput,
} from '@aws-sdk/client-s3';
import { AwsError, type Handler, type Handlers } from '../../wire/service.ts';
import { enterBucket } from './call.ts';
import type { S3State } from './state.ts';

export function bucketSettingHandlers(s3: S3State): Handlers {
  return { ...publicAccessHandlers(s3), ...tagHandlers(s3), ...defaultHandlers(s3) };
}

function publicAccessHandlers(s3: S3State): Handlers {
  const put: Handler<PutPublicAccessBlockCommandInput, PutPublicAccessBlockCommandOutput> = (input, call) => {
    const bucket = enterBucket(s3, input, call, 's3:PutBucketPublicAccessBlock');
    const wanted = input.PublicAccessBlockConfiguration;
    const publicAccessBlock = {
      BlockPublicAcls: wanted?.BlockPublicAcls ?? false,
      IgnorePublicAcls: wanted?.IgnorePublicAcls ?? false,
      BlockPublicPolicy: wanted?.BlockPublicPolicy ?? false,
      RestrictPublicBuckets: wanted?.RestrictPublicBuckets ?? false,
    };
    s3.buckets.set(bucket.name, { ...bucket, publicAccessBlock });
    return {};
  };
  const get: Handler<GetPublicAccessBlockCommandInput, GetPublicAccessBlockCommandOutput> = (input, call) => {
    const { publicAccessBlock } = enterBucket(s3, input, call, 's3:GetBucketPublicAccessBlock');
    if (publicAccessBlock) return { PublicAccessBlockConfiguration: publicAccessBlock };
    const words = 'The public access block configuration was not found';
    throw new AwsError('NoSuchPublicAccessBlockConfiguration', words, { status: 404 });
  };
  const remove: Handler<DeletePublicAccessBlockCommandInput, DeletePublicAccessBlockCommandOutput> = (input, call) => {
    const { publicAccessBlock: _gone, ...rest } = enterBucket(s3, input, call, 's3:PutBucketPublicAccessBlock');
    s3.buckets.set(rest.name, rest);
    return {};
  };
  return { PutPublicAccessBlock: put, GetPublicAccessBlock: get, DeletePublicAccessBlock: remove };
}

function tagHandlers(s3: S3State): Handlers {
  const put: Handler<PutBucketTaggingCommandInput, PutBucketTaggingCommandOutput> = (input, call) => {
    const bucket = enterBucket(s3, input, call, 's3:PutBucketTagging');
    const tags = (input.Tagging?.TagSet ?? []).map(({ Key = '', Value = '' }) => ({ Key, Value }));
    s3.buckets.set(bucket.name, { ...bucket, tags });
    return {};
  };
  const get: Handler<GetBucketTaggingCommandInput, GetBucketTaggingCommandOutput> = (input, call) => {
    const { tags } = enterBucket(s3, input, call, 's3:GetBucketTagging');
    if (tags?.length) return { TagSet: tags };
    throw new AwsError('NoSuchTagSet', 'The TagSet does not exist', { status: 404 });
  };
  const remove: Handler<DeleteBucketTaggingCommandInput, DeleteBucketTaggingCommandOutput> = (input, call) => {
    const { tags: _gone, ...rest } = enterBucket(s3, input, call, 's3:PutBucketTagging');
    s3.buckets.set(rest.name, rest);
    return {};
  };
  return { PutBucketTagging: put, GetBucketTagging: get, DeleteBucketTagging: remove };
}

/** What every bucket has that nobody changed: no ACLs, SSE-S3, no versions (AWS-FACTS 6). They cannot be changed here. */
function defaultHandlers(s3: S3State): Handlers {
  const ownership: Handler<GetBucketOwnershipControlsCommandInput, GetBucketOwnershipControlsCommandOutput> = (
    input,
    call,
  ) => {
    enterBucket(s3, input, call, 's3:GetBucketOwnershipControls');
    return { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } };
  };
  const encryption: Handler<GetBucketEncryptionCommandInput, GetBucketEncryptionCommandOutput> = (input, call) => {
    enterBucket(s3, input, call, 's3:GetEncryptionConfiguration');
    const rule = { ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const }, BucketKeyEnabled: false };
    return { ServerSideEncryptionConfiguration: { Rules: [rule] } };
  };
  const versioning: Handler<GetBucketVersioningCommandInput, GetBucketVersioningCommandOutput> = (input, call) => {
    enterBucket(s3, input, call, 's3:GetBucketVersioning');
    return {};
  };
  return { GetBucketOwnershipControls: ownership, GetBucketEncryption: encryption, GetBucketVersioning: versioning };
}
