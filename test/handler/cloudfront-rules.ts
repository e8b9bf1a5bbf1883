/** What CloudFront accepts from an origin-response function, written down from AWS-FACTS 1.2, 1.5 and 1.6. */
import type { EdgeResponse, HeaderEntry, Headers } from '../../handler/event.ts';

const DISALLOWED =
  /^(?:connection|expect|keep-alive|proxy-(?:authenticate|authorization|connection)|trailer|upgrade|x-accel-(?:buffering|charset|limit-rate|redirect)|x-amz-cf-.*|x-amzn-(?:auth|cf-billing|cf-id|cf-xff|errortype|fle-profile|header-count|header-order|lambda-integration-tag|requestid)|x-cache|x-edge-.*|x-forwarded-proto|x-real-ip)$/;
const READ_ONLY = ['transfer-encoding', 'via'];
const LIMIT = 1_048_576;

/** Every rule that an answer breaks, in words. Empty: CloudFront takes it. */
export function brokenRules(answer: EdgeResponse, incoming: EdgeResponse): string[] {
  return [...statusRules(answer), ...headerRules(answer.headers, incoming.headers), ...bodyRules(answer)];
}

function statusRules({ status }: EdgeResponse): string[] {
  return typeof status === 'string' && /^[2-5]\d\d$/.test(status) ? [] : [`status ${String(status)}`];
}

function headerRules(headers: Headers, incoming: Headers): string[] {
  const broken = Object.entries(headers).flatMap(([name, entries]) => [
    ...(name === name.toLowerCase() ? [] : [`${name} is not in lower case`]),
    ...(DISALLOWED.test(name) ? [`${name} is disallowed`] : []),
    ...(Array.isArray(entries) && entries.length > 0 ? [] : [`${name} has no values`]),
    ...entries.flatMap((entry) => entryRules(name, entry)),
  ]);
  const changed = READ_ONLY.filter((name) => JSON.stringify(headers[name]) !== JSON.stringify(incoming[name]));
  return [...broken, ...changed.map((name) => `${name} is read-only`)];
}

function entryRules(name: string, { key, value }: HeaderEntry): string[] {
  if (key !== undefined && key.toLowerCase() !== name) return [`${name} is called ${key}`];
  return typeof value !== 'string' || /[^\t\x20-\x7e\x80-\xff]/.test(value) ? [`${name}: ${value}`] : [];
}

function bodyRules({ body, bodyEncoding, headers }: EdgeResponse): string[] {
  if (body === undefined) return [];
  const broken: string[] = [];
  const lines = Object.entries(headers).flatMap(([name, entries]) =>
    entries.map(({ value }) => `${name}: ${value}\r\n`),
  );
  const bytes = Buffer.byteLength(body) + Buffer.byteLength(lines.join(''));
  if (bytes > LIMIT) broken.push(`${bytes} bytes of body and headers`);
  if (bodyEncoding !== 'base64') broken.push(`encoding ${bodyEncoding}`);
  else if (Buffer.from(body, 'base64').toString('base64') !== body) broken.push('body is not base64');
  const told = headers['content-length']?.[0]?.value;
  if (told !== undefined && Number(told) !== Buffer.byteLength(body, 'base64')) broken.push('content-length is stale');
  if (headers['content-encoding']) broken.push('content-encoding of the original');
  return broken;
}
