/** `deploy`: package, put the code into us-east-1, publish, associate the version and the viewer function, wait until both are live. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { variantQuery } from '../../handler/grammar.ts';
import { RETRY_PACE, WAIT_PACE } from '../apply/deps.ts';
import { applyPlan } from '../apply/index.ts';
import { openJournal } from '../apply/journal.ts';
import { makeBundle } from '../bundle/index.ts';
import { settingsFrom } from '../bundle/settings.ts';
import { makeViewerCode } from '../bundle/viewer.ts';
import { loadConfig } from '../config/load.ts';
import { rulesFrom } from '../config/rules.ts';
import type { Config } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { passesOthers } from '../core/cache-key.ts';
import { findBehavior, keyFolder } from '../core/distribution.ts';
import { formatBytes } from '../core/logs/format.ts';
import { FUNCTION_HANDLER, roleArn } from '../core/names.ts';
import { planDeploy } from '../core/plan/deploy.ts';
import { costAndTime } from '../core/plan/notices.ts';
import { type Plan, writes } from '../core/plan/types.ts';
import type { DeployActual, DeployDesired, WantedViewer } from '../core/state.ts';
import { pathToTry, recipeToTry } from '../core/url-to-try.ts';
import { signedQuery } from '../core/urls/signed.ts';
import { viewerTest } from '../core/viewer-test.ts';
import { AppError } from '../errors.ts';
import { ownAccount } from '../observe/account.ts';
import { cdnUrl } from '../observe/cdn-url.ts';
import { observeDeploy } from '../observe/deploy.ts';
import { bucketRegion } from '../observe/setup.ts';
import { signerOf } from '../observe/signer.ts';
import { together } from '../observe/together.ts';
import { agree } from '../ui/agree.ts';
import { planLines } from '../ui/plan-view.ts';
import { stepReporter } from '../ui/step-reporter.ts';

export interface DeployOptions {
  /** Do not wait until the distribution is deployed. */
  noWait?: boolean;
  /** Milliseconds to wait for it. */
  waitTimeout?: number;
  /** Download the Node of the function's runtime, where this host has another, to try the package with it. */
  checkRuntime?: boolean;
}

type Bundle = Awaited<ReturnType<typeof makeBundle>>;

/**
 * Plans, shows, asks and applies.
 * @throws AppError, see the planner, the executor and the adapters
 */
export async function deploy(context: Context, options: DeployOptions): Promise<number> {
  const { ui } = context;
  const { config, path } = await loadConfig(context, { required: true });
  const identity = ownAccount(context.aws, config.account);
  const [account, actual, , bundle] = await together(
    identity,
    observeDeploy(context.aws, { ...config, signed: config.url.signed }),
    checkBucket(context, config, identity),
    packaged(context, config, options),
  );
  const viewer = await viewerFunction(context, config, actual);
  const plan = planDeploy(desiredState(config, { account, bundle, viewer, wait: !options.noWait }), actual);
  if (plan.steps.length === 0) return nothingToDo(context, plan, { config, actual });
  if (context.options.dryRun) {
    for (const line of await planLines(plan, costAndTime(plan), ui)) ui.out(line);
    ui.document('deploy', { plan, applied: [], result: null });
    return 0;
  }
  for (const line of await planLines(plan, costAndTime(plan), ui)) ui.info(line);
  if (writes(plan)) await agree(context, { question: 'Deploy this?', command: repeated(options), plan });
  const folder = join(path ? dirname(path) : context.io.cwd, '.edge-resize');
  return apply(context, plan, { config, bundle, viewer, actual, folder, options });
}

/** The first seconds of a deploy go by with this; what AWS is asked meanwhile takes less. */
async function packaged({ ui, assets }: Context, config: Config, options: DeployOptions): Promise<Bundle> {
  const line = ui.waiting('packaging the function');
  try {
    const runtime = { name: config.function.runtime, download: options.checkRuntime ?? false };
    const bundle = await makeBundle({ ...assets, settings: settingsFrom(config), runtime });
    line.done(`packaged the function: ${formatBytes(bundle.bytes)}, ${loadCheckWords(bundle)}`);
    const { loadCheck } = bundle;
    if (loadCheck.result === 'passed' && loadCheck.trouble)
      ui.warn(`The Node.js of ${runtime.name} could not be had to try the package: ${loadCheck.trouble}`);
    return bundle;
  } catch (error) {
    line.fail('packaging the function');
    throw error;
  }
}

function loadCheckWords({ loadCheck }: Bundle): string {
  if (loadCheck.result === 'skipped') return 'not tried: this host cannot run what Lambda runs';
  return `loads on Node.js ${loadCheck.node}${loadCheck.runtime ? '' : ', the one of this host'}`;
}

