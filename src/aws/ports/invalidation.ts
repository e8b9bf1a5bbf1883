/** What we ask of CloudFront to empty its caches. */

export interface Invalidation {
  id: string;
  status: 'InProgress' | 'Completed';
  /** Milliseconds since 1970. */
  createdAt: number;
}

export interface InvalidationBatch {
  /** Encoded as CloudFront wants them, each beginning with `/`. */
  paths: string[];
  /** The same reference and paths twice is one invalidation, so a repeated call costs nothing (AWS-FACTS 4). */
  callerReference: string;
}

export interface InvalidationPort {
  /**
   * Starts an invalidation. `busy`: too many paths of this distribution are in progress (AWS-FACTS 4); try again later.
   * Throws DISTRIBUTION_MISSING, INVALID_PATH.
   */
  create(distributionId: string, batch: InvalidationBatch): Promise<Invalidation | 'busy'>;
  get(distributionId: string, invalidationId: string): Promise<Invalidation>;
}
