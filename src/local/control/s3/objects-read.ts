/** GetObject and HeadObject. */
import type {
  GetObjectCommandInput,
  GetObjectCommandOutput,
  HeadObjectCommandInput,
  HeadObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { type Answer, AwsError, type CallContext, type Handler, type Handlers } from '../../wire/service.ts';
import { refuserOf } from '../refusal.ts';
import { reachBucket } from './call.ts';
import { bytesOf, type ObjectRead, readObject } from './read-object.ts';
import type { S3Refusal } from './refusals.ts';
import type { ObjectRow, S3State } from './state.ts';

type ReadInput = GetObjectCommandInput | HeadObjectCommandInput;

export function objectReadHandlers(s3: S3State): Handlers {
  return { GetObject: getObject(s3), HeadObject: headObject(s3) };
}

/** The Body is bytes here, a stream for the SDK's caller. */
function getObject(s3: S3State): Handler<GetObjectCommandInput, Omit<GetObjectCommandOutput, 'Body'>> {
  return (input, call) => {
    const read = readFor(s3, input, call);
    return { ...describe(s3, input, read, call), Body: bytesOf(s3, read) };
  };
}

function headObject(s3: S3State): Handler<HeadObjectCommandInput, HeadObjectCommandOutput> {
  return (input, call) => {
    try {
      return describe(s3, input, readFor(s3, input, call), call);
    } catch (error) {
      // A HEAD has no body to name the error: the SDK's model knows a missing key by its status, as NotFound.
      if (!(error instanceof AwsError) || error.code !== 'NoSuchKey') throw error;
      throw new AwsError('NotFound', 'Not Found', { status: 404 });
    }
  };
}

function readFor(s3: S3State, input: ReadInput, call: CallContext): ObjectRead {
  const bucket = reachBucket(s3, input, call);
  return readObject(s3, bucket, {
    principal: call.principal,
    key: input.Key ?? '',
    range: input.Range,
    ifMatch: input.IfMatch,
    ifNoneMatch: input.IfNoneMatch,
    ifModifiedSince: input.IfModifiedSince?.getTime(),
    ifUnmodifiedSince: input.IfUnmodifiedSince?.getTime(),
  });
}

function describe(s3: S3State, input: ReadInput, read: ObjectRead, call: CallContext): Answer<HeadObjectCommandOutput> {
  const { object, status, length, contentRange } = read;
  return {
    $metadata: { httpStatusCode: status },
    AcceptRanges: 'bytes',
    LastModified: new Date(object.lastModified),
    ContentLength: length,
    ETag: object.etag,
    ServerSideEncryption: 'AES256',
    Metadata: object.metadata,
    ...(contentRange === undefined ? {} : { ContentRange: contentRange }),
    // The checksum is of the whole object, so a part goes without.
    ...(input.ChecksumMode === 'ENABLED' && status === 200 ? object.checksums : {}),
    ...contentHeaders(object),
    ...overrides(s3, input, call),
  };
}

const contentHeaders = (object: ObjectRow) => ({
  ContentType: object.contentType,
  CacheControl: object.cacheControl,
  ContentDisposition: object.contentDisposition,
  ContentEncoding: object.contentEncoding,
  ContentLanguage: object.contentLanguage,
  Expires: object.expires === undefined ? undefined : new Date(object.expires),
});

/** The `response-…` parameters that replace headers of the answer, by the header's member. */
const OVERRIDES = {
  ContentType: 'response-content-type',
  CacheControl: 'response-cache-control',
  ContentDisposition: 'response-content-disposition',
  ContentEncoding: 'response-content-encoding',
  ContentLanguage: 'response-content-language',
} as const;

/** Not for the anonymous (d.ts GetObjectCommand), and only what a header can carry (guardian/grid#1716). */
function overrides({ world }: S3State, input: ReadInput, call: CallContext): Partial<GetObjectCommandOutput> {
  const texts = Object.entries(OVERRIDES).flatMap(([member, argument]) => {
    const value = input[`Response${member as keyof typeof OVERRIDES}`];
    return value === undefined ? [] : [{ member, argument, value }];
  });
  const { ResponseExpires: Expires } = input;
  if ((texts.length > 0 || Expires !== undefined) && call.principal.kind === 'anonymous') {
    const words = 'Request specific response headers cannot be used for anonymous GET requests.';
    throw new AwsError('InvalidRequest', words, { status: 400 });
  }
  const wrong = texts.find(({ value }) => !/^[\t\x20-\x7e\xa0-\xff]*$/.test(value));
  refuserOf<S3Refusal>(world)(
    's3.response-header',
    wrong !== undefined,
    'InvalidArgument',
    'Header value cannot be represented using ISO-8859-1.',
    { status: 400, fields: { ArgumentName: wrong?.argument, ArgumentValue: wrong?.value } },
  );
  const headers = Object.fromEntries(texts.map(({ member, value }) => [member, value]));
  return { ...headers, ...(Expires === undefined ? {} : { Expires }) };
}
