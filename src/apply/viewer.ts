/** Steps on the viewer function. */
import type { ViewerContent } from '../aws/ports/viewer.ts';
import { ownerMark, ownerTags } from '../core/names.ts';
import { resolved } from '../core/plan/refs.ts';
import type { StepOf, Value } from '../core/plan/types.ts';
import { VIEWER_RUNTIME } from '../core/plan/viewer.ts';
import { testEvent, testFault, type ViewerTest } from '../core/viewer-test.ts';
import { AppError } from '../errors.ts';
import type { Run } from './deps.ts';
import { untilAccepted } from './wait.ts';

export async function createViewer(step: StepOf<'cloudfront.createViewer'>, run: Run): Promise<string> {
  const { fn, name, distribution } = step;
  const tags = ownerTags(name, distribution);
  await (await run.ports.viewer()).createFunction({ ...contentOf(step, run), name: fn, tags });
  return `viewer function ${fn}`;
}

export async function updateViewer(step: StepOf<'cloudfront.updateViewer'>, run: Run): Promise<string> {
  const viewer = await run.ports.viewer();
  await untilAccepted(
    ['stale'],
    async () => viewer.updateFunction(step.fn, contentOf(step, run), (await existing(step.fn, run)).etag),
    run,
  );
  return `viewer function ${step.fn}`;
}

/** What was tested is what is published: both name the version that was read. */
export async function publishViewer({ fn, test }: StepOf<'cloudfront.publishViewer'>, run: Run): Promise<string> {
  const viewer = await run.ports.viewer();
  const used = await untilAccepted(
    ['stale'],
    async () => {
      const { etag, code } = await existing(fn, run);
      if (code !== codeOf(run)) throw failed(fn, 'Someone else changed its code meanwhile.');
      run.progress('CloudFront tests it with a request');
      const timeUsed = await check(fn, { etag, test }, run);
      await viewer.publishFunction(fn, etag);
      return timeUsed;
    },
    run,
  );
  return `viewer function ${fn} tested${used === undefined ? '' : ` (in ${used} % of its time)`} and published`;
}

export async function tagCloudFront({ arn, name, distribution }: StepOf<'cloudfront.tag'>, run: Run): Promise<string> {
  await (await run.ports.viewer()).tag(arn, ownerTags(name, distribution));
  return `tags of ${arn}`;
}

/**
 * Percent of the time that the function may take, as CloudFront measured it: at 100 viewers get a 503.
 * @throws AppError VIEWER_FAILED
 */
async function check(
  fn: string,
  { etag, test }: { etag: string; test: ViewerTest },
  run: Run,
): Promise<number | undefined> {
  const { output, error, logs, timeUsed } = await (await run.ports.viewer()).testFunction(fn, etag, testEvent(test));
  const fault = error ?? testFault(test, output);
  if (fault === undefined) return timeUsed;
  const query = new URLSearchParams(test.query).toString();
  throw failed(fn, `Asked for ?${query}: ${fault}${logs.length > 0 ? ` (it logged: ${logs.join(' · ')})` : ''}.`);
}

function failed(fn: string, why: string): AppError {
  return new AppError('VIEWER_FAILED', `the viewer function ${fn} failed its test`, {
    why,
    fix: 'what is live stays as it was; run the command again, or set "viewerFunction": false to deploy without it',
  });
}

async function existing(fn: string, run: Run) {
  const found = await (await run.ports.viewer()).getFunction(fn);
  if (found) return found.development;
  throw failed(fn, 'It was deleted since the plan was made.');
}

function contentOf({ name, keyStore }: { name: string; keyStore: Value | null }, run: Run): ViewerContent {
  return {
    code: codeOf(run),
    runtime: VIEWER_RUNTIME,
    comment: ownerMark(name),
    store: keyStore === null ? undefined : resolved(keyStore, run.outputs),
  };
}

function codeOf({ deps }: Run): string {
  if (deps.viewerCode === undefined) throw new Error('a plan with a viewer function was applied without its code');
  return deps.viewerCode;
}
