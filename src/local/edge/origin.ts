/** The S3 origin of a behavior: which bucket, asked by whom. Pure but for the questions it asks of the world. */
import type { DistributionConfig, Origin } from '@aws-sdk/client-cloudfront';
import type { LiveDistribution, OriginAnswer, Principal, World } from '../world.ts';
import type { Behavior } from './types.ts';

export interface S3OriginTarget {
  kind: 's3';
  origin: Origin;
  bucket: string;
  /** Region in the domain name; undefined for the global endpoint `BUCKET.s3.amazonaws.com`. */
  domainRegion: string | undefined;
  /** Origin path without a slash at the end. */
  path: string;
  principal: Principal;
  authMethod: 'origin-access-identity' | 'none';
}

export interface UnsupportedOrigin {
  kind: 'unsupported';
  reason: string;
}

// bucket.s3.amazonaws.com, bucket.s3.REGION.…, bucket.s3-REGION.…, bucket.s3.dualstack.REGION.…; buckets may have dots.
const S3_DOMAIN = /^(.+)\.s3(?:[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com$/;

/** Bucket and region of an S3 domain name; undefined when it is another host (website endpoints included). */
export function parseS3Domain(domain: string): { bucket: string; region: string | undefined } | undefined {
  const match = S3_DOMAIN.exec(domain);
  return match?.[1] === undefined ? undefined : { bucket: match[1], region: match[2] };
}

/** Finds the origin of a behavior. An origin group stands for its first member: failover is not modelled. */
export function findOrigin(
  world: World,
  live: LiveDistribution,
  config: DistributionConfig,
  behavior: Behavior,
): S3OriginTarget | UnsupportedOrigin {
  const group = config.OriginGroups?.Items?.find(({ Id }) => Id === behavior.TargetOriginId);
  const id = group?.Members?.Items?.[0]?.OriginId ?? behavior.TargetOriginId;
  const origin = config.Origins?.Items?.find(({ Id }) => Id === id);
  const domain = parseS3Domain(origin?.DomainName ?? '');
  if (!origin?.S3OriginConfig || !domain) {
    const reason = `The origin ${origin?.DomainName ?? id} is no S3 bucket. The local AWS has S3 origins only.`;
    return { kind: 'unsupported', reason };
  }
  const identity = origin.S3OriginConfig.OriginAccessIdentity?.split('/').at(-1);
  return {
    kind: 's3',
    origin,
    bucket: domain.bucket,
    domainRegion: domain.region,
    path: (origin.OriginPath ?? '').replace(/\/$/, ''),
    principal: principalOf(world, live, origin, identity),
    authMethod: identity ? 'origin-access-identity' : 'none',
  };
}

/** Who S3 sees: the service for the distribution (OAC), the identity (OAI), or nobody (AWS-FACTS 3.3). */
function principalOf(world: World, live: LiveDistribution, origin: Origin, identity: string | undefined): Principal {
  const control = origin.OriginAccessControlId;
  if (control && world.cloudfront.accessControl(control)?.signs) {
    const host = 'cloudfront.amazonaws.com';
    return { kind: 'service', arn: host, accountId: '', userId: host, sourceArn: live.arn };
  }
  if (identity && world.cloudfront.identityExists(identity)) {
    const arn = `arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ${identity}`;
    return { kind: 'oai', arn, accountId: 'cloudfront', userId: identity };
  }
  return { kind: 'anonymous', arn: '*', accountId: '', userId: 'anonymous' };
}

/** One request to the bucket. A regional domain of another region answers S3's 301 instead (AWS-FACTS 10). */
export function readOrigin(
  world: World,
  target: S3OriginTarget,
  request: { method: 'GET' | 'HEAD'; uri: string; querystring: string; headers: Record<string, string> },
): OriginAnswer {
  const { bucket, domainRegion, path, principal } = target;
  const actual = world.s3.bucket(bucket);
  if (actual && domainRegion !== undefined && domainRegion !== actual.region) return wrongRegion(bucket, actual.region);
  return world.s3.read({
    principal,
    method: request.method,
    bucket,
    path: `${path}${request.uri}`,
    querystring: request.querystring,
    headers: request.headers,
  });
}

function wrongRegion(bucket: string, region: string): OriginAnswer {
  const endpoint = `${bucket}.s3.${region}.amazonaws.com`;
  const body = Buffer.from(
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>PermanentRedirect</Code><Message>The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.</Message>' +
      `<Endpoint>${endpoint}</Endpoint><Bucket>${bucket}</Bucket></Error>`,
  );
  const headers = {
    'content-type': 'application/xml',
    'content-length': String(body.byteLength),
    'x-amz-bucket-region': region,
    server: 'AmazonS3',
  };
  return { status: 301, headers, body };
}
