/** What CloudFront checks of origins. */
import type { DistributionConfig, Origin } from '@aws-sdk/client-cloudfront';
import type { CloudFrontRoom } from './room.ts';

const BUCKET_DOMAIN = /^[a-z0-9][a-z0-9.-]+\.s3([.-][a-z0-9-]+)?\.amazonaws\.com$/;

/** @throws InvalidArgument, IllegalOriginAccessConfiguration, InvalidOriginAccessControl, InvalidOriginAccessIdentity */
export function checkOrigins(room: CloudFrontRoom, config: DistributionConfig): void {
  const origins = config.Origins?.Items ?? [];
  room.refuse(
    'cloudfront.origin-ids',
    new Set(origins.map((origin) => origin.Id)).size !== origins.length,
    'InvalidArgument',
    'The parameter Origin Id contains duplicates.', // INF
  );
  for (const origin of origins) {
    checkKind(room, origin);
    checkAccess(room, origin);
  }
}

function checkKind(room: CloudFrontRoom, origin: Origin): void {
  const kinds = [origin.S3OriginConfig, origin.CustomOriginConfig, origin.VpcOriginConfig].filter(Boolean);
  room.refuse(
    'cloudfront.origin-kind',
    kinds.length !== 1,
    'InvalidArgument',
    'Exactly one of CustomOriginConfig and S3OriginConfig must be specified',
  );
  room.refuse(
    'cloudfront.origin-domain',
    origin.S3OriginConfig !== undefined && !BUCKET_DOMAIN.test(origin.DomainName ?? ''),
    'InvalidArgument',
    'The parameter Origin DomainName does not refer to a valid S3 bucket.',
  );
  const path = origin.OriginPath ?? '';
  room.refuse(
    'cloudfront.origin-path',
    path !== '' && (!path.startsWith('/') || path.endsWith('/')),
    'InvalidArgument',
    'The parameter OriginPath must begin with a slash and must not end with one.', // INF
  );
}

function checkAccess(room: CloudFrontRoom, origin: Origin): void {
  const control = origin.OriginAccessControlId ?? '';
  const identity = origin.S3OriginConfig?.OriginAccessIdentity ?? '';
  room.refuse(
    'cloudfront.oac-and-oai',
    control !== '' && identity !== '',
    'IllegalOriginAccessConfiguration',
    'Cannot use both Origin Access Control and Origin Access Identity on an origin',
  );
  room.refuse(
    'cloudfront.oac-exists',
    control !== '' && !room.accessControls.get(control),
    'InvalidOriginAccessControl',
    'The specified origin access control does not exist or is not valid.', // INF
  );
  const id = /^origin-access-identity\/cloudfront\/([A-Z0-9]+)$/.exec(identity)?.[1] ?? '';
  room.refuse(
    'cloudfront.oai-exists',
    identity !== '' && !room.accessIdentities.get(id),
    'InvalidOriginAccessIdentity',
    'The specified origin access identity does not exist or is not valid.',
  );
}
