/** Custom error responses: a page of the distribution's own in place of an error (CFDG "custom error pages"). */
import type { DistributionConfig } from '@aws-sdk/client-cloudfront';
import type { EdgeResponse, ResultType } from './types.ts';

interface Found {
  response: EdgeResponse;
  result: ResultType;
  ageSeconds?: number;
}

/**
 * Puts the configured page and status in place of an error. `pageOf` fetches a path of the same distribution. When
 * the page itself cannot be had, the viewer gets the original error.
 */
export async function withErrorPage(
  { config }: { config: DistributionConfig },
  found: Found,
  pageOf: (path: string) => Promise<EdgeResponse>,
): Promise<Found> {
  const { status } = found.response;
  const rule = config.CustomErrorResponses?.Items?.find(({ ErrorCode }) => ErrorCode === status);
  if (status < 400 || !rule?.ResponsePagePath) return found;
  const page = await pageOf(rule.ResponsePagePath);
  if (page.status !== 200) return found;
  return { ...found, response: { ...page, status: Number(rule.ResponseCode) || status } };
}
