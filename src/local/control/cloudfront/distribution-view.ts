/** A distribution as CloudFront describes it. */
import type { Distribution, DistributionSummary } from '@aws-sdk/client-cloudfront';
import { AwsError } from '../../wire/service.ts';
import { isDeployed } from './deployments.ts';
import { inProgress } from './invalidation-state.ts';
import { type CloudFrontRoom, type DistributionRow, distributionArn } from './room.ts';

/** @throws NoSuchDistribution */
export function findDistribution(room: CloudFrontRoom, id: string | undefined): DistributionRow {
  const row = room.distributions.get(id ?? '');
  if (!row) throw new AwsError('NoSuchDistribution', 'The specified distribution does not exist.');
  return row;
}

export function describe(room: CloudFrontRoom, row: DistributionRow): Distribution {
  return {
    ...common(room, row),
    InProgressInvalidationBatches: inProgress(room, row.id).length,
    ActiveTrustedSigners: { Enabled: false, Quantity: 0 },
    ActiveTrustedKeyGroups: { Enabled: false, Quantity: 0 },
    DistributionConfig: row.deployments.current.config,
  };
}

export function summarize(room: CloudFrontRoom, row: DistributionRow): DistributionSummary {
  const { config } = row.deployments.current;
  return {
    ...common(room, row),
    ETag: row.etag,
    Aliases: config.Aliases,
    Origins: config.Origins,
    OriginGroups: config.OriginGroups,
    DefaultCacheBehavior: config.DefaultCacheBehavior,
    CacheBehaviors: config.CacheBehaviors,
    CustomErrorResponses: config.CustomErrorResponses,
    Comment: config.Comment,
    PriceClass: config.PriceClass,
    Enabled: config.Enabled,
    ViewerCertificate: config.ViewerCertificate,
    Restrictions: config.Restrictions,
    WebACLId: config.WebACLId,
    HttpVersion: config.HttpVersion,
    IsIPV6Enabled: config.IsIPV6Enabled,
    Staging: config.Staging,
  };
}

function common(room: CloudFrontRoom, row: DistributionRow) {
  const deployed = isDeployed(row.deployments, room.world.now(), room.world.delays.deploy);
  return {
    Id: row.id,
    ARN: distributionArn(room, row.id),
    Status: deployed ? 'Deployed' : 'InProgress',
    LastModifiedTime: new Date(row.deployments.current.at),
    DomainName: row.domainName,
  };
}
