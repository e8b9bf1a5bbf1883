/** What deploy has to do: code, settings, a numbered version, the viewer function, and both on the behavior. */
import { AppError } from '../../errors.ts';
import { checkAssociations, eventsOf, type OwnVersions, ownVersions } from '../association.ts';
import { keyHasSize } from '../cache-key.ts';
import { checkKind, findBehavior, findOrigin } from '../distribution.ts';
import type { Behavior } from '../distribution-config.ts';
import { functionArn, resourceName } from '../names.ts';
import { canonicalJson } from '../normalize.ts';
import { editTrust } from '../role.ts';
import type { DeployActual, DeployDesired, Distribution, FunctionSettings, FunctionVersion } from '../state.ts';
import { keptTooLong, STALE_VARIANTS, VIEWER_FIRST } from './notices.ts';
import { checkName, checkTags } from './ownership.ts';
import { base, inOrder } from './step.ts';
import type { Change, Plan, Step, Value } from './types.ts';
import { type ViewerPart, viewerPart } from './viewer.ts';

/**
 * @throws AppError NOT_SET_UP, FOREIGN_RESOURCE, FOREIGN_ASSOCIATION, DISTRIBUTION_UNSUPPORTED, SIGNED_NEEDS_VIEWER
 */
export function planDeploy(desired: DeployDesired, actual: DeployActual): Plan {
  const { distribution, behavior } = checkedTarget(desired, actual);
  const before = ownVersions(behavior, functionArn(desired.account, desired.name));
  const version = versionToUse(desired, actual, Object.values(before));
  const steps: Step[] = [...functionSteps(desired, actual, distribution.id)];
  if (version === undefined) steps.push(publishStep(desired));
  const target: Value = version?.arn ?? { ref: 'lambda.versionArn' };
  const viewer = viewerPart(desired, actual, { behavior, distribution: distribution.id });
  steps.push(...viewer.steps);
  const inPlace = version !== undefined && sameVersions(before, versionsWanted(desired, version.arn));
  const associated = !inPlace || viewer.change !== null;
  if (associated) steps.push(associateStep(desired, distribution, { before, target, viewer }));
  const replaced = Object.values(before).some((arn) => arn !== version?.arn);
  if (desired.wait && (steps.length > 0 || distribution.status !== 'Deployed')) {
    steps.push({
      ...base('cloudfront.wait', distribution.id, 'until every edge has it'),
      distribution: distribution.id,
    });
  }
  return {
    formatVersion: 1,
    command: 'deploy',
    name: desired.name,
    account: desired.account,
    distribution: distribution.id,
    steps: inOrder(steps),
    consents: [],
    notices: [
      ...viewer.notices,
      ...(viewer.republished && !inPlace ? [VIEWER_FIRST] : []),
      ...(replaced ? [STALE_VARIANTS] : []),
      ...(associated ? keptTooLong(behavior, actual.behaviorPolicy?.config, desired.fallbackTtl) : []),
    ],
  };
}

/** The distribution and behavior, as setup leaves them. */
function checkedTarget(desired: DeployDesired, { distribution, role, behaviorPolicy }: DeployActual) {
  if (!role) throw notSetUp(desired, `There is no role ${resourceName(desired.name)}.`);
  checkName(`the role ${resourceName(desired.name)}`, desired.name, role.tags);
  if (editTrust(role.trust) !== undefined) {
    throw notSetUp(desired, 'Its role no longer trusts lambda.amazonaws.com and edgelambda.amazonaws.com.');
  }
  if (!distribution) throw notSetUp(desired, 'There is no distribution for it.');
  checkKind(distribution.config);
  const behavior: Behavior = findBehavior(distribution.config, desired.behavior);
  findOrigin(distribution.config, behavior, desired.bucket);
  checkAssociations(behavior, functionArn(desired.account, desired.name), eventsOf(desired.trigger));
  if (!keyHasSize(behavior, behaviorPolicy?.config)) {
    throw notSetUp(
      desired,
      "The parameter d is not in the behavior's cache key: everyone would get the first size asked for.",
    );
  }
  return { distribution, behavior };
}

/** @param why a sentence */
export function notSetUp(
  { name, bucket, distribution }: { name: string; bucket: string; distribution?: string | undefined },
  why: string,
): AppError {
  const flags = [`--bucket ${bucket}`, `--name ${name}`, ...(distribution ? [`--distribution ${distribution}`] : [])];
  return new AppError('NOT_SET_UP', `${name} is not set up`, { why, fix: `edge-resize setup ${flags.join(' ')}` });
}

