/** What S3 refuses, by the ids under which a test can switch each rule off. */
export const S3_REFUSALS = {
  's3.access': 'what neither an identity policy nor the bucket policy allows, or either denies (AWS-FACTS 6)',
  's3.block-public-policy': 'a public bucket policy while BlockPublicPolicy is on (AWS-FACTS 6)',
  's3.bucket-exists': 'creating an own bucket again outside us-east-1 (d.ts BucketAlreadyOwnedByYou)',
  's3.bucket-name': 'bucket names outside the naming rules (S3UG bucketnamingrules)',
  's3.bucket-not-empty': 'deleting a bucket that has objects (d.ts DeleteBucketCommand)',
  's3.bucket-region': "a call signed for another region than the bucket's (AWS-FACTS 10)",
  's3.checksum': 'a body that does not match its x-amz-checksum header (d.ts PutObjectRequest)',
  's3.content-md5': 'a body that does not match its Content-MD5 header (d.ts PutObjectRequest)',
  's3.expected-owner': 'a call that expects another account to own the bucket (AWS-FACTS 6)',
  's3.key-length': 'keys over 1,024 bytes (S3UG object-keys)',
  's3.location-constraint':
    'a location constraint that is missing or does not fit the endpoint (d.ts CreateBucketCommand)',
  's3.metadata-size': 'user metadata over 2 KB (S3UG UsingMetadata)',
  's3.missing-key-hidden': 'telling 404 to a caller without s3:ListBucket (AWS-FACTS 6)',
  's3.policy-document': 'a bucket policy that is not a policy document (AWS-FACTS 10)',
  's3.policy-principal': 'a bucket policy naming a principal that does not exist yet or any more (AWS-FACTS 6)',
  's3.policy-resource': 'a bucket policy about something else than the bucket, or actions that do not fit the resource',
  's3.policy-size': 'a bucket policy over 20 KB (AWS-FACTS 6)',
  's3.range': 'a range outside the object (RFC 9110, 15.5.17)',
  's3.read-precondition': 'a read whose If-Match or If-Unmodified-Since does not hold (d.ts GetObjectRequest)',
  's3.response-header': 'a response-… parameter that no header can carry (guardian/grid#1716)',
  's3.restrict-public-buckets': 'anonymous reads by a public policy while RestrictPublicBuckets is on (AWS-FACTS 6)',
  's3.write-precondition': 'a write whose If-None-Match or If-Match does not hold (d.ts PutObjectRequest)',
} as const;

export type S3Refusal = keyof typeof S3_REFUSALS;
