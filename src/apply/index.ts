/** Applies a plan, step by step. A failed or stopped run is finished by planning and applying again. */
import type { Outputs } from '../core/plan/refs.ts';
import { resolved } from '../core/plan/refs.ts';
import { isWrite, type Plan, type Step, type StepKind, type StepOf } from '../core/plan/types.ts';
import {
  addCacheKey,
  associate,
  createAccessControl,
  createCachePolicy,
  createDistribution,
  waitDeployed,
} from './cloudfront.ts';
import type { ApplyDeps, Run } from './deps.ts';
import { createRole, putRolePolicy, tagRole, updateTrust } from './iam.ts';
import type { JournalEntry } from './journal.ts';
import { createKeyStore, putSigningKey, rotateSigningKey } from './keys.ts';
import { createFunction, publish, tagFunction, updateCode, updateSettings } from './lambda.ts';
import { createBucket, putPolicy, upload } from './s3.ts';
import { createViewer, publishViewer, tagCloudFront, updateViewer } from './viewer.ts';
import { checkSignal } from './wait.ts';

/** Says what was done. */
type Execute<Kind extends StepKind> = (step: StepOf<Kind>, run: Run) => Promise<string>;

const EXECUTORS = {
  's3.createBucket': createBucket,
  's3.putPolicy': putPolicy,
  's3.upload': upload,
  'cloudfront.createAccessControl': createAccessControl,
  'cloudfront.createCachePolicy': createCachePolicy,
  'cloudfront.createDistribution': createDistribution,
  'cloudfront.addCacheKey': addCacheKey,
  'cloudfront.associate': associate,
  'cloudfront.createKeyStore': createKeyStore,
  'cloudfront.putSigningKey': putSigningKey,
  'cloudfront.rotateSigningKey': rotateSigningKey,
  'cloudfront.createViewer': createViewer,
  'cloudfront.updateViewer': updateViewer,
  'cloudfront.publishViewer': publishViewer,
  'cloudfront.tag': tagCloudFront,
  'cloudfront.wait': waitDeployed,
  'iam.createRole': createRole,
  'iam.updateTrust': updateTrust,
  'iam.putRolePolicy': putRolePolicy,
  'iam.tagRole': tagRole,
  'lambda.create': createFunction,
  'lambda.tag': tagFunction,
  'lambda.updateCode': updateCode,
  'lambda.updateConfig': updateSettings,
  'lambda.publish': publish,
  'config.write': writeConfigFile,
} satisfies { [Kind in StepKind]: Execute<Kind> };

async function writeConfigFile(step: StepOf<'config.write'>, { deps, outputs }: Run): Promise<string> {
  await deps.writeConfig(step.path, { ...step.fields, distribution: resolved(step.distribution, outputs) });
  return step.path;
}

export interface Applied {
  /** What steps made: ids, ARNs. */
  outputs: Outputs;
  /** Ids of the steps that were done, in order. */
  steps: string[];
}

/**
 * Runs the steps in order, a journal line before and after each that writes.
 * @throws AppError of the step that failed; INTERRUPTED between steps
 */
export async function applyPlan(plan: Plan, ports: Run['ports'], deps: ApplyDeps): Promise<Applied> {
  const applied: Applied = { outputs: {}, steps: [] };
  for (const step of plan.steps) {
    checkSignal(deps);
    await applyStep(plan, step, {
      ports,
      deps,
      account: plan.account,
      outputs: applied.outputs,
      progress: (text) => deps.report({ type: 'progress', step, text }),
    });
    applied.steps.push(step.id);
  }
  return applied;
}

async function applyStep(plan: Plan, step: Step, run: Run): Promise<void> {
  const { journal, report } = run.deps;
  const { command, name, account } = plan;
  const log = async (phase: JournalEntry['phase'], text?: string) => {
    if (isWrite(step)) await journal.record({ command, name, account, step: step.id, kind: step.kind, phase, text });
  };
  const execute = EXECUTORS[step.kind] as Execute<StepKind>;
  report({ type: 'begin', step });
  try {
    await log('begin');
    const text = await execute(step, run);
    await log('done', text);
    report({ type: 'done', step, text });
  } catch (error) {
    report({ type: 'failed', step, error });
    const text = error instanceof Error ? error.message : String(error);
    await log('failed', text).catch(() => undefined);
    checkSignal(run.deps);
    throw error;
  }
}
