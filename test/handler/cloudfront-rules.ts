/** What CloudFront accepts from a function at the origin's side, written down from AWS-FACTS 1.2, 1.5 and 1.6. */
import type { EdgeRequest, EdgeResponse, HeaderEntry, Headers } from '../../handler/event.ts';

const DISALLOWED =
  /^(?:connection|expect|keep-alive|proxy-(?:authenticate|authorization|connection)|trailer|upgrade|x-accel-(?:buffering|charset|limit-rate|redirect)|x-amz-cf-.*|x-amzn-(?:auth|cf-billing|cf-id|cf-xff|errortype|fle-profile|header-count|header-order|lambda-integration-tag|requestid)|x-cache|x-edge-.*|x-forwarded-proto|x-real-ip)$/;
const READ_ONLY = ['transfer-encoding', 'via'];
const READ_ONLY_IN_REQUESTS = [
  ...READ_ONLY,
  'accept-encoding',
  'cdn-loop',
  'content-length',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
];
const LIMIT = 1_048_576;

/** Every rule that a response breaks, in words. Empty: CloudFront takes it. At origin-request nothing came in. */
export function brokenRules(answer: EdgeResponse, incoming: Pick<EdgeResponse, 'headers'> = { headers: {} }): string[] {
  return [...statusRules(answer), ...headerRules(answer.headers, incoming.headers, READ_ONLY), ...bodyRules(answer)];
}

/** Every rule that a request breaks which goes on to the origin. */
export function brokenRequestRules(answer: EdgeRequest, incoming: EdgeRequest): string[] {
  const { headers: returned = {}, ...rest } = answer;
  const { headers: given = {}, ...was } = incoming;
  const same = JSON.stringify(rest) === JSON.stringify(was);
  return [...headerRules(returned, given, READ_ONLY_IN_REQUESTS), ...(same ? [] : ['more than headers changed'])];
}

function statusRules({ status }: EdgeResponse): string[] {
  return typeof status === 'string' && /^[2-5]\d\d$/.test(status) ? [] : [`status ${String(status)}`];
}

function headerRules(headers: Headers, incoming: Headers, readOnly: string[]): string[] {
  const broken = Object.entries(headers).flatMap(([name, entries]) => [
    ...(name === name.toLowerCase() ? [] : [`${name} is not in lower case`]),
    ...(DISALLOWED.test(name) && !incoming[name] ? [`${name} is disallowed`] : []),
    ...(Array.isArray(entries) && entries.length > 0 ? [] : [`${name} has no values`]),
    ...entries.flatMap((entry) => entryRules(name, entry)),
  ]);
  const changed = readOnly.filter((name) => JSON.stringify(headers[name]) !== JSON.stringify(incoming[name]));
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
  if (bodyEncoding === 'base64' && Buffer.from(body, 'base64').toString('base64') !== body)
    broken.push('body is not base64');
  if (bodyEncoding !== 'base64' && bodyEncoding !== 'text') broken.push(`encoding ${bodyEncoding}`);
  const told = headers['content-length']?.[0]?.value;
  if (told !== undefined && Number(told) !== Buffer.byteLength(body, bodyEncoding === 'base64' ? 'base64' : 'utf8'))
    broken.push('content-length is stale');
  if (headers['content-encoding']) broken.push('content-encoding of the original');
  return broken;
}
