/** What functions may do with headers (AWS-FACTS 1.5). Pure. */
import type { LambdaHeaders } from './event.ts';

const BLACKLISTED = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'trailer',
  'upgrade',
  'x-accel-buffering',
  'x-accel-charset',
  'x-accel-limit-rate',
  'x-accel-redirect',
  'x-amzn-auth',
  'x-amzn-cf-billing',
  'x-amzn-cf-id',
  'x-amzn-cf-xff',
  'x-amzn-errortype',
  'x-amzn-fle-profile',
  'x-amzn-header-count',
  'x-amzn-header-order',
  'x-amzn-lambda-integration-tag',
  'x-amzn-requestid',
  'x-cache',
  'x-forwarded-proto',
  'x-real-ip',
]);
const BLACKLISTED_STARTS = ['x-amz-cf-', 'x-edge-'];

/** Names a function may not add. `X-Amz-Cf-*` and `X-Edge-*` are whole families. */
export function isBlacklisted(name: string): boolean {
  const lower = name.toLowerCase();
  return BLACKLISTED.has(lower) || BLACKLISTED_STARTS.some((start) => lower.startsWith(start));
}

/** Read-only at origin-response: they must come back as they were given. */
const READ_ONLY = ['transfer-encoding', 'via'];

/** The first read-only header that was added, changed or left out. */
export function changedReadOnly(given: LambdaHeaders, returned: LambdaHeaders): string | undefined {
  return READ_ONLY.find((name) => headerValues(given, name) !== headerValues(returned, name));
}

/** Values of a header in a form that can be compared; undefined when it is not there. */
export function headerValues(headers: LambdaHeaders, name: string): string | undefined {
  return JSON.stringify(headers[name]?.map(({ value }) => value));
}

/** A returned map as far as it has the documented shape; the shape itself is checked apart. */
export function asHeaders(headers: unknown): LambdaHeaders {
  const entries = Object.entries((headers ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    entries.map(([name, list]) => [
      name.toLowerCase(),
      (Array.isArray(list) ? list : []).filter((entry) => typeof entry?.value === 'string'),
    ]),
  );
}

/** What is wrong with the shape of a header map, in words, or undefined. */
export function headerShapeProblem(headers: unknown): string | undefined {
  if (headers === null || typeof headers !== 'object' || Array.isArray(headers)) return 'headers must be an object';
  for (const [name, entries] of Object.entries(headers)) {
    const problem = entryProblem(name, entries);
    if (problem) return problem;
  }
  return undefined;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

function entryProblem(name: string, entries: unknown): string | undefined {
  if (name !== name.toLowerCase()) return `the header name ${name} must be in lower case`;
  if (!TOKEN.test(name)) return `the header name ${JSON.stringify(name)} has a character that is not allowed`;
  if (!Array.isArray(entries)) return `the header ${name} must be an array`;
  for (const entry of entries as unknown[]) {
    const { key, value } = (entry ?? {}) as Record<string, unknown>;
    if (typeof value !== 'string') return `a value of the header ${name} must be a string`;
    if (key !== undefined && (typeof key !== 'string' || key.toLowerCase() !== name)) {
      return `the key of the header ${name} must be its name`;
    }
    if (!isFieldValue(value)) return `a value of the header ${name} has a character that is not allowed`;
  }
  return undefined;
}

/** No controls but tab (RFC 9110 5.5), and nothing that is no byte on the wire (*inferred*: AWS does not say). */
export function isFieldValue(value: string): boolean {
  return [...value].every((char) => char === '\t' || (char >= ' ' && char !== '\x7f' && char <= '\xff'));
}
