/** What a schema says of an input that the codecs do not check: required members, and the types of values. */
import type { NormalizedSchema } from '@smithy/core/schema';
import type { Shape } from './codecs.ts';
import { malformedXml } from './decode.ts';
import type { Model } from './model.ts';
import { requiredMembers } from './routes.ts';
import { AwsError } from './service.ts';

/** Path of a member as AWS writes it in validation errors: `distributionConfig.origins.items.1.member.domainName`. */
type Path = string[];

export interface InputFaults {
  missing: Path[];
  /** Members whose value is not of the schema's type. */
  mistyped: Path[];
}

export function inputFaults(schema: NormalizedSchema, input: Shape): InputFaults {
  const faults: InputFaults = { missing: [], mistyped: [] };
  if (!schema.isUnitSchema()) walk(schema, input, [], faults);
  return faults;
}

function walk(schema: NormalizedSchema, value: unknown, path: Path, faults: InputFaults): void {
  if (schema.isDocumentSchema()) return;
  if (schema.isStructSchema() && isObject(value)) {
    walkMembers(schema, value, path, faults);
  } else if (schema.isListSchema() && Array.isArray(value)) {
    for (const [i, item] of value.entries())
      walk(schema.getValueSchema(), item, [...path, String(i + 1), 'member'], faults);
  } else if (schema.isMapSchema() && isObject(value)) {
    for (const [key, item] of Object.entries(value)) walk(schema.getValueSchema(), item, [...path, key], faults);
  } else if (!isSimple(schema, value)) {
    faults.mistyped.push(path);
  }
}

function walkMembers(schema: NormalizedSchema, value: Shape, path: Path, faults: InputFaults): void {
  const required = requiredMembers(schema);
  for (const [name, member] of schema.structIterator()) {
    const at = [...path, lowerFirst(name)];
    if (value[name] !== undefined && value[name] !== null) walk(member, value[name], at, faults);
    else if (required.includes(name) && !member.isIdempotencyToken()) faults.missing.push(at);
  }
}

function isSimple(schema: NormalizedSchema, value: unknown): boolean {
  if (schema.isStringSchema()) return typeof value === 'string' || value instanceof String;
  if (schema.isBooleanSchema()) return typeof value === 'boolean';
  if (schema.isNumericSchema()) return typeof value === 'number' && !Number.isNaN(value);
  if (schema.isBlobSchema()) return value instanceof Uint8Array;
  if (schema.isTimestampSchema()) return value instanceof Date && !Number.isNaN(value.getTime());
  return schema.isBigIntegerSchema() || schema.isBigDecimalSchema();
}

const isObject = (value: unknown): value is Shape =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

/** The error with which a service answers missing members: its own code, and the words that most of AWS shares. */
export function missingMembers(model: Model, missing: Path[]): AwsError {
  const { id } = model.traits;
  const problems = missing.map(
    (path) => `Value null at '${path.join('.')}' failed to satisfy constraint: Member must not be null`,
  );
  const message = `${missing.length} validation error${missing.length === 1 ? '' : 's'} detected: ${problems.join('; ')}`;
  if (id === 's3') return malformedXml();
  if (id === 'cloudfront') return new AwsError('MalformedXML', message, { status: 400 });
  if (id === 'lambda' || id === 'cloudfront-keyvaluestore')
    return new AwsError('ValidationException', message, { status: 400 });
  if (id === 'logs') return new AwsError('InvalidParameterException', message, { status: 400 });
  return new AwsError('ValidationError', message, { status: 400 });
}

export function mistypedMembers(model: Model, [path = []]: Path[]): AwsError {
  const where = path.join('.');
  const { id, protocol } = model.traits;
  if (id === 's3') return malformedXml();
  if (id === 'cloudfront')
    return new AwsError('MalformedInput', `Could not parse the value of ${where}`, { status: 400 }); // INF
  if (protocol === 'query') return new AwsError('MalformedInput', `Invalid value at ${where}`, { status: 400 }); // INF
  return new AwsError('SerializationException', `The value of ${where} has the wrong type`, { status: 400 }); // INF
}
