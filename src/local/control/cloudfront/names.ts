/** Names of functions and key value stores. */
import type { CloudFrontRoom } from './room.ts';

/** 1 to 64 letters, digits, hyphens and underscores (API reference). @throws MalformedXML */
export function checkName(room: CloudFrontRoom, name: string): void {
  room.refuse(
    'cloudfront.names',
    !/^[a-zA-Z0-9-_]{1,64}$/.test(name),
    'MalformedXML',
    `1 validation error detected: Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9-_]{1,64}`,
    { status: 400 },
  );
}
