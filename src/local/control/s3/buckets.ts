/** Buckets themselves: made, found, listed, removed. */
import type {
  BucketLocationConstraint,
  CreateBucketCommandInput,
  CreateBucketCommandOutput,
  DeleteBucketCommandInput,
  DeleteBucketCommandOutput,
  GetBucketLocationCommandInput,
  GetBucketLocationCommandOutput,
  HeadBucketCommandInput,
  HeadBucketCommandOutput,
  ListBucketsCommandInput,
  ListBucketsCommandOutput,
} from '@aws-sdk/client-s3';
import type { Handler, Handlers } from '../../wire/service.ts';
import { refuserOf } from '../refusal.ts';
import { authorize } from './access.ts';
import { isBucketName } from './bucket-names.ts';
import { enterBucket, findBucket } from './call.ts';
import type { S3Refusal } from './refusals.ts';
import { type BucketRow, bucketArn, newBucket, type S3State } from './state.ts';

const OLDEST_REGION = 'us-east-1';

export function bucketHandlers(s3: S3State): Handlers {
  return {
    CreateBucket: createBucket(s3),
    HeadBucket: headBucket(s3),
    ListBuckets: listBuckets(s3),
    DeleteBucket: deleteBucket(s3),
    GetBucketLocation: getBucketLocation(s3),
  };
}

function createBucket(s3: S3State): Handler<CreateBucketCommandInput, CreateBucketCommandOutput> {
  const refuse = refuserOf<S3Refusal>(s3.world);
  return (input, call) => {
    const name = input.Bucket ?? '';
    authorize(s3.world, undefined, {
      principal: call.principal,
      action: 's3:CreateBucket',
      resource: bucketArn(name),
    });
    refuse('s3.bucket-name', !isBucketName(name), 'InvalidBucketName', 'The specified bucket is not valid.', {
      status: 400,
      fields: { BucketName: name },
    });
    const region = targetRegion(s3, call.region, input.CreateBucketConfiguration?.LocationConstraint);
    const known = s3.buckets.get(name);
    refuse(
      's3.bucket-exists',
      known !== undefined && call.region !== OLDEST_REGION,
      'BucketAlreadyOwnedByYou',
      'Your previous request to create the named bucket succeeded and you already own it.',
      { status: 409, fields: { BucketName: name } },
    );
    if (!known) {
      const tags = input.CreateBucketConfiguration?.Tags?.map(({ Key = '', Value = '' }) => ({ Key, Value }));
      s3.buckets.set(name, { ...newBucket(name, region, call.now), ...(tags ? { tags } : {}) });
    }
    return { Location: `/${name}`, BucketArn: bucketArn(name) };
  };
}

/** us-east-1's endpoint makes buckets anywhere, and its own without a constraint; the others make their own only. */
function targetRegion({ world }: S3State, endpoint: string, constraint: string | undefined): string {
  const refuse = refuserOf<S3Refusal>(world);
  refuse(
    's3.location-constraint',
    constraint === OLDEST_REGION,
    'InvalidLocationConstraint',
    'The specified location-constraint is not valid',
    { status: 400, fields: { LocationConstraint: constraint } },
  );
  refuse(
    's3.location-constraint',
    endpoint !== OLDEST_REGION && constraint !== endpoint,
    'IllegalLocationConstraintException',
    `The ${constraint ?? 'unspecified'} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    { status: 400 },
  );
  return constraint === 'EU' ? 'eu-west-1' : (constraint ?? endpoint);
}

function headBucket(s3: S3State): Handler<HeadBucketCommandInput, HeadBucketCommandOutput> {
  return (input, call) => {
    const bucket = enterBucket(s3, input, call, 's3:ListBucket');
    return { BucketRegion: bucket.region, AccessPointAlias: false };
  };
}

function listBuckets(s3: S3State): Handler<ListBucketsCommandInput, ListBucketsCommandOutput> {
  return (input, call) => {
    authorize(s3.world, undefined, { principal: call.principal, action: 's3:ListAllMyBuckets', resource: '*' });
    const after = decodeToken(input.ContinuationToken);
    const rows = s3.buckets
      .values()
      .filter((row) => row.name > after && row.name.startsWith(input.Prefix ?? ''))
      .filter((row) => input.BucketRegion === undefined || row.region === input.BucketRegion)
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const page = rows.slice(0, input.MaxBuckets ?? 10_000);
    const last = page.at(-1);
    return {
      Buckets: page.map(listed),
      Owner: { ID: ownerId(s3) },
      ...(input.Prefix === undefined ? {} : { Prefix: input.Prefix }),
      ...(last && rows.length > page.length ? { ContinuationToken: encodeToken(last.name) } : {}),
    };
  };
}

const listed = (row: BucketRow) => ({
  Name: row.name,
  CreationDate: new Date(row.createdAt),
  BucketRegion: row.region,
  BucketArn: bucketArn(row.name),
});

/** The account's canonical user id: 64 hex digits. */
const ownerId = ({ world }: S3State): string => world.account.padStart(64, '0');

const encodeToken = (name: string): string => Buffer.from(name).toString('base64url');
const decodeToken = (token: string | undefined): string => Buffer.from(token ?? '', 'base64url').toString();

function deleteBucket(s3: S3State): Handler<DeleteBucketCommandInput, DeleteBucketCommandOutput> {
  const refuse = refuserOf<S3Refusal>(s3.world);
  return (input, call) => {
    const bucket = enterBucket(s3, input, call, 's3:DeleteBucket');
    const objects = s3.objects(bucket.name);
    refuse(
      's3.bucket-not-empty',
      objects.values().length > 0,
      'BucketNotEmpty',
      'The bucket you tried to delete is not empty',
      { status: 409, fields: { BucketName: bucket.name } },
    );
    for (const [key] of objects.entries()) objects.delete(key);
    s3.buckets.delete(bucket.name);
    return {};
  };
}

/** Answers from every endpoint: it is how a client learns the region. us-east-1 is an empty constraint. */
function getBucketLocation(s3: S3State): Handler<GetBucketLocationCommandInput, GetBucketLocationCommandOutput> {
  return (input, call) => {
    const { region } = findBucket(s3, input.Bucket ?? '', call);
    enterBucket(s3, input, { ...call, region }, 's3:GetBucketLocation');
    return region === OLDEST_REGION ? {} : { LocationConstraint: region as BucketLocationConstraint };
  };
}
