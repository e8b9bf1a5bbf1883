/** `setup`: bucket, distribution, cache key, role and policies, up to the point where `deploy` can put the function on. */
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { RETRY_PACE, WAIT_PACE } from '../apply/deps.ts';
import { applyPlan } from '../apply/index.ts';
import { openJournal } from '../apply/journal.ts';
import { writeConfig } from '../config/load.ts';
import type { ConfigInput } from '../config/schema.ts';
import { readSetupConfig, type SetupConfig, type SetupFlags } from '../config/setup.ts';
import type { Context } from '../context.ts';
import { NOTHING_LEFT_OUT } from '../core/left-out.ts';
import { costAndTime } from '../core/plan/notices.ts';
import { planSetup } from '../core/plan/setup.ts';
import { type Plan, writes } from '../core/plan/types.ts';
import type { SetupActual, SetupDesired } from '../core/state.ts';
import { AppError } from '../errors.ts';
import { ownAccount } from '../observe/account.ts';
import { cdnUrl } from '../observe/cdn-url.ts';
import { readUploadFolder } from '../observe/folder.ts';
import { observeSetup } from '../observe/setup.ts';
import { agree } from '../ui/agree.ts';
import { planLines } from '../ui/plan-view.ts';
import { flagWords } from '../ui/shell.ts';
import { stepReporter } from '../ui/step-reporter.ts';

export interface SetupOptions extends SetupFlags {
  /** A folder whose images are put into the bucket. */
  upload?: string;
}

/**
 * Plans, shows, asks and applies.
 * @throws AppError, see the planner, the executor and the adapters
 */
export async function setup(context: Context, options: SetupOptions): Promise<number> {
  const { ui } = context;
  const wanted = await readSetupConfig(context, options);
  const folder =
    options.upload === undefined
      ? { upload: [], leftOut: NOTHING_LEFT_OUT }
      : await readUploadFolder(options.upload, context.io.cwd);
  const account = await ownAccount(context.aws, wanted.config.account);
  const desired = desiredState(wanted, account, folder);
  const actual = await observeSetup(context.aws, desired);
  checkRegion(wanted, actual);
  const plan = planSetup(desired, actual);
  if (!writes(plan)) return nothingToDo(context, plan, actual);
  const lines = await planLines(plan, costAndTime(plan), ui);
  if (context.options.dryRun) {
    for (const line of lines) ui.out(line);
    ui.document('setup', { plan, applied: [], result: null });
    return 0;
  }
  for (const line of lines) ui.info(line);
  await agree(context, { question: 'Set this up?', command: repeated(options), consents: plan.consents, plan });
  return apply(context, plan, { wanted, actual });
}

function desiredState(
  { config, file }: SetupConfig,
  account: string,
  folder: Pick<SetupDesired, 'upload' | 'leftOut'>,
): SetupDesired {
  const { name, bucket, region, distribution, behavior, grant, trigger, viewerFunction } = config;
  const functions = { trigger, viewerFunction, signed: config.url.signed };
  return { name, account, bucket, region, distribution, behavior, grant, ...functions, ...folder, configFile: file };
}

/** A bucket does not move; what the person said about its region must be so. */
function checkRegion({ config, regionGiven }: SetupConfig, { bucket }: SetupActual): void {
  if (!bucket || !regionGiven || bucket.region === config.region) return;
  throw new AppError('BUCKET_REGION', `bucket ${config.bucket} is in ${bucket.region}, not in ${config.region}`, {
    why: `${regionGiven === 'flag' ? '--region' : 'The config'} says ${config.region}.`,
    fix:
      regionGiven === 'flag'
        ? `edge-resize setup --bucket ${config.bucket} --region ${bucket.region}`
        : `set "region": "${bucket.region}" in the config`,
  });
}

async function nothingToDo(context: Context, plan: Plan, { distribution }: SetupActual): Promise<number> {
  const { ui } = context;
  ui.success('Nothing to do');
  if (distribution) await printResult(context, plan.name, distribution);
  ui.document('setup', { plan, applied: [], result: resultOf(distribution) });
  return 0;
}

async function printResult({ ui, aws }: Context, name: string, { id, domainName }: Made): Promise<void> {
  ui.out(`Set up: ${name} on distribution ${id} (${await cdnUrl(await aws.endpointUrl(), domainName)})`);
}

async function apply(
  context: Context,
  plan: Plan,
  { wanted, actual }: { wanted: SetupConfig; actual: SetupActual },
): Promise<number> {
  const { ui, io, clock } = context;
  const folder = join(wanted.path ? dirname(wanted.path) : io.cwd, '.edge-resize');
  const { outputs, steps } = await applyPlan(plan, context.aws, {
    clock,
    signal: io.signal,
    journal: openJournal(folder, clock.now),
    readFile: (path) => readFile(path),
    writeConfig: (path, fields) => writeConfig(path, fields as ConfigInput),
    report: stepReporter(ui),
    retry: RETRY_PACE,
    wait: WAIT_PACE,
  });
  const id = outputs['distribution.id'] ?? actual.distribution?.id ?? '';
  const domainName = outputs['distribution.domainName'] ?? actual.distribution?.domainName ?? '';
  const result = resultOf({ id, domainName });
  await printResult(context, plan.name, { id, domainName });
  for (const line of hints(wanted)) ui.info(line);
  ui.document('setup', { plan, applied: steps, result });
  return 0;
}

interface Made {
  id: string;
  domainName: string;
}

function resultOf(distribution: Made | undefined) {
  return distribution ? { distribution: distribution.id, domainName: distribution.domainName } : null;
}

function hints({ config, path, file }: SetupConfig): string[] {
  const next = 'Next: edge-resize deploy';
  if (file || config.distribution !== undefined) return [next];
  return [`The config file ${path ? resolve(path) : ''} was left as it is: give it "distribution".`, next];
}

/** The command as it was given, in an order of its own. */
function repeated({ bucket, distribution, name, region, grant, upload }: SetupOptions): string {
  return ['edge-resize setup', ...flagWords({ bucket, distribution, name, region, grant, upload })].join(' ');
}
