/** Which functions a behavior calls, and putting ours on it. What others put there is never changed. */
import { AppError } from '../errors.ts';
import { edited } from './distribution.ts';
import type { Behavior, DistributionConfig } from './distribution-config.ts';

/** The origin events of Lambda@Edge. */
export type OriginEvent = 'origin-request' | 'origin-response';

/** ARNs of our version by the event that it is on. */
export type OwnVersions = Partial<Record<OriginEvent, string>>;

const ORIGIN_EVENTS: OriginEvent[] = ['origin-request', 'origin-response'];
const VIEWER_EVENT = 'viewer-request';

/**
 * Where the version goes for a trigger. One that makes images before CloudFront asks S3 is on origin-response too,
 * where it marks what S3 answered in place of an image.
 */
export function eventsOf(trigger: OriginEvent): OriginEvent[] {
  return trigger === 'origin-request' ? ORIGIN_EVENTS : ['origin-response'];
}

/** Which versions of our function are on a behavior. @param functionArn without a version */
export function ownVersions(behavior: Behavior, functionArn: string): OwnVersions {
  const found: OwnVersions = {};
  for (const event of ORIGIN_EVENTS) {
    const present = lambdaOn(behavior, event);
    if (present?.startsWith(`${functionArn}:`)) found[event] = present;
  }
  return found;
}

function lambdaOn(behavior: Behavior, event: string): string | undefined {
  return behavior.LambdaFunctionAssociations?.Items?.find((one) => one.EventType === event)?.LambdaFunctionARN;
}

/**
 * @param functionArn without a version
 * @throws AppError FOREIGN_ASSOCIATION when another function than ours is on an event that is needed
 */
export function checkAssociations(behavior: Behavior, functionArn: string, needed: OriginEvent[]): void {
  for (const event of needed) {
    const present = lambdaOn(behavior, event);
    if (present === undefined || present.startsWith(`${functionArn}:`)) continue;
    throw new AppError('FOREIGN_ASSOCIATION', `another function is on ${event} of this behavior`, {
      why: `${present} is there, and a behavior takes one function an event. It is not overwritten.`,
      fix: 'remove that association in the CloudFront console, or name another behavior: "behavior" in the config',
    });
  }
}

/** Whether our viewer function can be on a behavior; `foreign` has the ARN of what stands in its way. */
export type ViewerPlace = { kind: 'free' } | { kind: 'ours' } | { kind: 'foreign'; arn: string; event: string };

/**
 * A behavior takes one function at viewer-request, and CloudFront Functions and Lambda@Edge never both at its viewer
 * events (CloudFront Developer Guide, "Restrictions on all edge functions").
 */
export function viewerPlace(behavior: Behavior, viewerArn: string): ViewerPlace {
  const ofCloudFront = behavior.FunctionAssociations?.Items?.find((one) => one.EventType === VIEWER_EVENT);
  if (ofCloudFront?.FunctionARN === viewerArn) return { kind: 'ours' };
  if (ofCloudFront) return { kind: 'foreign', arn: ofCloudFront.FunctionARN ?? '', event: VIEWER_EVENT };
  const ofLambda = behavior.LambdaFunctionAssociations?.Items?.find((one) => one.EventType?.startsWith('viewer-'));
  if (!ofLambda) return { kind: 'free' };
  return { kind: 'foreign', arn: ofLambda.LambdaFunctionARN ?? '', event: ofLambda.EventType ?? '' };
}

/** What is to be on a behavior. */
export interface Associations {
  /** ARN of our function, without a version. */
  fn: string;
  /** ARN of the version. */
  version: string;
  events: OriginEvent[];
  /** Our viewer function, on or off; null leaves the viewer events as they are. */
  viewer: { arn: string; on: boolean } | null;
}

/** The config with our version on its events and on no other, and the viewer function with it. */
export function withAssociations(
  config: DistributionConfig,
  pattern: string,
  { fn, version, events, viewer }: Associations,
): DistributionConfig {
  return edited(config, pattern, (behavior) => {
    const others = (behavior.LambdaFunctionAssociations?.Items ?? []).filter(
      (one) => !one.LambdaFunctionARN?.startsWith(`${fn}:`),
    );
    const ours = events.map((EventType) => ({ LambdaFunctionARN: version, EventType, IncludeBody: false }));
    const items = [...others, ...ours];
    behavior.LambdaFunctionAssociations = { Quantity: items.length, Items: items };
    if (viewer) putViewer(behavior, viewer);
  });
}

/** For none: Quantity 0 and no Items (AWS-FACTS 3.1). */
function putViewer(behavior: Behavior, { arn, on }: { arn: string; on: boolean }): void {
  const others = (behavior.FunctionAssociations?.Items ?? []).filter((one) => one.FunctionARN !== arn);
  const items = on ? [...others, { FunctionARN: arn, EventType: VIEWER_EVENT }] : others;
  behavior.FunctionAssociations = items.length === 0 ? { Quantity: 0 } : { Quantity: items.length, Items: items };
}
