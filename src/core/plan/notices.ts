/** What a person should know before agreeing to a plan, and what it costs in money and time. */
import { originAccess } from '../distribution.ts';
import type { Behavior } from '../distribution-config.ts';
import type { Exposure, SetupActual, SetupDesired } from '../state.ts';
import type { Plan, Step } from './types.ts';

/** Prefixes that are named before the rest is summed up. */
const NAMED_PREFIXES = 5;

export function setupNotices(
  desired: SetupDesired,
  actual: SetupActual,
  planned: { steps: Step[]; behavior: Behavior | undefined },
): string[] {
  const notices: string[] = [];
  const opens = planned.steps.some((step) => step.kind === 's3.putPolicy');
  if (opens && actual.bucket && actual.bucket.exposed.objects > 0) {
    notices.push(exposureNotice(desired.bucket, actual.bucket.exposed));
  }
  if (!actual.distribution && actual.others.length > 0) {
    notices.push(
      `${actual.others.join(', ')} ${actual.others.length === 1 ? 'serves' : 'serve'} this bucket already. ` +
        `A new distribution is made beside it; to use it instead: --distribution ${actual.others[0]}`,
    );
  }
  if (readsWithoutIdentity(actual, planned.behavior)) {
    notices.push(
      'CloudFront reads this bucket without an origin access control or identity, so the bucket must be public. That is left as it is.',
    );
  }
  return notices;
}

function exposureNotice(bucket: string, { objects, more, prefixes }: Exposure): string {
  const named = prefixes.slice(0, NAMED_PREFIXES).map((prefix) => (prefix === '' ? 'the top level' : `${prefix}/`));
  const rest = prefixes.length > NAMED_PREFIXES || more ? ' and others' : '';
  const number = `${more ? 'more than ' : ''}${objects.toLocaleString('en')} object${objects === 1 && !more ? '' : 's'}`;
  return `${bucket} holds ${number} (${named.join(', ')}${rest}). All of it becomes readable by anyone who knows or guesses a URL.`;
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
