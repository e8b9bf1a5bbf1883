/** CloudFront invalidations through the SDK. */
import type { Invalidation as SdkInvalidation } from '@aws-sdk/client-cloudfront';
import { AppError } from '../errors.ts';
import type { ClientSettings } from './clients.ts';
import { call, isAwsError } from './errors.ts';
import type { Invalidation, InvalidationPort } from './ports/invalidation.ts';

/** @throws AppError from every call, see aws/errors */
export async function createInvalidationPort(settings: ClientSettings): Promise<InvalidationPort> {
  const { CloudFrontClient, CreateInvalidationCommand, GetInvalidationCommand } = await import(
    '@aws-sdk/client-cloudfront'
  );
  const client = new CloudFrontClient(settings);
  return {
    create: (DistributionId, { paths, callerReference }) =>
      call(`invalidate on ${DistributionId}`, async () => {
        const Paths = { Quantity: paths.length, Items: paths };
        const InvalidationBatch = { CallerReference: callerReference, Paths };
        try {
          const answer = await client.send(new CreateInvalidationCommand({ DistributionId, InvalidationBatch }));
          return toInvalidation(answer.Invalidation);
        } catch (error) {
          // The SDK does not retry this one by itself (AWS-FACTS 4).
          if (isAwsError(error, 'TooManyInvalidationsInProgress')) return 'busy';
          throw error;
        }
      }),
    get: (DistributionId, Id) =>
      call(`read invalidation ${Id} of ${DistributionId}`, async () => {
        const answer = await client.send(new GetInvalidationCommand({ DistributionId, Id }));
        return toInvalidation(answer.Invalidation);
      }),
  };
}

function toInvalidation(invalidation: SdkInvalidation | undefined): Invalidation {
  if (!invalidation?.Id) throw new AppError('AWS_ERROR', 'CloudFront answered without an invalidation');
  return {
    id: invalidation.Id,
    status: invalidation.Status === 'Completed' ? 'Completed' : 'InProgress',
    createdAt: invalidation.CreateTime?.getTime() ?? 0,
  };
}
