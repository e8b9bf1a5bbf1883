/** What a person should know before agreeing to a plan, and what it costs in money and time. */
import { originAccess } from '../distribution.ts';
import type { Behavior } from '../distribution-config.ts';
import type { SetupActual } from '../state.ts';
import type { Plan } from './types.ts';

export function setupNotices(actual: SetupActual, behavior: Behavior | undefined): string[] {
  const notices: string[] = [];
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

/** Said after a deploy that replaced a build. */
export const STALE_VARIANTS =
  'Variants that were cached from an older build stay until they expire or are invalidated: edge-resize invalidate --all';

/** One line under a plan: what it costs and how long it takes. */
export function costAndTime(plan: Plan): string {
  const waits = plan.steps.some(({ kind }) =>
    ['cloudfront.wait', 'cloudfront.createDistribution', 'cloudfront.addCacheKey'].includes(kind),
  );
  const time = waits ? 'minutes, up to 15, until CloudFront has it at every edge' : 'seconds';
  const cost =
    plan.command === 'setup'
      ? 'none of it costs by existing; requests, traffic and storage do'
      : 'no standing cost; Lambda@Edge is billed by request and GB-second, only for variants that are not cached';
  return `Time: ${time}. Cost: ${cost}.`;
}