/** Steps after which $LATEST has the wanted code and settings. */
function functionSteps(desired: DeployDesired, { fn }: DeployActual, distribution: string): Step[] {
  const name = resourceName(desired.name);
  const { settings, codeSha256 } = desired;
  if (!fn) return [createStep(desired, distribution)];
  const steps: Step[] = [];
  if (checkTags(`the function ${name}`, desired.name, distribution, fn) === 'retag') {
    steps.push({
      ...base('lambda.tag', name, 'the distribution of its tag is gone'),
      name: desired.name,
      arn: functionArn(desired.account, desired.name),
      distribution,
    });
  }
  if (fn.latest.codeSha256 !== codeSha256) {
    steps.push({
      ...base('lambda.updateCode', name, 'the handler, its settings or sharp changed'),
      changes: [
        { what: 'code', before: short(fn.latest.codeSha256), after: `${short(codeSha256)}, ${megabytes(desired)}` },
      ],
      fn: name,
      codeSha256,
    });
  }
  const changes = settingChanges(fn.latest, settings);
  if (changes.length > 0) {
    steps.push({ ...base('lambda.updateConfig', name, 'its settings changed'), changes, fn: name, settings });
  }
  return steps;
}

function createStep(desired: DeployDesired, distribution: string): Step {
  const { settings, codeSha256 } = desired;
  const fn = resourceName(desired.name);
  return {
    ...base('lambda.create', fn, 'the function that resizes, in us-east-1'),
    changes: [
      { what: 'code', before: null, after: `${short(codeSha256)}, ${megabytes(desired)}` },
      { what: 'runs on', before: null, after: `${settings.runtime}, ${settings.memory} MB, ${settings.timeout} s` },
    ],
    name: desired.name,
    fn,
    settings,
    codeSha256,
    distribution,
  };
}

function publishStep({ name, codeSha256 }: DeployDesired): Step {
  const fn = resourceName(name);
  return {
    ...base('lambda.publish', fn, 'CloudFront takes numbered versions only'),
    changes: [{ what: 'version', before: null, after: 'a new number' }],
    fn,
    codeSha256,
  };
}

function associateStep(
  { account, name, behavior, trigger }: DeployDesired,
  { id }: Distribution,
  { before, target, viewer }: { before: OwnVersions; target: Value; viewer: ViewerPart },
): Step {
  const events = eventsOf(trigger);
  const after = typeof target === 'string' ? numberOf(target) : 'the new version';
  const changes = eventsOf('origin-request').flatMap((what): Change[] => {
    const present = before[what] === undefined ? null : numberOf(before[what]);
    const wanted = events.includes(what) ? after : null;
    return present === wanted ? [] : [{ what, before: present, after: wanted }];
  });
  const change = viewer.change && { arn: viewer.change.arn, on: viewer.change.on };
  if (change) {
    const fn = resourceName(name);
    changes.unshift({ what: 'viewer-request', before: change.on ? null : fn, after: change.on ? fn : null });
  }
  return {
    ...base('cloudfront.associate', `${id} behavior ${behavior}`, 'nothing else of the distribution is written'),
    changes,
    distribution: id,
    behavior,
    fn: functionArn(account, name),
    versionArn: target,
    events,
    replaces: before,
    viewer: change,
  };
}

function versionsWanted({ trigger }: DeployDesired, version: string): OwnVersions {
  return Object.fromEntries(eventsOf(trigger).map((event) => [event, version]));
}

function sameVersions(one: OwnVersions, other: OwnVersions): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

/** A published version with the wanted code and settings: the one in use if it has them, else the newest. */
function versionToUse(
  { codeSha256, settings }: DeployDesired,
  { versions }: DeployActual,
  inUse: string[],
): FunctionVersion | undefined {
  const fitting = versions.filter(
    (version) => version.codeSha256 === codeSha256 && settingChanges(version, settings).length === 0,
  );
  return fitting.find((version) => inUse.includes(version.arn)) ?? fitting[0];
}

const SETTINGS = ['runtime', 'handler', 'role', 'memory', 'timeout'] as const satisfies (keyof FunctionSettings)[];

function settingChanges(before: FunctionSettings, after: FunctionSettings): Change[] {
  return SETTINGS.filter((key) => before[key] !== after[key]).map((key) => ({
    what: key,
    before: `${before[key]}`,
    after: `${after[key]}`,
  }));
}

function short(sha256: string): string {
  return sha256.slice(0, 8);
}

function numberOf(versionArn: string): string {
  return `version ${versionArn.split(':').at(-1)}`;
}

function megabytes({ codeBytes }: DeployDesired): string {
  return `${(codeBytes / 1_000_000).toFixed(1)} MB zip`;
}
