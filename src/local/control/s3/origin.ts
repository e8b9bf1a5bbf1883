/** What CloudFront gets from a bucket: GET and HEAD of objects, and the listing that `GET /` gives to who may list. */
import { createHash } from 'node:crypto';
import { AwsError } from '../../wire/service.ts';
import type { OriginAnswer, OriginRead, World } from '../../world.ts';
import { authorize } from './access.ts';
import { noSuchBucket } from './call.ts';
import { listPage } from './list-keys.ts';
import { encodeKey, MAX_KEYS } from './listing.ts';
import { bytesOf, readObject } from './read-object.ts';
import { type BucketRow, bucketArn, type ObjectRow, type S3State } from './state.ts';
import { type XmlNode, xmlDocument } from './xml.ts';

const XMLNS = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** Serves one read of an origin as S3 would on the wire, errors included; never throws an AwsError. */
export function readForOrigin(s3: S3State, request: OriginRead): OriginAnswer {
  const ids = requestIds(s3.world, request);
  try {
    const bucket = s3.buckets.get(request.bucket);
    if (!bucket) throw noSuchBucket(request.bucket);
    const key = decodeKey(request.path);
    const answer = key === '' ? list(s3, bucket, request) : getObject(s3, bucket, key, request);
    return { ...answer, headers: { ...ids, ...answer.headers } };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return errorAnswer(error, request, ids);
  }
}

function getObject(s3: S3State, bucket: BucketRow, key: string, request: OriginRead): OriginAnswer {
  const { headers } = request;
  const read = readObject(s3, bucket, {
    principal: request.principal,
    key,
    range: headers.range,
    ifMatch: headers['if-match'],
    ifNoneMatch: headers['if-none-match'],
    ifModifiedSince: parseDate(headers['if-modified-since']),
    ifUnmodifiedSince: parseDate(headers['if-unmodified-since']),
  });
  return {
    status: read.status,
    headers: {
      ...objectHeaders(read.object),
      ...(read.contentRange === undefined ? {} : { 'content-range': read.contentRange }),
      'content-length': String(read.length),
    },
    body: request.method === 'HEAD' ? new Uint8Array() : bytesOf(s3, read),
  };
}

function objectHeaders(object: ObjectRow): Record<string, string> {
  const optional = {
    'cache-control': object.cacheControl,
    'content-disposition': object.contentDisposition,
    'content-encoding': object.contentEncoding,
    'content-language': object.contentLanguage,
    expires: object.expires === undefined ? undefined : new Date(object.expires).toUTCString(),
  };
  const metadata = Object.entries(object.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  return {
    'last-modified': new Date(object.lastModified).toUTCString(),
    etag: object.etag,
    'x-amz-server-side-encryption': 'AES256',
    'accept-ranges': 'bytes',
    'content-type': object.contentType,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
    ...Object.fromEntries(metadata),
  };
}

/** The first page of ListObjects: CloudFront forwards no list parameters unless the query string is in the cache key. */
function list(s3: S3State, bucket: BucketRow, request: OriginRead): OriginAnswer {
  const query = new URLSearchParams(request.querystring);
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  authorize(s3.world, bucket, {
    principal: request.principal,
    action: 's3:ListBucket',
    resource: bucketArn(bucket.name),
    context: { 's3:prefix': prefix, 's3:delimiter': delimiter },
  });
  const objects = s3.objects(bucket.name);
  const keys = objects.values().map((row) => row.key);
  const page = listPage(keys, { prefix, delimiter, after: '', afterPrefix: false, maxKeys: MAX_KEYS });
  const url = query.get('encoding-type') === 'url' ? encodeKey : (text: string) => text;
  const entries = page.entries.map((entry): XmlNode => {
    if ('commonPrefix' in entry) return ['CommonPrefixes', [['Prefix', url(entry.commonPrefix)]]];
    const row = objects.get(entry.key);
    return ['Contents', row ? listed(row, url(row.key)) : []];
  });
  const root: XmlNode = [
    'ListBucketResult',
    [
      ['Name', bucket.name],
      ['Prefix', url(prefix)],
      ['Marker', ''],
      ['MaxKeys', String(MAX_KEYS)],
      ...(delimiter === '' ? [] : [['Delimiter', url(delimiter)] as XmlNode]),
      ['IsTruncated', String(page.truncated)],
      ...entries,
    ],
  ];
  const body = xmlDocument(root, XMLNS);
  const headers = { 'x-amz-bucket-region': bucket.region, 'content-type': 'application/xml' };
  return { status: 200, headers, body: request.method === 'HEAD' ? new Uint8Array() : body };
}

const listed = (row: ObjectRow, key: string): XmlNode[] => [
  ['Key', key],
  ['LastModified', new Date(row.lastModified).toISOString()],
  ['ETag', row.etag],
  ['Size', String(row.size)],
  ['StorageClass', 'STANDARD'],
];

function errorAnswer(error: AwsError, request: OriginRead, ids: Record<string, string>): OriginAnswer {
  const status = error.status ?? 500;
  if (status === 304) return { status, headers: { ...ids, ...error.headers }, body: new Uint8Array() };
  const fields = Object.entries(error.fields).map(([name, value]): XmlNode => [name, String(value)]);
  const root: XmlNode = [
    'Error',
    [
      ['Code', error.code],
      ['Message', error.message],
      ...fields,
      ['RequestId', ids['x-amz-request-id'] ?? ''],
      ['HostId', ids['x-amz-id-2'] ?? ''],
    ],
  ];
  return {
    status,
    headers: { ...ids, ...error.headers, 'content-type': 'application/xml' },
    body: request.method === 'HEAD' ? new Uint8Array() : xmlDocument(root),
  };
}

/** @throws AwsError InvalidURI (400) for a path that is not percent-encoded UTF-8 */
function decodeKey(path: string): string {
  try {
    return decodeURIComponent(path.slice(1));
  } catch {
    throw new AwsError('InvalidURI', "Couldn't parse the specified URI.", { status: 400, fields: { URI: path } });
  }
}

function parseDate(header: string | undefined): number | undefined {
  return header === undefined ? undefined : Date.parse(header);
}

/** Ids of S3's shape, drawn from what was asked and when: an origin read leaves no trace in the store. */
function requestIds(world: World, { method, bucket, path, querystring }: OriginRead): Record<string, string> {
  const now = world.now();
  const digest = createHash('sha512').update(`${now} ${method} ${bucket}${path}?${querystring}`).digest();
  return {
    'x-amz-id-2': Buffer.concat([digest.subarray(8), digest.subarray(8, 9)]).toString('base64'),
    'x-amz-request-id': digest.subarray(0, 8).toString('hex').toUpperCase(),
    date: new Date(now).toUTCString(),
    server: 'AmazonS3',
  };
}
