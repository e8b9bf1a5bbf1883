/** Waiting for AWS: asking again until something is so, and trying again until a call is accepted. */
import pRetry from 'p-retry';
import { type RefusalKind, Refused } from '../aws/ports/refused.ts';
import type { Clock } from '../context.ts';
import { AppError } from '../errors.ts';
import type { ApplyDeps, Pace, Run } from './deps.ts';

/** The delay between two questions grows by this until `pace.most`. */
const GROWTH = 1.5;

/**
 * Asks `read` until it gives a value. `tick` is called before each pause.
 * @returns undefined when `pace.limit` milliseconds passed without one
 */
export async function pollUntil<T>(
  read: () => Promise<T | undefined>,
  { clock, signal, pace, tick }: { clock: Clock; signal: AbortSignal; pace: Pace; tick?: () => void },
): Promise<T | undefined> {
  const begun = clock.now();
  for (let delay = pace.first; ; delay = Math.min(pace.most, delay * GROWTH)) {
    const value = await read();
    if (value !== undefined) return value;
    const left = pace.limit - (clock.now() - begun);
    if (left <= 0) return undefined;
    tick?.();
    await clock.sleep(Math.min(delay, left), signal);
  }
}

/**
 * Makes a call again while AWS refuses it for one of `kinds`.
 * @throws AppError when it still does after `retry.limit` milliseconds
 */
export async function untilAccepted<T>(kinds: RefusalKind[], send: () => Promise<T>, run: Run): Promise<T> {
  const { retry, signal } = run.deps;
  try {
    return await pRetry(send, {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: retry.first,
      maxTimeout: retry.most,
      maxRetryTime: retry.limit,
      factor: GROWTH,
      signal,
      shouldRetry: ({ error }) => error instanceof Refused && kinds.includes(error.kind),
      onFailedAttempt: ({ error }) => {
        if (error instanceof Refused) run.progress(WAITING[error.kind]);
      },
    });
  } catch (error) {
    throw error instanceof Refused ? lastingRefusal(error) : error;
  }
}

const WAITING: Record<RefusalKind, string> = {
  busy: 'an earlier change of the function is in progress',
  'role-not-ready': 'the new role is not known everywhere yet',
  'principal-unknown': 'S3 does not know the new role yet',
  stale: 'the distribution changed meanwhile, reading it again',
};

function lastingRefusal(refused: Refused): AppError {
  const parts = { why: refused.message, cause: refused };
  switch (refused.kind) {
    case 'stale':
      return new AppError('DISTRIBUTION_STALE', 'the distribution keeps changing under the update', {
        ...parts,
        fix: 'see who else changes it, then run the command again',
      });
    case 'principal-unknown':
      return new AppError('POLICY_CONFLICT', 'S3 does not know a principal of the bucket policy', {
        ...parts,
        fix: 'remove statements of deleted roles from the policy, or set "grant": "role-policy" in the config; then run setup again',
      });
    case 'role-not-ready':
      return new AppError('AWS_ERROR', 'AWS does not accept the role of the function', {
        ...parts,
        fix: 'wait a minute and run the command again; edge-resize setup repairs the trust of the role',
      });
    case 'busy':
      return new AppError('AWS_ERROR', 'the function is still busy with an earlier change', {
        ...parts,
        fix: 'wait a minute and run the command again',
      });
  }
}

/** @throws AppError INTERRUPTED when the person stopped the run */
export function checkSignal({ signal }: Pick<ApplyDeps, 'signal'>): void {
  if (!signal.aborted) return;
  throw new AppError('INTERRUPTED', 'stopped between two steps');
}
