/** What a person should know before agreeing to a plan, and what it costs in money and time. */
import { viewerPlace } from '../association.ts';
import { originAccess } from '../distribution.ts';
import type { Behavior, CachePolicyConfig } from '../distribution-config.ts';
import { viewerFunctionArn } from '../names.ts';
import type { SetupActual, SetupDesired } from '../state.ts';
import type { Plan } from './types.ts';

export function setupNotices(
  desired: Pick<SetupDesired, 'account' | 'name'>,
  actual: SetupActual,
  behavior: Behavior | undefined,
): string[] {
  const notices: string[] = [];
  const place = behavior && viewerPlace(behavior, viewerFunctionArn(desired.account, desired.name));
  if (place?.kind === 'foreign') notices.push(withoutViewer(place));
  if (!actual.distribution && actual.others.length > 0) {
    notices.push(
      `${actual.others.join(', ')} ${actual.others.length === 1 ? 'serves' : 'serve'} this bucket already. ` +
        `A new distribution is made beside it; to use it instead: --distribution ${actual.others[0]}`,
    );
  }
  if (readsWithoutIdentity(actual, behavior)) {
    notices.push(
      'CloudFront reads this bucket without an origin access control or identity, so the bucket must be public. That is left as it is.',
    );
  }
  return notices;
}

function readsWithoutIdentity({ distribution }: SetupActual, behavior: Behavior | undefined): boolean {
  const origin = distribution?.config.Origins?.Items?.find((one) => one.Id === behavior?.TargetOriginId);
  return origin !== undefined && originAccess(origin).kind === 'none';
}

/** Said where the behavior has a function of its own in the viewer function's place. */
export function withoutViewer({ arn, event }: { arn: string; event: string }): string {
  return (
    `The behavior has a function of its own on ${event} (${arn}), which is left as it is. Ours goes without it: ` +
    'only d works, each spelling of it is a cache entry of its own, and f=auto has no effect.'
  );
}

/** Said where signatures are asked for that were not asked for before. */
export const SIGNED_FROM_NOW =
  'From the moment the viewer function is published, URLs of variants without a signature are answered with 403: ' +
  'sign those of your pages right after (edge-resize url --sign).';

/** Said where signatures were asked for, and no longer are. */
export const SIGNED_NO_MORE =
  'Signatures are no longer checked: everybody may ask for variants. The keys stay in their store.';

/** Said where a viewer function that is in use gets new code together with a new version. */
export const VIEWER_FIRST =
  'The viewer function takes effect as soon as it is published, the new version when CloudFront has deployed it: ' +
  'what only the new one knows gives the original in between, for a short time.';

/**
 * Said where a behavior caches everything for longer than what stands in for a variant is good for: its minimum TTL
 * wins over the function's Cache-Control, `no-store` too (AWS-FACTS 3.2).
 */
export function keptTooLong(behavior: Behavior, policy: CachePolicyConfig | undefined, fallbackTtl: number): string[] {
  const minimum = (policy ?? behavior).MinTTL ?? 0;
  if (minimum <= fallbackTtl) return [];
  return [
    `The behavior's minimum TTL is ${minimum.toLocaleString('en')} s, so an original that goes out in place of a variant stays that long, and not ${fallbackTtl} s: ` +
      'set it to 0, and the origin says how long things stay.',
  ];
}

/** Said after a deploy that replaced a build. */
export const STALE_VARIANTS =
  'Variants that were cached from an older build stay until they expire or are invalidated: edge-resize invalidate --all';

/** One line under a plan: what it costs and how long it takes. */
export function costAndTime(plan: Plan): string {
  const waits = plan.steps.some(({ kind }) =>
    ['cloudfront.wait', 'cloudfront.createDistribution', 'cloudfront.addCacheKey'].includes(kind),
  );
  const time = waits ? 'minutes, up to 15, until CloudFront has it at every edge' : 'seconds';
  return `Time: ${time}. Cost: ${COSTS[plan.command]}.`;
}

const COSTS: Record<Plan['command'], string> = {
  setup: 'none of it costs by existing; requests, traffic and storage do',
  deploy:
    'no standing cost; Lambda@Edge is billed by request and GB-second, only for variants that are not cached, the viewer function by request',
  'keys rotate': 'nothing worth naming',
};
