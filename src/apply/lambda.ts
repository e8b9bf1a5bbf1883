/** Steps on the function. Each ends when Lambda is ready for the next. */
import type { LambdaPort } from '../aws/ports/lambda.ts';
import { ownerMark, ownerTags } from '../core/names.ts';
import type { StepOf } from '../core/plan/types.ts';
import type { FunctionVersion } from '../core/state.ts';
import { AppError } from '../errors.ts';
import type { Run } from './deps.ts';
import { pollUntil, untilAccepted } from './wait.ts';

export async function createFunction(step: StepOf<'lambda.create'>, run: Run): Promise<string> {
  const lambda = await run.ports.lambda();
  const fn = {
    ...step.settings,
    name: step.fn,
    description: ownerMark(step.name),
    zip: zipOf(run),
    tags: ownerTags(step.name, step.distribution),
  };
  await untilAccepted(['role-not-ready'], () => lambda.createFunction(fn), run);
  await ready(lambda, step.fn, undefined, run);
  return `function ${step.fn}`;
}

export async function tagFunction(step: StepOf<'lambda.tag'>, run: Run): Promise<string> {
  await (await run.ports.lambda()).tagFunction(step.arn, ownerTags(step.name, step.distribution));
  return `tags of function ${step.name}`;
}

export async function updateCode({ fn }: StepOf<'lambda.updateCode'>, run: Run): Promise<string> {
  const lambda = await run.ports.lambda();
  await untilAccepted(['busy'], () => lambda.updateCode(fn, zipOf(run)), run);
  await ready(lambda, fn, undefined, run);
  return `code of ${fn}`;
}

export async function updateSettings({ fn, settings }: StepOf<'lambda.updateConfig'>, run: Run): Promise<string> {
  const lambda = await run.ports.lambda();
  await untilAccepted(['busy', 'role-not-ready'], () => lambda.updateSettings(fn, settings), run);
  await ready(lambda, fn, undefined, run);
  return `settings of ${fn}`;
}

export async function publish({ fn, codeSha256 }: StepOf<'lambda.publish'>, run: Run): Promise<string> {
  const lambda = await run.ports.lambda();
  const published = await untilAccepted(['busy'], () => lambda.publish(fn, codeSha256), run);
  // CloudFront refuses a version that is still Pending (AWS-FACTS 10).
  await ready(lambda, fn, published.version, run);
  run.outputs['lambda.versionArn'] = published.arn;
  return `version ${published.version} of ${fn}`;
}

/** Waits for State Active and no update in progress. @throws AppError AWS_ERROR when Lambda says Failed, WAIT_TIMEOUT */
async function ready(lambda: LambdaPort, fn: string, version: string | undefined, run: Run): Promise<void> {
  const { clock, signal, retry } = run.deps;
  const what = version === undefined ? fn : `${fn} version ${version}`;
  const state = await pollUntil(
    async () => {
      const now = await lambda.getVersion(fn, version);
      return now.state !== 'Pending' && now.lastUpdate !== 'InProgress' ? now : undefined;
    },
    { clock, signal, pace: retry, tick: () => run.progress(`Lambda prepares ${what}`) },
  );
  if (state === undefined) {
    throw new AppError('WAIT_TIMEOUT', `${what} is not ready after ${retry.limit / 1000} s`, {
      why: 'Lambda is still preparing it, and goes on.',
      fix: 'run the command again: it goes on where this stopped',
    });
  }
  checkState(what, state);
}

function checkState(what: string, { state, stateReason, lastUpdate, lastUpdateReason }: FunctionVersion): void {
  if (state !== 'Failed' && lastUpdate !== 'Failed') return;
  throw new AppError('AWS_ERROR', `Lambda could not prepare ${what}`, {
    why: (state === 'Failed' ? stateReason : lastUpdateReason) ?? 'It says Failed and no more.',
    fix: 'run the command again; if it fails the same way, see the function in the Lambda console',
  });
}

function zipOf({ deps }: Run): Uint8Array {
  if (!deps.zip) throw new Error('a plan with code was applied without a zip');
  return deps.zip;
}
