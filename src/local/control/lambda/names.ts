/** How callers name functions: by name, by ARN or by part of one, with or without a version. */
import { AwsError } from '../../wire/service.ts';
import type { LambdaRoom } from './room.ts';

export interface FunctionName {
  region: string;
  name: string;
  /** A version number, $LATEST or an alias; undefined when none was given. */
  qualifier: string | undefined;
}

const FORM =
  /^(?:(?:arn:aws:lambda:(?<region>[a-z0-9-]+):)?(?:(?<account>\d{12}):)?function:)?(?<name>[a-zA-Z0-9_.-]+)(?::(?<qualifier>\$LATEST|[a-zA-Z0-9_-]+))?$/;

export function functionArn(account: string, region: string, name: string, version?: string): string {
  return `arn:aws:lambda:${region}:${account}:function:${name}${version ? `:${version}` : ''}`;
}

/**
 * Reads `FunctionName` and `Qualifier` of a call in `region`.
 * @throws ValidationException, InvalidParameterValueException, or ResourceNotFoundException for another region or account.
 */
export function parseFunctionName(room: LambdaRoom, region: string, given: string, qualifier?: string): FunctionName {
  const parts = FORM.exec(given)?.groups;
  if (!parts?.name) throw invalidName(given);
  const at = parts.region ?? region;
  room.refuse(
    'lambda.other-region',
    at !== region,
    'ResourceNotFoundException',
    `Functions from '${at}' are not reachable in this region ('${region}')`,
  );
  if (parts.account && parts.account !== room.world.account) throw notFound(given);
  room.refuse(
    'lambda.qualifier-mismatch',
    Boolean(parts.qualifier && qualifier && parts.qualifier !== qualifier),
    'InvalidParameterValueException',
    'The derived qualifier from the function name does not match the specified qualifier.',
  );
  return { region: at, name: parts.name, qualifier: qualifier ?? parts.qualifier };
}

/** Checks the name of a new function; dots are left to replicas (us-east-1.NAME). */
export function checkNewName(room: LambdaRoom, name: string): void {
  const fits = /^[a-zA-Z0-9_-]{1,64}$/.test(name);
  const error = invalidName(name);
  room.refuse('lambda.function-name', !fits, error.code, error.message, { status: 400 });
}

export function notFound(arn: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Function not found: ${arn}`);
}

function invalidName(given: string): AwsError {
  const pattern =
    '(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}(-gov)?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?';
  const message = `1 validation error detected: Value '${given}' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern}`;
  return new AwsError('ValidationException', message, { status: 400 });
}
