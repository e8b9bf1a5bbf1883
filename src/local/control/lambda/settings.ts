/** Checks what callers configure, and fills in Lambda's defaults. */
import type { CreateFunctionRequest, Runtime, UpdateFunctionConfigurationRequest } from '@aws-sdk/client-lambda';
import type { FunctionSettings, LambdaRoom } from './room.ts';

/** Runtimes that may be created today. AWS-FACTS 1.4 for Node.js; the others are inferred from the SDK's list. */
const CURRENT_RUNTIMES: readonly string[] = [
  ...['nodejs22.x', 'nodejs24.x', 'nodejs26.x'],
  ...['python3.10', 'python3.11', 'python3.12', 'python3.13', 'python3.14', 'python3.15'],
  ...['java8.al2', 'java11', 'java17', 'java21', 'java25', 'java8.al2023', 'java11.al2023', 'java17.al2023'],
  ...['dotnet8', 'dotnet10', 'ruby3.3', 'ruby3.4', 'ruby4.0', 'provided.al2', 'provided.al2023'],
];

const PAST_RUNTIMES: readonly string[] = [
  ...['nodejs', 'nodejs4.3', 'nodejs4.3-edge', 'nodejs6.10', 'nodejs8.10', 'nodejs10.x', 'nodejs12.x', 'nodejs14.x'],
  ...['nodejs16.x', 'nodejs18.x', 'nodejs20.x', 'python2.7', 'python3.6', 'python3.7', 'python3.8', 'python3.9'],
  ...['java8', 'dotnetcore1.0', 'dotnetcore2.0', 'dotnetcore2.1', 'dotnetcore3.1', 'dotnet6', 'go1.x'],
  ...['ruby2.5', 'ruby2.7', 'ruby3.2', 'provided'],
];

const ROLE_PATTERN = 'arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+';

/** Settings of a new function. @throws InvalidParameterValueException, ValidationException */
export function newSettings(room: LambdaRoom, given: CreateFunctionRequest): FunctionSettings {
  room.refuse(
    'lambda.handler-required',
    !given.Runtime || !given.Handler,
    'InvalidParameterValueException',
    'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
  );
  const settings: FunctionSettings = {
    Role: given.Role ?? '',
    Runtime: given.Runtime ?? 'provided.al2023',
    Handler: given.Handler ?? '',
    Description: given.Description ?? '',
    Timeout: given.Timeout ?? 3,
    MemorySize: given.MemorySize ?? 128,
    Environment: given.Environment?.Variables ?? {},
    Architectures: given.Architectures ?? ['x86_64'],
    LoggingConfig: logging(given.FunctionName ?? '', given.LoggingConfig),
    TracingConfig: given.TracingConfig ?? { Mode: 'PassThrough' },
    EphemeralStorage: given.EphemeralStorage ?? { Size: 512 },
    ...furtherSettings(given),
  };
  checkSettings(room, settings, given);
  return settings;
}

/** Settings after an update: members that the call leaves out stay. @throws as newSettings */
export function changedSettings(
  room: LambdaRoom,
  before: FunctionSettings,
  given: UpdateFunctionConfigurationRequest,
): FunctionSettings {
  const settings: FunctionSettings = {
    ...before,
    ...furtherSettings(given),
    Role: given.Role ?? before.Role,
    Runtime: given.Runtime ?? before.Runtime,
    Handler: given.Handler ?? before.Handler,
    Description: given.Description ?? before.Description,
    Timeout: given.Timeout ?? before.Timeout,
    MemorySize: given.MemorySize ?? before.MemorySize,
    Environment: given.Environment ? (given.Environment.Variables ?? {}) : before.Environment,
    LoggingConfig: { ...before.LoggingConfig, ...given.LoggingConfig },
    TracingConfig: given.TracingConfig ?? before.TracingConfig,
    EphemeralStorage: given.EphemeralStorage ?? before.EphemeralStorage,
  };
  checkSettings(room, settings, given);
  return settings;
}

/** Settings that Lambda takes and CloudFront does not want: kept as given. */
function furtherSettings(given: UpdateFunctionConfigurationRequest | CreateFunctionRequest): Partial<FunctionSettings> {
  const { KMSKeyArn, VpcConfig, DeadLetterConfig, Layers, FileSystemConfigs, SnapStart } = given;
  const members = { KMSKeyArn, VpcConfig, DeadLetterConfig, Layers, FileSystemConfigs, SnapStart };
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

function logging(name: string, given: CreateFunctionRequest['LoggingConfig']): FunctionSettings['LoggingConfig'] {
  const format = given?.LogFormat ?? 'Text';
  const levels = format === 'JSON' ? { ApplicationLogLevel: 'INFO' as const, SystemLogLevel: 'INFO' as const } : {};
  return { ...levels, ...given, LogFormat: format, LogGroup: given?.LogGroup ?? `/aws/lambda/${name}` };
}

function checkSettings(room: LambdaRoom, settings: FunctionSettings, given: UpdateFunctionConfigurationRequest): void {
  checkRange(room, 'lambda.memory-range', 'memorySize', settings.MemorySize, 128, 10_240);
  checkRange(room, 'lambda.timeout-range', 'timeout', settings.Timeout, 1, 900);
  if (given.Runtime) checkRuntime(room, given.Runtime);
  if (given.Role === undefined) return;
  room.refuse(
    'lambda.role-arn',
    !new RegExp(`^${ROLE_PATTERN}$`).test(settings.Role),
    'ValidationException',
    `1 validation error detected: Value '${settings.Role}' at 'role' failed to satisfy constraint: Member must satisfy regular expression pattern: ${ROLE_PATTERN}`,
    { status: 400 },
  );
  room.refuse(
    'lambda.role-assumable',
    room.world.iam.cannotAssume(settings.Role, 'lambda.amazonaws.com') !== undefined,
    'InvalidParameterValueException',
    'The role defined for the function cannot be assumed by Lambda.',
  );
}

function checkRange(
  room: LambdaRoom,
  rule: 'lambda.memory-range' | 'lambda.timeout-range',
  member: string,
  value: number,
  least: number,
  most: number,
): void {
  const bound = value < least ? `greater than or equal to ${least}` : `less than or equal to ${most}`;
  const message = `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must have value ${bound}`;
  room.refuse(rule, value < least || value > most, 'ValidationException', message, { status: 400 });
}

function checkRuntime(room: LambdaRoom, runtime: Runtime): void {
  room.refuse(
    'lambda.runtime-known',
    !CURRENT_RUNTIMES.includes(runtime) && !PAST_RUNTIMES.includes(runtime),
    'InvalidParameterValueException',
    `Value ${runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [${CURRENT_RUNTIMES.join(', ')}] or be a valid ARN`,
  );
  room.refuse(
    'lambda.runtime-blocked',
    PAST_RUNTIMES.includes(runtime),
    'InvalidParameterValueException',
    `The runtime parameter of ${runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.`,
  );
}
