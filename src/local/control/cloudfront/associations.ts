/** What CloudFront asks of a function before it puts it on an event (AWS-FACTS 1.3), and who uses which version. */
import type { DistributionConfig, LambdaFunctionAssociation } from '@aws-sdk/client-cloudfront';
import type { FunctionVersion } from '../../world.ts';
import { behaviorsOf, functionsOf } from './behaviors.ts';
import { type CloudFrontRoom, currentConfigs } from './room.ts';
import type { CloudFrontRefusal } from './rules.ts';

/** Bytes of the zip, seconds (AWS-FACTS 1.1). */
const CODE_LIMIT = 52_428_800;
const TIMEOUT_LIMITS: Record<string, number> = {
  'viewer-request': 5,
  'viewer-response': 5,
  'origin-request': 30,
  'origin-response': 30,
};

/** AWS-FACTS 1.4 for Node.js; Python is inferred from "the latest versions". */
const EDGE_RUNTIMES: readonly string[] = [
  ...['nodejs22.x', 'nodejs24.x'],
  ...['python3.10', 'python3.11', 'python3.12', 'python3.13', 'python3.14'],
];

/** @throws InvalidLambdaFunctionAssociation */
export function checkAssociations(room: CloudFrontRoom, config: DistributionConfig): void {
  for (const behavior of behaviorsOf(config)) {
    const items = behavior.LambdaFunctionAssociations?.Items ?? [];
    const events = items.map((item) => item.EventType);
    refuse(
      room,
      'cloudfront.lambda-event-once',
      new Set(events).size !== events.length,
      'You cannot associate more than one Lambda function with the same event type of a cache behavior.', // INF
    );
    for (const item of items) checkAssociation(room, item);
  }
}

function checkAssociation(room: CloudFrontRoom, item: LambdaFunctionAssociation): void {
  const arn = item.LambdaFunctionARN ?? '';
  const parts = /^arn:aws:lambda:([a-z0-9-]+):\d{12}:function:[^:]+:\d+$/.exec(arn);
  refuse(
    room,
    'cloudfront.lambda-version',
    !parts,
    `The function ARN must reference a specific function version. (The ARN must end with the version number.) ARN: ${arn}`,
  );
  if (!parts) return;
  refuse(
    room,
    'cloudfront.lambda-region',
    parts[1] !== 'us-east-1',
    `The function must be in region 'us-east-1'. ARN: ${arn}`,
  );
  const version = room.world.lambda.version(arn);
  refuse(room, 'cloudfront.lambda-exists', !version, `The function does not exist. ARN: ${arn}`); // INF
  if (!version) return;
  checkFunction(room, version);
  checkLimits(room, version, item.EventType ?? '');
}

function checkFunction(room: CloudFrontRoom, version: FunctionVersion): void {
  const { arn, role } = version;
  refuse(
    room,
    'cloudfront.lambda-active',
    version.state !== 'Active',
    `The function must be in an Active state. The current state for function ${arn} is ${version.state}`,
  );
  refuse(
    room,
    'cloudfront.lambda-environment',
    Object.keys(version.environment).length > 0,
    `The function cannot have environment variables. Function: ${arn}`,
  );
  refuse(
    room,
    'cloudfront.lambda-layers',
    version.layers.length > 0,
    `The function cannot have a layer. Function: ${arn}`,
  );
  refuse(
    room,
    'cloudfront.lambda-arm64',
    version.architectures.some((architecture) => architecture !== 'x86_64'),
    `Lambda@Edge does not support functions with an architecture of ${version.architectures.join()}. Function: ${arn}`,
  );
  refuse(
    room,
    'cloudfront.lambda-runtime',
    !EDGE_RUNTIMES.includes(version.runtime),
    `The function has a runtime that is not supported by Lambda@Edge: ${version.runtime} Function: ${arn} Supported runtimes: [${EDGE_RUNTIMES.join(', ')}]`,
  );
  refuse(
    room,
    'cloudfront.lambda-role',
    room.world.iam.cannotAssume(role, 'edgelambda.amazonaws.com') !== undefined,
    `The function execution role must be assumable with edgelambda.amazonaws.com as well as lambda.amazonaws.com principals. Update the IAM role and try again. Role: ${role}`,
  );
}

function checkLimits(room: CloudFrontRoom, version: FunctionVersion, event: string): void {
  const seconds = TIMEOUT_LIMITS[event] ?? 30;
  const triggered = 'functions that are triggered by a CloudFront event';
  refuse(
    room,
    'cloudfront.lambda-code-size',
    version.codeSize > CODE_LIMIT,
    `The function code size is larger than the maximum allowed size for ${triggered}: ${version.codeSize} Max allowed: ${CODE_LIMIT} Function: ${version.arn}`,
  );
  refuse(
    room,
    'cloudfront.lambda-timeout',
    version.timeout > seconds,
    `The function timeout is larger than the maximum allowed for ${triggered}: ${version.timeout} Max allowed: ${seconds} Function: ${version.arn}`,
  );
}

function refuse(room: CloudFrontRoom, rule: CloudFrontRefusal, broken: boolean, message: string): void {
  room.refuse(rule, broken, 'InvalidLambdaFunctionAssociation', message);
}

/** Tells Lambda which distributions use each of these versions now. Call it after the change is stored. */
export function reportAssociations(room: CloudFrontRoom, ...configs: (DistributionConfig | undefined)[]): void {
  const arns = new Set(configs.flatMap((config) => (config ? functionsOf(config) : [])));
  const now = currentConfigs(room);
  for (const arn of arns) {
    const users = now.filter(({ config }) => functionsOf(config).includes(arn));
    room.world.lambda.setAssociations(
      arn,
      users.map(({ id }) => id),
    );
  }
}
