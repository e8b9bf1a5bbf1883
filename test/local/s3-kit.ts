/** What S3 tests make: buckets, people, policies. */
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  DeletePublicAccessBlockCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { TestAws, TestClients } from '../builders/local-aws.ts';
import { unique } from './lambda-kit.ts';

export type Statement = Record<string, unknown>;

export const policyOf = (...statements: Statement[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

/** A bucket in us-east-1 with one object, `cat.jpg`; its name. */
export async function makeBucket(aws: TestAws): Promise<string> {
  const Bucket = unique('bucket');
  await aws.clients.s3.send(new CreateBucketCommand({ Bucket }));
  await aws.clients.s3.send(new PutObjectCommand({ Bucket, Key: 'cat.jpg', Body: 'miaow', ContentType: 'image/jpeg' }));
  return Bucket;
}

export const putPolicy = (aws: TestAws, Bucket: string, ...statements: Statement[]) =>
  aws.clients.s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policyOf(...statements) }));

/** A bucket that everybody may read objects of. */
export async function makePublicBucket(aws: TestAws): Promise<string> {
  const Bucket = await makeBucket(aws);
  await aws.clients.s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
  await putPolicy(aws, Bucket, readers('*', Bucket));
  return Bucket;
}

export const readers = (Principal: unknown, bucket: string): Statement => ({
  Effect: 'Allow',
  Principal,
  Action: 's3:GetObject',
  Resource: `arn:aws:s3:::${bucket}/*`,
});

/** A user with these identity statements, and clients that act as them. */
export async function makeUser(aws: TestAws, ...statements: Statement[]): Promise<TestClients & { arn: string }> {
  const UserName = unique('user');
  const { User } = await aws.clients.iam.send(new CreateUserCommand({ UserName }));
  if (statements.length > 0) {
    const PolicyDocument = policyOf(...statements);
    await aws.clients.iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'inline', PolicyDocument }));
  }
  const { AccessKey } = await aws.clients.iam.send(new CreateAccessKeyCommand({ UserName }));
  const clients = aws.clientsFor({
    accessKeyId: AccessKey?.AccessKeyId ?? '',
    secretAccessKey: AccessKey?.SecretAccessKey ?? '',
  });
  return { ...clients, arn: User?.Arn ?? '' };
}

/** A client that signs nothing. */
export const anonymousS3 = (aws: TestAws): S3Client =>
  new S3Client({
    endpoint: aws.aws,
    region: 'us-east-1',
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: aws.credentials,
    signer: { sign: async (request) => request },
  });
