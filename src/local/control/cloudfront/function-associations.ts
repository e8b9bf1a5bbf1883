/** What CloudFront asks of its own functions before it puts them on a viewer event. */
import type { CacheBehavior, DefaultCacheBehavior, DistributionConfig } from '@aws-sdk/client-cloudfront';
import { behaviorsOf } from './behaviors.ts';
import { functionByArn, usersOf } from './function-view.ts';
import type { CloudFrontRoom, FunctionRow } from './room.ts';
import type { CloudFrontRefusal } from './rules.ts';

type Behavior = DefaultCacheBehavior | CacheBehavior;

const EVENTS: readonly string[] = ['viewer-request', 'viewer-response'];

/** Distributions that may have one function (AWS-FACTS 3.5). */
const DISTRIBUTION_LIMIT = 100;

/** `id` is that of the distribution that is updated. @throws InvalidFunctionAssociation, TooManyDistributionsWithSingleFunctionARN */
export function checkFunctionAssociations(
  room: CloudFrontRoom,
  config: DistributionConfig,
  id: string | undefined,
): void {
  const arns = new Set<string>();
  for (const [at, behavior] of behaviorsOf(config).entries()) {
    checkEvents(room, behavior, at);
    for (const { FunctionARN } of behavior.FunctionAssociations?.Items ?? []) arns.add(FunctionARN ?? '');
  }
  for (const arn of arns) {
    const row = functionByArn(room, arn);
    refuse(room, 'cloudfront.functions-exist', !row, `The specified function does not exist. ARN: ${arn}`);
    if (row) checkFunction(room, row, id);
  }
}

/** A function in DEVELOPMENT alone cannot be associated (developer guide, "Publish functions"). */
function checkFunction(room: CloudFrontRoom, row: FunctionRow, id: string | undefined): void {
  refuse(
    room,
    'cloudfront.functions-live',
    !row.live,
    `The function must be published to the LIVE stage before it can be associated. Function: ${row.name}`,
  );
  room.refuse(
    'cloudfront.function-distributions',
    usersOf(room, row).filter((user) => user !== id).length >= DISTRIBUTION_LIMIT,
    'TooManyDistributionsWithSingleFunctionARN',
    'The maximum number of distributions have been associated with the specified function.', // INF
  );
}

/** Viewer events only, one function each, Lambda@Edge on none of them (developer guide, "Restrictions on edge functions"). */
function checkEvents(room: CloudFrontRoom, behavior: Behavior, at: number): void {
  const items = behavior.FunctionAssociations?.Items ?? [];
  const events = items.map((item) => item.EventType ?? '');
  const unknown = events.findIndex((event) => !EVENTS.includes(event));
  const where = at === 0 ? 'defaultCacheBehavior' : `cacheBehaviors.items.${at}.member`;
  room.refuse(
    'cloudfront.function-event',
    unknown >= 0,
    'MalformedXML',
    // terraform-aws-modules/terraform-aws-cloudfront#44
    `1 validation errors detected: Value '${events[unknown]}' at 'distributionConfig.${where}.functionAssociations.items.${unknown + 1}.member.eventType' failed to satisfy constraint: Member must satisfy value set: [${EVENTS.join(', ')}]`,
    { status: 400 },
  );
  refuse(
    room,
    'cloudfront.function-event-once',
    new Set(events).size !== events.length,
    'You cannot associate more than one function with the same event type of a cache behavior.',
  );
  const lambda = (behavior.LambdaFunctionAssociations?.Items ?? []).map((item) => item.EventType ?? '');
  refuse(
    room,
    'cloudfront.function-and-lambda',
    items.length > 0 && lambda.some((event) => EVENTS.includes(event)),
    'You cannot associate a CloudFront function with a cache behavior that has a Lambda@Edge function on a viewer event.',
  );
}

/** The code is AWS's; its messages are not recorded anywhere, so these are inferred (INF). */
function refuse(room: CloudFrontRoom, rule: CloudFrontRefusal, broken: boolean, message: string): void {
  room.refuse(rule, broken, 'InvalidFunctionAssociation', message);
}
