/** Steps on the bucket. */
import pLimit from 'p-limit';
import { resolved } from '../core/plan/refs.ts';
import type { StepOf } from '../core/plan/types.ts';
import { editBucketPolicy } from '../core/policy.ts';
import { AppError } from '../errors.ts';
import type { Run } from './deps.ts';
import { pollUntil, untilAccepted } from './wait.ts';

/** Uploads at once. */
const UPLOADS = 8;
/** Milliseconds after which a policy that reads otherwise than written was overwritten by someone else. */
const READ_BACK = 10_000;

export async function createBucket({ bucket, region }: StepOf<'s3.createBucket'>, run: Run): Promise<string> {
  await (await run.ports.s3(region)).createBucket(bucket);
  return `bucket ${bucket} in ${region}`;
}

/** Reads the policy again and edits that, so that what others wrote since the plan was shown is kept. */
export async function putPolicy(step: StepOf<'s3.putPolicy'>, run: Run): Promise<string> {
  const s3 = await run.ports.s3(step.region);
  const grants = { ...step.grants, distribution: resolved(step.grants.distribution, run.outputs) };
  const read = () => s3.getPolicy(step.bucket, run.account);
  let saved: { policy: string; path: string } | undefined;
  await untilAccepted(
    ['principal-unknown'],
    async () => {
      const current = await read();
      const edited = editBucketPolicy(current, grants);
      if (edited === undefined) return;
      if (current !== undefined && saved?.policy !== current) {
        saved = { policy: current, path: await run.deps.journal.backupPolicy(step.bucket, current) };
      }
      await s3.putPolicy(step.bucket, run.account, edited);
    },
    run,
  );
  if (!(await readsBack(async () => editBucketPolicy(await read(), grants) === undefined, run))) {
    throw new AppError('POLICY_CONFLICT', `the policy of ${step.bucket} was written, and is another one now`, {
      why: 'Someone else wrote it at the same time. S3 replaces policies whole.',
      fix: 'run setup again; if it comes back, see what else manages this policy',
    });
  }
  return `policy of ${step.bucket}${saved ? `, the earlier one saved as ${saved.path}` : ''}`;
}

/** S3 gives an earlier policy for a moment, and a new role by its id before it gives its ARN. */
async function readsBack(isThere: () => Promise<boolean>, { deps: { clock, signal, retry } }: Run): Promise<boolean> {
  const pace = { ...retry, limit: Math.min(retry.limit, READ_BACK) };
  const read = await pollUntil(async () => (await isThere()) || undefined, { clock, signal, pace });
  return read === true;
}

export async function upload({ bucket, region, files }: StepOf<'s3.upload'>, run: Run): Promise<string> {
  const s3 = await run.ports.s3(region);
  const limit = pLimit(UPLOADS);
  let done = 0;
  await Promise.all(
    files.map((file) =>
      limit(async () => {
        run.deps.signal.throwIfAborted();
        const { key, contentType } = file;
        await s3.putObject(bucket, { key, contentType, body: await run.deps.readFile(file.path) });
        done += 1;
        if (done % Math.ceil(files.length / 4) === 0) run.progress(`${done} of ${files.length} files`);
      }),
    ),
  );
  return `${files.length} file${files.length === 1 ? '' : 's'} into ${bucket}`;
}
