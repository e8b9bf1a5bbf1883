/** Steps on CloudFront. A distribution is read anew before each update, and only what was agreed to is changed in it. */
import type { CloudFrontPort } from '../aws/ports/cloudfront.ts';
import {
  checkAssociations,
  type OwnVersions,
  ownVersions,
  viewerPlace,
  withAssociations,
} from '../core/association.ts';
import { keyHasSize } from '../core/cache-key.ts';
import { findBehavior, newDistributionConfig, withSizeInKey } from '../core/distribution.ts';
import type { Behavior, DistributionConfig } from '../core/distribution-config.ts';
import { TAG_NAME } from '../core/names.ts';
import { canonicalJson } from '../core/normalize.ts';
import { resolved } from '../core/plan/refs.ts';
import type { StepOf } from '../core/plan/types.ts';
import { AppError } from '../errors.ts';
import type { Run } from './deps.ts';
import { pollUntil, untilAccepted } from './wait.ts';

export async function createAccessControl(
  { name, description }: StepOf<'cloudfront.createAccessControl'>,
  run: Run,
): Promise<string> {
  const made = await (await run.ports.cloudfront()).createAccessControl({ name, description });
  run.outputs['accessControl.id'] = made.id;
  return `origin access control ${made.id}`;
}

export async function createCachePolicy({ config }: StepOf<'cloudfront.createCachePolicy'>, run: Run): Promise<string> {
  const made = await (await run.ports.cloudfront()).createCachePolicy(config);
  run.outputs['cachePolicy.id'] = made.id;
  return `cache policy ${config.Name}`;
}

export async function createDistribution(step: StepOf<'cloudfront.createDistribution'>, run: Run): Promise<string> {
  const config = newDistributionConfig({
    name: step.name,
    bucket: step.bucket,
    region: step.region,
    accessControl: resolved(step.accessControl, run.outputs),
    cachePolicy: resolved(step.cachePolicy, run.outputs),
    // A reference is used once, even after its distribution was deleted; a lost answer is found again by the tag.
    callerReference: `edge-resize-${step.name}-${run.deps.clock.now()}`,
  });
  const made = await (await run.ports.cloudfront()).createDistribution(config, { [TAG_NAME]: step.name });
  run.outputs['distribution.id'] = made.id;
  run.outputs['distribution.domainName'] = made.domainName;
  return `distribution ${made.id} (${made.domainName})`;
}

export async function addCacheKey(step: StepOf<'cloudfront.addCacheKey'>, run: Run): Promise<string> {
  const policy = step.cachePolicy === null ? undefined : resolved(step.cachePolicy, run.outputs);
  await update(step.distribution, run, (config) => {
    const behavior = findBehavior(config, step.behavior);
    const present = behavior.CachePolicyId || undefined;
    if (policy === undefined ? keyHasSize(behavior, undefined) && !present : present === policy) return undefined;
    if ((present ?? null) !== step.replaces) throw stale(step, `its cache policy is ${present ?? 'none'} now`);
    return withSizeInKey(config, step.behavior, policy);
  });
  return `d in the cache key of ${step.distribution}`;
}

export async function associate(step: StepOf<'cloudfront.associate'>, run: Run): Promise<string> {
  const version = resolved(step.versionArn, run.outputs);
  await update(step.distribution, run, (config) => {
    const behavior = findBehavior(config, step.behavior);
    const wanted = withAssociations(config, step.behavior, { ...step, version });
    if (sameFunctions(behavior, findBehavior(wanted, step.behavior))) return undefined;
    checkAssociations(behavior, step.fn, step.events);
    const present = ownVersions(behavior, step.fn);
    if (canonicalJson(present) !== canonicalJson(step.replaces) && !isOnly(version, present)) {
      throw stale(step, `${Object.values(present).join(', ') || 'no version of ours'} is on it now`);
    }
    checkViewerPlace(step, behavior);
    return wanted;
  });
  const number = version.split(':').at(-1);
  return `version ${number} on ${step.events.join(' and ')} of ${step.distribution}${viewerWords(step)}`;
}

function viewerWords({ viewer }: StepOf<'cloudfront.associate'>): string {
  if (!viewer) return '';
  return viewer.on ? ', the viewer function on viewer-request' : ', the viewer function off';
}

/** An update whose answer was lost may have put the version there already. */
function isOnly(version: string, present: OwnVersions): boolean {
  const versions = Object.values(present);
  return versions.length > 0 && versions.every((one) => one === version);
}

function checkViewerPlace(step: StepOf<'cloudfront.associate'>, behavior: Behavior): void {
  if (!step.viewer?.on) return;
  const place = viewerPlace(behavior, step.viewer.arn);
  if (place.kind === 'foreign') throw stale(step, `${place.arn} is on ${place.event} now`);
}

/** The same functions on the same events, in whatever order they are listed. */
function sameFunctions(one: Behavior, other: Behavior): boolean {
  const listed = ({ LambdaFunctionAssociations: lambda, FunctionAssociations: viewer }: Behavior) =>
    [
      ...(lambda?.Items ?? []).map(({ EventType, LambdaFunctionARN }) => `${EventType} ${LambdaFunctionARN}`),
      ...(viewer?.Items ?? []).map(({ EventType, FunctionARN }) => `${EventType} ${FunctionARN}`),
    ].sort();
  return canonicalJson(listed(one)) === canonicalJson(listed(other));
}

/** Read, edit, write with the ETag that was read; on 412 all three again. An edit that gives undefined is not needed. */
async function update(
  id: string,
  run: Run,
  edit: (config: DistributionConfig) => DistributionConfig | undefined,
): Promise<void> {
  const cloudfront = await run.ports.cloudfront();
  await untilAccepted(
    ['stale', 'role-not-ready'],
    async () => {
      const current = await existing(cloudfront, id);
      const config = edit(current.config);
      if (config) await cloudfront.updateDistribution(id, config, current.etag);
    },
    run,
  );
}

async function existing(cloudfront: CloudFrontPort, id: string) {
  const found = await cloudfront.getDistribution(id);
  if (found) return found;
  throw new AppError('DISTRIBUTION_MISSING', `distribution ${id} is gone`, {
    why: 'It was deleted since the plan was made.',
    fix: 'run setup again',
  });
}

function stale({ distribution, behavior }: { distribution: string; behavior: string }, now: string): AppError {
  return new AppError('DISTRIBUTION_STALE', `distribution ${distribution} changed since the plan was shown`, {
    why: `Someone else edited the behavior ${behavior}: ${now}. It was left as it is.`,
    fix: 'run the command again to see the plan for what is there now',
  });
}

/** Waits until every edge has the config. @throws AppError WAIT_TIMEOUT: AWS goes on by itself */
export async function waitDeployed({ distribution }: StepOf<'cloudfront.wait'>, run: Run): Promise<string> {
  const { clock, signal, wait } = run.deps;
  const cloudfront = await run.ports.cloudfront();
  const begun = clock.now();
  const deployed = await pollUntil(
    async () => {
      const { status } = await existing(cloudfront, distribution);
      return status === 'Deployed' ? status : undefined;
    },
    {
      clock,
      signal,
      pace: wait,
      tick: () => run.progress('InProgress, usually 3 to 5 min'),
    },
  );
  if (deployed) return `${distribution} deployed after ${duration(clock.now() - begun)}`;
  throw new AppError('WAIT_TIMEOUT', `${distribution} is not deployed after ${duration(wait.limit)}`, {
    why: 'Waiting ended; CloudFront goes on by itself, and nothing has to be done for it.',
    fix: 'run edge-resize deploy again: it changes nothing and waits on',
  });
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
