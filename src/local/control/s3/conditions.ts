/** Conditional headers of reads, decided as RFC 9110 section 13.2.2 orders them. Pure. */

export interface ReadConditions {
  ifMatch?: string | undefined;
  ifNoneMatch?: string | undefined;
  /** Milliseconds since 1970. */
  ifModifiedSince?: number | undefined;
  /** Milliseconds since 1970. */
  ifUnmodifiedSince?: number | undefined;
}

/** The condition that failed, named as S3 names it in its error. */
export type Verdict = 'proceed' | 'not-modified' | { failed: 'If-Match' | 'If-Unmodified-Since' };

/**
 * @param etag of the object, with its quotes
 * @param lastModified milliseconds since 1970, whole seconds
 */
export function judgeRead(conditions: ReadConditions, etag: string, lastModified: number): Verdict {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  if (ifMatch !== undefined) {
    if (!namesEtag(ifMatch, etag)) return { failed: 'If-Match' };
  } else if (isTime(ifUnmodifiedSince) && lastModified > ifUnmodifiedSince) {
    return { failed: 'If-Unmodified-Since' };
  }
  if (ifNoneMatch !== undefined) return namesEtag(ifNoneMatch, etag) ? 'not-modified' : 'proceed';
  return isTime(ifModifiedSince) && lastModified <= ifModifiedSince ? 'not-modified' : 'proceed';
}

/** Does a list of entity tags name this one? `*` names all; S3 takes tags without their quotes too. */
export function namesEtag(list: string, etag: string): boolean {
  return list
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
    .some((tag) => tag === '*' || tag === etag || `"${tag}"` === etag);
}

/** A date that could not be read is no condition. */
const isTime = (time: number | undefined): time is number => time !== undefined && Number.isFinite(time);