/** @throws AppError VIEWER_TOO_LARGE */
async function viewerFunction(
  { assets }: Context,
  config: Config,
  { distribution, behaviorPolicy }: DeployActual,
): Promise<WantedViewer | undefined> {
  if (!config.viewerFunction || !distribution) return undefined;
  const behavior = findBehavior(distribution.config, config.behavior);
  const keepOthers = passesOthers(behavior, behaviorPolicy?.config);
  const { invalid: onInvalid, signed } = config.url;
  const rules = rulesFrom(config);
  const { code } = await makeViewerCode({ folder: assets.viewerDir, rules, onInvalid, signed, keepOthers });
  return { code, test: viewerTest({ rules, signed, keepOthers }) };
}

function desiredState(
  config: Config,
  {
    account,
    bundle,
    viewer,
    wait,
  }: { account: string; bundle: Bundle; viewer: WantedViewer | undefined; wait: boolean },
): DeployDesired {
  const { name, bucket, behavior, trigger } = config;
  const { runtime, memory, timeout } = config.function;
  return {
    name,
    account,
    bucket,
    behavior,
    settings: { runtime, memory, timeout, handler: FUNCTION_HANDLER, role: roleArn(account, name) },
    codeSha256: bundle.sha256Base64,
    codeBytes: bundle.bytes,
    trigger,
    viewer,
    signed: config.url.signed,
    fallbackTtl: config.resize.fallbackTtlSeconds,
    wait,
  };
}

/** The region is baked into the zip, so it must be the bucket's. */
async function checkBucket({ aws }: Context, config: Config, identity: Promise<string>): Promise<void> {
  const { bucket, region } = config;
  // The identity is checked against the config's account elsewhere; only without one it has to be waited for.
  const account = config.account ?? (await identity);
  const there = await bucketRegion(aws, { bucket, account, region });
  if (there === region) return;
  if (there === undefined) {
    throw new AppError('BUCKET_MISSING', `there is no bucket ${bucket}`, {
      why: 'S3 does not know it. The function would have nothing to read.',
      fix: `edge-resize setup --bucket ${bucket}`,
    });
  }
  throw new AppError('BUCKET_REGION', `bucket ${bucket} is in ${there}, not in ${region}`, {
    why: 'The function reads originals in the region that the config names.',
    fix: `set "region": "${there}" in the config`,
  });
}

async function nothingToDo(
  context: Context,
  plan: Plan,
  { config, actual }: Pick<Applying, 'config' | 'actual'>,
): Promise<number> {
  const url = await urlToTry(context, config, actual);
  context.ui.success(`Nothing to do: ${plan.name} is live on ${plan.distribution}`);
  for (const notice of plan.notices) context.ui.warn(notice);
  context.ui.out(url);
  context.ui.document('deploy', { plan, applied: [], result: { url } });
  return 0;
}

interface Applying {
  config: Config;
  bundle: Bundle;
  viewer: WantedViewer | undefined;
  actual: DeployActual;
  /** Where the journal is kept. */
  folder: string;
  options: DeployOptions;
}

async function apply(
  context: Context,
  plan: Plan,
  { config, bundle, viewer, actual, folder, options }: Applying,
): Promise<number> {
  const { ui, io, clock } = context;
  const { outputs, steps } = await applyPlan(plan, context.aws, {
    clock,
    signal: io.signal,
    journal: openJournal(folder, clock.now),
    zip: bundle.zip,
    ...(viewer && { viewerCode: viewer.code }),
    random: randomBytes,
    readFile: (path) => readFile(path),
    writeConfig: async () => undefined,
    report: stepReporter(ui),
    retry: RETRY_PACE,
    wait: { ...WAIT_PACE, limit: options.waitTimeout ?? WAIT_PACE.limit },
  });
  const url = await urlToTry(context, config, actual);
  for (const notice of plan.notices) ui.warn(notice);
  if (options.noWait)
    ui.info('CloudFront goes on by itself; until it has deployed, edges may answer with the earlier build.');
  ui.info('Try it:');
  ui.out(url);
  ui.document('deploy', { plan, applied: steps, result: { url, version: outputs['lambda.versionArn'] ?? null } });
  return 0;
}

/** Seconds that a signed URL to try holds. */
const TRIAL = 3600;

/** An image of the bucket in a small size, signed where it must be; a made-up name when none was seen. */
async function urlToTry(context: Context, config: Config, { distribution, sampleKeys }: DeployActual): Promise<string> {
  const { aws, clock } = context;
  const { behavior, bucket, name, account, url } = config;
  const base = await cdnUrl(await aws.endpointUrl(), distribution?.domainName ?? '');
  const folder = distribution ? keyFolder(distribution.config, behavior, bucket) : '';
  const path = pathToTry({ keys: sampleKeys, behavior, folder });
  const recipe = recipeToTry(rulesFrom(config));
  if (!url.signed) return `${base}${path}?${variantQuery(recipe)}`;
  const { sign } = await signerOf(aws, { name, account, given: undefined });
  return `${base}${path}?${signedQuery(path, recipe, { sign, expires: Math.ceil(clock.now() / 1000) + TRIAL })}`;
}

function repeated({ noWait, checkRuntime }: DeployOptions): string {
  return `edge-resize deploy${noWait ? ' --no-wait' : ''}${checkRuntime ? ' --check-runtime' : ''}`;
}
