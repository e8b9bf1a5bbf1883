/** S3's refusals, provoked through the SDK. */
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3';
import type { TestAws } from '../../builders/local-aws.ts';
import { unique } from '../lambda-kit.ts';
import { anonymousS3, makeBucket, makePublicBucket, makeUser, policyOf, readers } from '../s3-kit.ts';
import type { RefusalRow } from './row.ts';

const CLOUDFRONT = { Service: 'cloudfront.amazonaws.com' };

const frankfurt = (aws: TestAws) => aws.clientsFor(aws.credentials, 'eu-central-1').s3;

async function putting(aws: TestAws, more: object) {
  const Bucket = await makeBucket(aws);
  return aws.clients.s3.send(new PutObjectCommand({ Bucket, Key: 'cat.jpg', Body: 'purr', ...more }));
}

async function getting(aws: TestAws, more: object) {
  const Bucket = await makeBucket(aws);
  return aws.clients.s3.send(new GetObjectCommand({ Bucket, Key: 'cat.jpg', ...more }));
}

async function puttingPolicy(aws: TestAws, text: (bucket: string) => string) {
  const Bucket = await makeBucket(aws);
  return aws.clients.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: text(Bucket) }));
}

const buckets: RefusalRow[] = [
  {
    id: 's3.bucket-exists',
    error: 'BucketAlreadyOwnedByYou',
    message: /you already own it/,
    async provoke(aws) {
      const Bucket = unique('twice');
      await frankfurt(aws).send(new CreateBucketCommand({ Bucket }));
      return frankfurt(aws).send(new CreateBucketCommand({ Bucket }));
    },
  },
  {
    id: 's3.bucket-name',
    error: 'InvalidBucketName',
    provoke: (aws) => aws.clients.s3.send(new CreateBucketCommand({ Bucket: `xn--${unique('name')}` })),
  },
  {
    id: 's3.bucket-not-empty',
    error: 'BucketNotEmpty',
    provoke: async (aws) => aws.clients.s3.send(new DeleteBucketCommand({ Bucket: await makeBucket(aws) })),
  },
  {
    id: 's3.bucket-region',
    error: 'PermanentRedirect',
    message: /must be addressed using the specified endpoint/,
    provoke: async (aws) => frankfurt(aws).send(new GetBucketPolicyCommand({ Bucket: await makeBucket(aws) })),
  },
  {
    id: 's3.location-constraint',
    error: 'IllegalLocationConstraintException',
    message: /ap-south-1 location constraint is incompatible/,
    provoke: (aws) =>
      frankfurt(aws).send(
        new CreateBucketCommand({
          Bucket: unique('elsewhere'),
          CreateBucketConfiguration: { LocationConstraint: 'ap-south-1' },
        }),
      ),
  },
  {
    id: 's3.expected-owner',
    error: 'AccessDenied',
    provoke: (aws) => getting(aws, { ExpectedBucketOwner: '111111111111' }),
  },
];

const objects: RefusalRow[] = [
  {
    id: 's3.checksum',
    error: 'BadDigest',
    message: /^The SHA256 you specified did not match/,
    provoke: (aws) => putting(aws, { ChecksumSHA256: Buffer.alloc(32).toString('base64') }),
  },
  {
    id: 's3.content-md5',
    error: 'BadDigest',
    message: /^The Content-MD5 you specified did not match/,
    provoke: (aws) => putting(aws, { ContentMD5: Buffer.alloc(16).toString('base64') }),
  },
  { id: 's3.key-length', error: 'KeyTooLongError', provoke: (aws) => putting(aws, { Key: 'k'.repeat(1025) }) },
  {
    id: 's3.metadata-size',
    error: 'MetadataTooLarge',
    provoke: (aws) => putting(aws, { Metadata: { note: 'm'.repeat(2048) } }),
  },
  { id: 's3.range', error: 'InvalidRange', provoke: (aws) => getting(aws, { Range: 'bytes=100-' }) },
  { id: 's3.read-precondition', error: 'PreconditionFailed', provoke: (aws) => getting(aws, { IfMatch: '"other"' }) },
  {
    id: 's3.response-header',
    error: 'InvalidArgument',
    message: /^Header value cannot be represented using ISO-8859-1\.$/,
    provoke: (aws) => getting(aws, { ResponseContentDisposition: 'attachment; filename="고양이.jpg"' }),
  },
  { id: 's3.write-precondition', error: 'PreconditionFailed', provoke: (aws) => putting(aws, { IfNoneMatch: '*' }) },
];

const policies: RefusalRow[] = [
  {
    id: 's3.policy-document',
    error: 'MalformedPolicy',
    message: /^Policies must be valid JSON and the first byte must be '\{'$/,
    provoke: (aws) => puttingPolicy(aws, () => 'nonsense'),
  },
  {
    id: 's3.policy-principal',
    error: 'MalformedPolicy',
    message: /^Invalid principal in policy$/,
    provoke: (aws) =>
      puttingPolicy(aws, (bucket) =>
        policyOf(readers({ AWS: 'arn:aws:iam::000000000000:role/not-there-yet' }, bucket)),
      ),
  },
  {
    id: 's3.policy-resource',
    error: 'MalformedPolicy',
    message: /^Policy has invalid resource$/,
    provoke: (aws) => puttingPolicy(aws, () => policyOf(readers(CLOUDFRONT, 'another-bucket'))),
  },
  {
    id: 's3.policy-size',
    error: 'MalformedPolicy',
    message: /maximum allowed document size/,
    provoke: (aws) => puttingPolicy(aws, (bucket) => policyOf(readers(CLOUDFRONT, bucket)) + ' '.repeat(20 * 1024)),
  },
  {
    id: 's3.block-public-policy',
    error: 'AccessDenied',
    message: /because public policies are prevented by the BlockPublicPolicy setting/,
    provoke: (aws) => puttingPolicy(aws, (bucket) => policyOf(readers('*', bucket))),
  },
];

const access: RefusalRow[] = [
  {
    id: 's3.access',
    error: 'AccessDenied',
    message: /is not authorized to perform: s3:GetObject on resource/,
    async provoke(aws) {
      const Bucket = await makeBucket(aws);
      const { s3 } = await makeUser(aws);
      return s3.send(new GetObjectCommand({ Bucket, Key: 'cat.jpg' }));
    },
  },
  {
    id: 's3.missing-key-hidden',
    error: 'AccessDenied',
    message: /s3:ListBucket/,
    async provoke(aws) {
      const Bucket = await makeBucket(aws);
      const { s3 } = await makeUser(aws, { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
      return s3.send(new GetObjectCommand({ Bucket, Key: 'dog.jpg' }));
    },
  },
  {
    id: 's3.restrict-public-buckets',
    error: 'AccessDenied',
    async provoke(aws) {
      const Bucket = await makePublicBucket(aws);
      const PublicAccessBlockConfiguration = { RestrictPublicBuckets: true };
      await aws.clients.s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
      return anonymousS3(aws).send(new GetObjectCommand({ Bucket, Key: 'cat.jpg' }));
    },
  },
];

export const rows: RefusalRow[] = [...buckets, ...objects, ...policies, ...access];
