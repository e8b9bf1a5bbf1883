/** Carries out an invalidation plan: batch by batch, within CloudFront's limits on what is in progress. */
import type { Invalidation, InvalidationBatch, InvalidationPort } from '../aws/ports/invalidation.ts';
import type { Context, Waiting } from '../context.ts';
import type { InvalidationPlan } from '../core/invalidation/plan.ts';
import { AppError } from '../errors.ts';

export interface SendOptions {
  /** Wait until the edges are done with the last batch too. */
  wait: boolean;
  /** Milliseconds for everything. */
  waitTimeout: number;
  /** Makes a name that no other invalidation has, so that CloudFront can tell a repeated call from a new one. */
  reference: () => string;
}

interface Job extends Pick<Context, 'clock' | 'io'> {
  port: InvalidationPort;
  distribution: string;
  waiting: Waiting;
  /** Milliseconds since 1970. */
  deadline: number;
}

/**
 * Sends the batches one after another; the next one leaves when the one before it is done, or CloudFront has room.
 * @throws AppError INVALIDATION_LIMIT, WAIT_TIMEOUT, those of the port
 */
export async function sendInvalidations(
  { aws, clock, io, ui }: Context,
  { distribution, paths, batches }: InvalidationPlan,
  { wait, waitTimeout, reference }: SendOptions,
): Promise<Invalidation[]> {
  const port = await aws.invalidation();
  const number = `${paths.length.toLocaleString('en-US')} ${paths.length === 1 ? 'path' : 'paths'}`;
  const waiting = ui.waiting(`invalidating ${number} on ${distribution}`);
  const job: Job = { clock, io, port, distribution, waiting, deadline: clock.now() + waitTimeout };
  const sent: Invalidation[] = [];
  try {
    for (const [index, batch] of batches.entries()) {
      const last = index === batches.length - 1;
      const begun = await sendBatch(job, { paths: batch, callerReference: `edge-resize-${reference()}` });
      sent.push(wait || !last ? await untilDone(job, begun) : begun);
      if (!last) waiting.update(`${index + 1} of ${batches.length} batches done`);
    }
  } catch (error) {
    waiting.fail(`${sent.length} of ${batches.length} batches done`);
    throw error;
  }
  const ids = sent.map(({ id }) => id).join(', ');
  waiting.done(wait ? `invalidated (${ids})` : `invalidation started (${ids})`);
  return sent;
}

/** Waits for room when others' invalidations take it all. */
async function sendBatch(job: Job, batch: InvalidationBatch): Promise<Invalidation> {
  for (let pause = 1_000; ; pause = Math.min(pause * 2, 20_000)) {
    const answer = await job.port.create(job.distribution, batch);
    if (answer !== 'busy') return answer;
    if (job.clock.now() + pause > job.deadline) {
      throw new AppError('INVALIDATION_LIMIT', `${job.distribution} has too many invalidations in progress`, {
        why: 'CloudFront works on 3,000 paths and 15 wildcards of a distribution at a time.',
        fix: 'run the command again in some minutes, or with a longer --wait-timeout',
      });
    }
    job.waiting.update('other invalidations are in progress, waiting for room');
    await job.clock.sleep(pause, job.io.signal);
  }
}

async function untilDone(job: Job, begun: Invalidation): Promise<Invalidation> {
  let current = begun;
  for (let pause = 250; current.status !== 'Completed'; pause = Math.min(pause * 2, 10_000)) {
    if (job.clock.now() + pause > job.deadline) {
      throw new AppError('WAIT_TIMEOUT', `invalidation ${begun.id} is not done yet`, {
        why: 'CloudFront goes on with it; only the waiting ended.',
        fix: `aws cloudfront wait invalidation-completed --distribution-id ${job.distribution} --id ${begun.id}`,
      });
    }
    job.waiting.update(`invalidation ${begun.id} is in progress`);
    await job.clock.sleep(pause, job.io.signal);
    current = await job.port.get(job.distribution, begun.id);
  }
  return current;
}
