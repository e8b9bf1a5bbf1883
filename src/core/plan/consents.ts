/** What a setup asks about on its own: what cannot be taken back by undoing it, and what changes others' settings. */
import { opensBucket } from '../policy.ts';
import type { Exposure, SetupActual } from '../state.ts';
import { shown } from './refs.ts';
import type { Consent, Step, StepOf } from './types.ts';

/** Prefixes that are named before the rest is summed up. */
const NAMED_PREFIXES = 5;

export function setupConsents({ bucket }: SetupActual, steps: Step[]): Consent[] {
  return steps.flatMap((step): Consent[] => {
    if (step.kind === 'cloudfront.addCacheKey') return [cacheKey(step)];
    if (step.kind !== 's3.putPolicy' || !bucket || bucket.exposed.objects === 0) return [];
    const grants = { ...step.grants, distribution: shown(step.grants.distribution) };
    return opensBucket(bucket.policy, grants) ? [exposure(step.bucket, bucket.exposed)] : [];
  });
}

function exposure(bucket: string, { objects, more, prefixes }: Exposure): Consent {
  const named = prefixes.slice(0, NAMED_PREFIXES).map((prefix) => (prefix === '' ? 'the top level' : `${prefix}/`));
  const rest = prefixes.length > NAMED_PREFIXES || more ? ' and others' : '';
  const number = `${more ? 'more than ' : ''}${objects.toLocaleString('en')} object${objects === 1 && !more ? '' : 's'}`;
  return {
    about: 'exposure',
    says: `${bucket} holds ${number} (${named.join(', ')}${rest}). All of it becomes readable by anyone who knows or guesses a URL.`,
    question: `Let anyone read all objects of ${bucket} through CloudFront?`,
    declined: {
      why: 'What CloudFront may read, everyone may read.',
      fix: 'put the images that may be public into a bucket of their own: edge-resize setup --bucket NAME',
    },
  };
}

function cacheKey({ distribution, behavior }: StepOf<'cloudfront.addCacheKey'>): Consent {
  return {
    about: 'cache-key',
    says: `The cache key of ${distribution} (behavior ${behavior}) changes: objects that are cached now are fetched from the bucket once more.`,
    question: `Add d to the cache key of ${distribution}?`,
    declined: {
      why: 'Without d in the cache key everyone would get the first size that was asked for, so setup cannot go on.',
      fix: 'leave --distribution out, and setup makes a distribution of its own; or add the query string d to the cache key yourself, and run setup again',
    },
  };
}
