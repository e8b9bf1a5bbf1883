/** What is called what on AWS, and how it is told that a thing is ours. */

export const TAG_NAME = 'edge-resize:name';
export const TAG_DISTRIBUTION = 'edge-resize:distribution';

/** Region in which Lambda@Edge functions live. */
export const EDGE_HOME_REGION = 'us-east-1';
export const FUNCTION_HANDLER = 'index.handler';
/** Inline policies of the role. */
export const LOGS_POLICY = 'logs';
export const ORIGINALS_POLICY = 'originals';

/** Name of the role, the functions, the key value store, the origin access control and the cache policy of an installation. */
export function resourceName(name: string): string {
  return `edge-resize-${name}`;
}

export function roleArn(account: string, name: string): string {
  return `arn:aws:iam::${account}:role/${resourceName(name)}`;
}

export function functionArn(account: string, name: string): string {
  return `arn:aws:lambda:${EDGE_HOME_REGION}:${account}:function:${resourceName(name)}`;
}

/** ARN of the CloudFront Function of an installation. */
export function viewerFunctionArn(account: string, name: string): string {
  return `arn:aws:cloudfront::${account}:function/${resourceName(name)}`;
}

export function distributionArn(account: string, id: string): string {
  return `arn:aws:cloudfront::${account}:distribution/${id}`;
}

/** The text that marks an origin access control or cache policy as ours: neither can be tagged. */
export function ownerMark(name: string): string {
  return `Made by edge-resize for ${name}`;
}

/** Host of a bucket in its region, as CloudFront wants it for an S3 origin. */
export function bucketHost(bucket: string, region: string): string {
  return `${bucket}.s3.${region}.amazonaws.com`;
}

/** Is `host` the bucket's S3 host, in any of its spellings (regional, global, dual-stack, dash)? */
export function isBucketHost(host: string, bucket: string): boolean {
  if (!host.startsWith(`${bucket}.`)) return false;
  return /^s3([.-](dualstack\.)?[a-z0-9-]+)?\.amazonaws\.com$/.test(host.slice(bucket.length + 1));
}

/** Tags of what belongs to one installation and one distribution. */
export function ownerTags(name: string, distribution: string): Record<string, string> {
  return { [TAG_NAME]: name, [TAG_DISTRIBUTION]: distribution };
}
