/** Members that an update must carry although a create need not (developer guide, "Required fields for creating and updating distributions"). */
import type { DistributionConfig } from '@aws-sdk/client-cloudfront';
import { behaviorsOf } from './behaviors.ts';
import type { CloudFrontRoom } from './room.ts';

const OF_DISTRIBUTION = [
  ...['Aliases', 'DefaultRootObject', 'CacheBehaviors', 'CustomErrorResponses', 'Logging', 'PriceClass'],
  ...['ViewerCertificate', 'Restrictions', 'WebACLId', 'HttpVersion'],
];
const OF_ORIGIN = ['OriginPath', 'CustomHeaders'];
const OF_BEHAVIOR = [
  ...['AllowedMethods', 'SmoothStreaming', 'Compress', 'LambdaFunctionAssociations', 'FieldLevelEncryptionId'],
];

/** How AWS names a member in the message, where it is recorded (AWS-FACTS 10); else the member's own name (INF). */
const LABELS: Record<string, string> = {
  LambdaFunctionAssociations: 'Lambda function associations',
  FieldLevelEncryptionId: 'Field level encryption id',
};

/** @throws InvalidArgument "The parameter X is required." */
export function checkUpdateMembers(room: CloudFrontRoom, config: DistributionConfig): void {
  requireMembers(room, config, OF_DISTRIBUTION);
  for (const origin of config.Origins?.Items ?? []) requireMembers(room, origin, OF_ORIGIN);
  for (const behavior of behaviorsOf(config)) requireMembers(room, behavior, OF_BEHAVIOR);
}

function requireMembers(room: CloudFrontRoom, shape: object, members: string[]): void {
  const missing = members.find((member) => !(member in shape) || shape[member as keyof typeof shape] === undefined);
  room.refuse(
    'cloudfront.update-members',
    missing !== undefined,
    'InvalidArgument',
    `The parameter ${LABELS[missing ?? ''] ?? missing} is required.`,
  );
}
