/** What deploy has to do for the viewer function: the keys of signed URLs, the code, publishing it, its association. */
import { AppError } from '../../errors.ts';
import { type ViewerPlace, viewerPlace } from '../association.ts';
import type { Behavior } from '../distribution-config.ts';
import { resourceName, viewerFunctionArn } from '../names.ts';
import type { DeployActual, DeployDesired, ViewerStage, WantedViewer } from '../state.ts';
import { SIGNED_FROM_NOW, SIGNED_NO_MORE, withoutViewer } from './notices.ts';
import { checkTags } from './ownership.ts';
import { base } from './step.ts';
import type { Step, Value } from './types.ts';

/** Stores of keys need it (AWS-FACTS 3.5). */
export const VIEWER_RUNTIME = 'cloudfront-js-2.0';

export interface ViewerPart {
  steps: Step[];
  /** What is to become of the association; null when it stays as it is. */
  change: { arn: string; on: boolean } | null;
  /** Code that viewers meet already is replaced. */
  republished: boolean;
  notices: string[];
}

interface Target {
  behavior: Behavior;
  /** Id */
  distribution: string;
}

/** @throws AppError SIGNED_NEEDS_VIEWER, FOREIGN_RESOURCE */
export function viewerPart(desired: DeployDesired, actual: DeployActual, target: Target): ViewerPart {
  const arn = viewerFunctionArn(desired.account, desired.name);
  const place = viewerPlace(target.behavior, arn);
  if (desired.signed) checkSignable(target.behavior, { ...desired, viewerFunction: desired.viewer !== undefined });
  if (!desired.viewer) return switchedOff(desired, actual, { arn, place, distribution: target.distribution });
  if (place.kind === 'foreign') return { steps: [], change: null, republished: false, notices: [withoutViewer(place)] };
  const store = keyStorePart(desired, actual, target.distribution);
  const code = codeSteps(desired, actual, {
    wanted: desired.viewer,
    store: store.arn,
    distribution: target.distribution,
  });
  return {
    steps: [...store.steps, ...code],
    change: place.kind === 'ours' ? null : { arn, on: true },
    republished: place.kind === 'ours' && code.some(({ kind }) => kind === 'cloudfront.publishViewer'),
    notices: signedNotices(desired, actual),
  };
}

/**
 * A signature is checked before the cache or not at all: on a hit no Lambda function is asked.
 * @throws AppError SIGNED_NEEDS_VIEWER
 */
export function checkSignable(
  behavior: Behavior,
  { account, name, viewerFunction }: { account: string; name: string; viewerFunction: boolean },
): void {
  if (!viewerFunction) {
    throw new AppError('SIGNED_NEEDS_VIEWER', 'signed URLs need the viewer function, and the config wants none', {
      why: 'A signature is checked before the cache or not at all: on a hit no other function is asked.',
      fix: 'set "viewerFunction": true in the config, or "url": { "signed": false }',
    });
  }
  const place = viewerPlace(behavior, viewerFunctionArn(account, name));
  if (place.kind !== 'foreign') return;
  throw new AppError('SIGNED_NEEDS_VIEWER', 'signed URLs need the viewer function, and its place is taken', {
    why: `${place.arn} is on ${place.event} of the behavior, and it is not overwritten.`,
    fix: 'remove that association in the CloudFront console, name another behavior, or set "url": { "signed": false } in the config',
  });
}

function signedNotices({ signed }: DeployDesired, { viewer }: DeployActual): string[] {
  const checked = viewer?.live?.store !== undefined;
  if (signed === checked) return [];
  return [signed ? SIGNED_FROM_NOW : SIGNED_NO_MORE];
}

function switchedOff(
  desired: DeployDesired,
  actual: DeployActual,
  { arn, place, distribution }: { arn: string; place: ViewerPlace; distribution: string },
): ViewerPart {
  const { name } = desired;
  const { viewer } = actual;
  const off: ViewerPart = { steps: [], change: null, republished: false, notices: [] };
  if (place.kind !== 'ours') return off;
  if (viewer) checkTags(`the CloudFront Function ${resourceName(name)}`, name, distribution, viewer);
  return {
    ...off,
    change: { arn, on: false },
    notices: [
      ...signedNotices(desired, actual),
      `The viewer function is taken off the behavior: only d works then, and each spelling of it is a cache entry of its own. ${resourceName(name)} itself is left, and costs nothing.`,
    ],
  };
}

