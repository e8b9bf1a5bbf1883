/** What CloudFront tests make: configs and distributions. */
import {
  CreateDistributionCommand,
  type CreateDistributionCommandOutput,
  type DistributionConfig,
  type LambdaFunctionAssociation,
} from '@aws-sdk/client-cloudfront';
import type { TestAws } from '../builders/local-aws.ts';
import { unique } from './lambda-kit.ts';

export const CACHING_OPTIMIZED = '658327ea-f89d-4fab-a63d-7e88639e58f6';

/** The least that CreateDistribution takes, and `given`. */
export function sampleConfig(given: Partial<DistributionConfig> = {}): DistributionConfig {
  return {
    CallerReference: unique('reference'),
    Comment: '',
    Enabled: true,
    Origins: { Quantity: 1, Items: [sampleOrigin()] },
    DefaultCacheBehavior: {
      TargetOriginId: 'images',
      ViewerProtocolPolicy: 'redirect-to-https',
      CachePolicyId: CACHING_OPTIMIZED,
    },
    ...given,
  };
}

export function sampleOrigin() {
  return {
    Id: 'images',
    DomainName: 'images.s3.eu-west-1.amazonaws.com',
    S3OriginConfig: { OriginAccessIdentity: '' },
  };
}

/** A config whose default behavior has these functions on its events. */
export function configWith(...items: LambdaFunctionAssociation[]): DistributionConfig {
  const config = sampleConfig();
  return {
    ...config,
    DefaultCacheBehavior: {
      TargetOriginId: 'images',
      ViewerProtocolPolicy: 'redirect-to-https',
      CachePolicyId: CACHING_OPTIMIZED,
      LambdaFunctionAssociations: { Quantity: items.length, Items: items },
    },
  };
}

export const onOriginResponse = (arn: string) => configWith({ LambdaFunctionARN: arn, EventType: 'origin-response' });

export interface MadeDistribution {
  id: string;
  arn: string;
  etag: string;
  config: DistributionConfig;
}

export async function makeDistribution(aws: TestAws, config = sampleConfig()): Promise<MadeDistribution> {
  return madeOf(await aws.clients.cloudfront.send(new CreateDistributionCommand({ DistributionConfig: config })));
}

export function madeOf({ Distribution, ETag }: CreateDistributionCommandOutput): MadeDistribution {
  if (!Distribution?.Id || !Distribution.ARN || !Distribution.DistributionConfig || !ETag)
    throw new Error('incomplete');
  return { id: Distribution.Id, arn: Distribution.ARN, etag: ETag, config: Distribution.DistributionConfig };
}
