/** ListObjectsV2. */
import type { ListObjectsV2CommandInput, ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { AwsError, type Handler, type Handlers } from '../../wire/service.ts';
import { enterBucket } from './call.ts';
import { type ListEntry, type ListWish, listPage } from './list-keys.ts';
import type { S3State } from './state.ts';

/** d.ts ListObjectsV2Request: never more than this a page. */
export const MAX_KEYS = 1000;

export function listingHandlers(s3: S3State): Handlers {
  return { ListObjectsV2: listObjects(s3) };
}

function listObjects(s3: S3State): Handler<ListObjectsV2CommandInput, ListObjectsV2CommandOutput> {
  return (input, call) => {
    const { Prefix: prefix = '', Delimiter: delimiter = '' } = input;
    const maxKeys = pageSize(input.MaxKeys);
    const bucket = enterBucket(s3, input, call, 's3:ListBucket', {
      's3:prefix': prefix,
      's3:delimiter': delimiter,
      's3:max-keys': String(maxKeys),
    });
    const objects = s3.objects(bucket.name);
    const keys = objects.values().map((row) => row.key);
    const { entries, truncated } = listPage(keys, { prefix, delimiter, maxKeys, ...startOf(input) });
    const encode = input.EncodingType === 'url' ? encodeKey : (text: string) => text;
    const last = entries.at(-1);
    return {
      Name: bucket.name,
      MaxKeys: maxKeys,
      KeyCount: entries.length,
      IsTruncated: truncated,
      Prefix: encode(prefix),
      ...(delimiter === '' ? {} : { Delimiter: encode(delimiter) }),
      ...(input.StartAfter === undefined ? {} : { StartAfter: encode(input.StartAfter) }),
      ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
      ...(input.ContinuationToken === undefined ? {} : { ContinuationToken: input.ContinuationToken }),
      ...(truncated && last ? { NextContinuationToken: encodeToken(last) } : {}),
      Contents: entries.flatMap((entry) => {
        const row = 'key' in entry ? objects.get(entry.key) : undefined;
        if (!row) return [];
        const LastModified = new Date(row.lastModified);
        return [
          { Key: encode(row.key), LastModified, ETag: row.etag, Size: row.size, StorageClass: 'STANDARD' as const },
        ];
      }),
      CommonPrefixes: entries.flatMap((entry) =>
        'commonPrefix' in entry ? [{ Prefix: encode(entry.commonPrefix) }] : [],
      ),
    };
  };
}

function pageSize(asked: number | undefined): number {
  if (asked === undefined) return MAX_KEYS;
  if (asked >= 0) return Math.min(asked, MAX_KEYS);
  throw new AwsError('InvalidArgument', 'Argument maxKeys must be an integer between 0 and 2147483647', {
    status: 400,
    fields: { ArgumentName: 'maxKeys', ArgumentValue: String(asked) },
  });
}

/** As URLs in XML: all but letters, digits and `-._*` percent-encoded, a space as `+`, slashes kept. */
export function encodeKey(key: string): string {
  const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(key)
    .replace(/[!'()~]/g, percent)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/');
}

const encodeToken = (entry: ListEntry): string => Buffer.from(JSON.stringify(entry)).toString('base64');

/** Where a page starts: a continuation token outweighs StartAfter. */
function startOf(input: ListObjectsV2CommandInput): Pick<ListWish, 'after' | 'afterPrefix'> {
  if (input.ContinuationToken === undefined) return { after: input.StartAfter ?? '', afterPrefix: false };
  try {
    const entry = JSON.parse(Buffer.from(input.ContinuationToken, 'base64').toString()) as ListEntry;
    if ('commonPrefix' in entry) return { after: entry.commonPrefix, afterPrefix: true };
    if (typeof entry.key === 'string') return { after: entry.key, afterPrefix: false };
  } catch {
    // Not one of ours: refused below.
  }
  throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect', {
    status: 400,
    fields: { ArgumentName: 'continuation-token' },
  });
}
