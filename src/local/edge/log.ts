/** The log that CloudFront itself writes when a function's answer fails validation (AWS-FACTS 5). */
import type { World } from '../world.ts';

export interface Rejection {
  versionArn: string;
  lambdaRequestId: string;
  /** Why, as a sentence. */
  sentence: string;
}

/**
 * Writes into /aws/cloudfront/LambdaEdge/DISTRIBUTION of the region that served. The line has CloudFront's request id
 * and Lambda's, as documented; how they are set out is inferred.
 */
export function logRejection(
  world: World,
  { live, region, requestId }: { live: { id: string }; region: string; requestId: string },
  { versionArn, lambdaRequestId, sentence }: Rejection,
): void {
  const now = world.now();
  const day = new Date(now).toISOString().slice(0, 10).replaceAll('-', '/');
  const message = `(${requestId}) RequestId: ${lambdaRequestId} Function: ${versionArn} ${sentence}`;
  world.logs.put(region, `/aws/cloudfront/LambdaEdge/${live.id}`, `${day}/${live.id}`, [{ timestamp: now, message }]);
}
