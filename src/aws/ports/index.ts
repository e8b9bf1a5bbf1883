/** What the rest of the program knows of AWS: our own interfaces, one a service, each made on first use. */
import type { CloudFrontPort } from './cloudfront.ts';
import type { IamPort } from './iam.ts';
import type { IdentityPort } from './identity.ts';
import type { InvalidationPort } from './invalidation.ts';
import type { LambdaPort } from './lambda.ts';
import type { LogsPort } from './logs.ts';
import type { S3Port } from './s3.ts';
import type { SigningKeysPort } from './signing-keys.ts';
import type { ViewerPort } from './viewer.ts';

export interface AwsPorts {
  /** Where CloudFront's calls go instead of AWS (`--endpoint-url`, the environment, the profile), if anywhere. */
  endpointUrl(): Promise<string | undefined>;
  identity(): Promise<IdentityPort>;
  /** S3 in the bucket's region. */
  s3(region: string): Promise<S3Port>;
  iam(): Promise<IamPort>;
  /** Always us-east-1: Lambda@Edge functions live nowhere else. */
  lambda(): Promise<LambdaPort>;
  cloudfront(): Promise<CloudFrontPort>;
  /** CloudFront Functions and key value stores. */
  viewer(): Promise<ViewerPort>;
  /** The keys of signed URLs, in a key value store. */
  signingKeys(): Promise<SigningKeysPort>;
  invalidation(): Promise<InvalidationPort>;
  /** CloudWatch Logs of one region. */
  logs(region: string): Promise<LogsPort>;
}
