/** A config's faults, all at once, in words. */
import * as v from 'valibot';
import { AppError } from '../errors.ts';
import type { ConfigFault } from './fault.ts';
import { nearest } from './nearest.ts';
import { type Config, configSchema } from './schema.ts';
import { urlFaults } from './url-faults.ts';

export type { ConfigFault };

/**
 * The config with its defaults. A missing name is made from the bucket's.
 * @param source the name of the file that it came from; undefined when flags alone said it
 * @throws AppError CONFIG_INVALID that lists every fault
 */
export function validateConfig(input: unknown, source?: string): Config {
  const result = v.safeParse(configSchema, withName(input));
  const faults = result.success ? urlFaults(result.output) : result.issues.map(toFault);
  if (result.success && faults.length === 0) return result.output;
  const number = faults.length === 1 ? 'a fault' : `${faults.length} faults`;
  throw new AppError('CONFIG_INVALID', source ? `${source} has ${number}` : `the flags have ${number}`, {
    why: faults.map(printFault).join('\n'),
    fix: source
      ? `correct ${source}; every key is described in edge-resize.schema.json`
      : 'correct the flags; each is described by edge-resize setup --help',
    details: { faults },
  });
}

/** A name for the resources of a bucket: its own, in the characters and length that names may have. */
export function nameFromBucket(bucket: string): string {
  const name = bucket.toLowerCase().replaceAll(/[^a-z0-9-]+/g, '-');
  return name.slice(0, 32).replace(/^-+|-+$/g, '') || 'images';
}

/** Without a bucket the name does not matter: the bucket is the fault. */
function withName(input: unknown): unknown {
  // valibot takes an array for an object without keys.
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
  const { name, bucket } = input as { name?: unknown; bucket?: unknown };
  return { ...input, name: name ?? nameFromBucket(typeof bucket === 'string' ? bucket : '') };
}

function toFault(issue: v.BaseIssue<unknown>): ConfigFault {
  const path = v.getDotPath(issue) ?? '';
  if (path === '') return { path, message: 'must be an object' };
  if (issue.type !== 'strict_object') return { path, message: wording(issue) };
  const key = String(issue.path?.at(-1)?.key ?? '');
  if (issue.expected !== 'never') {
    return { path, message: issue.received === 'undefined' ? 'is missing' : wording(issue) };
  }
  const suggestion = nearest(key, keysBeside(issue));
  return { path, message: 'is not a key of the config', ...(suggestion && { suggestion }) };
}

/** The keys that stand at the place of an unknown one. */
function keysBeside(issue: v.BaseIssue<unknown>): string[] {
  let schema: unknown = configSchema;
  for (const { key } of issue.path?.slice(0, -1) ?? []) schema = unwrap(entriesOf(schema)[String(key)]);
  return Object.keys(entriesOf(schema));
}

function entriesOf(schema: unknown): Record<string, unknown> {
  return (schema as { entries?: Record<string, unknown> } | undefined)?.entries ?? {};
}

/** What is under `optional` and `pipe`. */
function unwrap(schema: unknown): unknown {
  const inner = schema as { wrapped?: unknown; pipe?: unknown[] } | undefined;
  if (inner?.wrapped) return unwrap(inner.wrapped);
  return inner?.pipe?.[0] ?? schema;
}

/** Messages that the schema words itself stay; valibot's own are said shorter. */
function wording(issue: v.BaseIssue<unknown>): string {
  if (issue.message.startsWith('must ')) return `${issue.message}, not ${issue.received}`;
  const expected = (issue.expected ?? 'something else').replace(/^\((.*)\)$/, '$1');
  const words = expected.replace('>=', 'at least ').replace('<=', 'at most ').replaceAll(' | ', ' or ');
  return `must be ${issue.kind === 'schema' && issue.type === 'number' ? 'a number' : words}, not ${issue.received}`;
}

function printFault({ path, message, suggestion }: ConfigFault): string {
  const place = path === '' ? 'the config' : path;
  return `${place} ${message}${suggestion ? ` (did you mean ${suggestion}?)` : ''}`;
}
