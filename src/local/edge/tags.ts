/** Cache tags: names in a response header under which objects are invalidated (AWS-FACTS 3.5). Pure. */
import type { Headers } from './types.ts';

/** Tags of one object; the rest is ignored. */
const MOST_TAGS = 50;
/** ASCII 33-126 without the comma, 256 characters at most. */
const TAG = /^[\x21-\x2b\x2d-\x7e]{1,256}$/;

/** Tags of a response, in lower case: they are compared without case. None when the distribution names no header. */
export function tagsOf(headers: Headers, headerName: string | undefined): string[] {
  if (headerName === undefined) return [];
  const listed = (headers[headerName.toLowerCase()] ?? []).join(',').split(',');
  // What is no tag is passed over like the 51st (inferred).
  const tags = listed.map((tag) => tag.trim().toLowerCase()).filter((tag) => TAG.test(tag));
  return tags.slice(0, MOST_TAGS);
}