/** The store that the function reads, made and filled where that is missing; `arn` is null when nothing is signed. */
function keyStorePart(
  { name, signed }: DeployDesired,
  { keyStore }: DeployActual,
  distribution: string,
): { steps: Step[]; arn: Value | null } {
  if (!signed) return { steps: [], arn: null };
  const store = resourceName(name);
  const steps: Step[] = [];
  if (!keyStore) {
    steps.push({
      ...base('cloudfront.createKeyStore', store, 'holds the keys of signed URLs'),
      name,
      store,
      distribution,
    });
  } else if (checkTags(`the key value store ${store}`, name, distribution, keyStore) === 'retag') {
    steps.push(tagStep(name, keyStore.arn, distribution));
  }
  if (!keyStore?.keys) {
    steps.push({
      ...base('cloudfront.putSigningKey', store, 'URLs are signed with it: edge-resize url --sign'),
      changes: [{ what: 'key', before: null, after: '32 random bytes, never shown' }],
      store,
    });
  }
  return { steps, arn: keyStore?.arn ?? { ref: 'keyStore.arn' } };
}

function codeSteps(
  desired: DeployDesired,
  { viewer }: DeployActual,
  { wanted, store, distribution }: { wanted: WantedViewer; store: Value | null; distribution: string },
): Step[] {
  const { name } = desired;
  const fn = resourceName(name);
  const publish: Step = {
    ...base('cloudfront.publishViewer', fn, 'tested with a request first; one cache key for all spellings of a size'),
    changes: [{ what: 'live', before: viewer?.live ? sizeOf(viewer.live.code) : null, after: 'the tested code' }],
    fn,
    test: wanted.test,
  };
  if (!viewer) return [createStep(desired, { wanted, store, distribution }), publish];
  const steps: Step[] = [];
  if (checkTags(`the CloudFront Function ${fn}`, name, distribution, viewer) === 'retag') {
    steps.push(tagStep(name, viewer.arn, distribution));
  }
  if (viewer.live && asWanted(viewer.live, wanted, store)) return steps;
  if (!asWanted(viewer.development, wanted, store)) {
    steps.push({
      ...base('cloudfront.updateViewer', fn, 'the URL settings or the viewer function changed'),
      changes: [
        { what: 'code', before: sizeOf(viewer.development.code), after: sizeOf(wanted.code) },
        ...(viewer.development.store === store || (viewer.development.store === undefined && store === null)
          ? []
          : [{ what: 'keys', before: viewer.development.store ?? null, after: store === null ? null : fn }]),
      ],
      name,
      fn,
      keyStore: store,
    });
  }
  return [...steps, publish];
}

function createStep(
  { name }: DeployDesired,
  { wanted, store, distribution }: { wanted: WantedViewer; store: Value | null; distribution: string },
): Step {
  const fn = resourceName(name);
  return {
    ...base('cloudfront.createViewer', fn, 'the CloudFront Function that brings all spellings of a size to one'),
    changes: [{ what: 'code', before: null, after: `${sizeOf(wanted.code)}, ${VIEWER_RUNTIME}` }],
    name,
    fn,
    keyStore: store,
    distribution,
  };
}

function tagStep(name: string, arn: string, distribution: string): Step {
  return { ...base('cloudfront.tag', arn, 'the distribution of its tag is gone'), name, arn, distribution };
}

function asWanted(stage: ViewerStage, { code }: WantedViewer, store: Value | null): boolean {
  return stage.code === code && stage.runtime === VIEWER_RUNTIME && (stage.store ?? null) === store;
}

function sizeOf(code: string): string {
  return `${code.length.toLocaleString('en')} bytes`;
}
