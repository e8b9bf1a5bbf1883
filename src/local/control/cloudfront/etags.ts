/** Ids, ETags and the If-Match that changes need. */
import { uniqueId } from '../sequence.ts';
import type { CloudFrontRoom } from './room.ts';

/** `E` and 13 letters and digits: the form of a distribution's id and of an ETag. */
export function newId(room: CloudFrontRoom): string {
  return `E${uniqueId(room.world, 13)}`;
}

/** @throws InvalidIfMatchVersion (400), PreconditionFailed (412): AWS-FACTS 3.1 */
export function checkIfMatch(room: CloudFrontRoom, ifMatch: string | undefined, etag: string): void {
  const formed = ifMatch !== undefined && /^E[A-Z0-9]+$/.test(ifMatch);
  room.refuse(
    'cloudfront.if-match',
    !formed,
    'InvalidIfMatchVersion',
    'The If-Match version is missing or not valid for the resource.',
  );
  room.refuse(
    'cloudfront.etag',
    formed && ifMatch !== etag,
    'PreconditionFailed',
    "The request failed because it didn't meet the preconditions in one or more request-header fields.",
  );
}
