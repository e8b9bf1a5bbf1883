/** Deploying the viewer function, the trigger and the keys: what plans hold, what is refused, that applying empties them. */
import { describe, expect, test } from 'vitest';
import { applyPlan } from '../../src/apply/index.ts';
import { ownVersions, viewerPlace } from '../../src/core/association.ts';
import type { Behavior } from '../../src/core/distribution-config.ts';
import { planRotate } from '../../src/core/plan/keys.ts';
import type { DeployDesired } from '../../src/core/state.ts';
import { observeKeyStore } from '../../src/observe/keys.ts';
import { ACCOUNT, type AccountWorld, emptyWorld } from '../builders/world.ts';
import {
  deployPlan,
  kinds,
  recordingDeps,
  runDeploy,
  runSetup,
  setupPlan,
  sha256,
  VIEWER,
} from '../builders/world-run.ts';

const FN = 'edge-resize-photos';
const LAMBDA = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${FN}`;
const ARN = `arn:aws:cloudfront::${ACCOUNT}:function/${FN}`;

async function ready(): Promise<AccountWorld> {
  const world = emptyWorld();
  await runSetup(world);
  return world;
}

function behaviorOf(world: AccountWorld): Behavior {
  const [found] = world.distributions.values();
  if (!found?.config.DefaultCacheBehavior) throw new Error('no distribution');
  return found.config.DefaultCacheBehavior;
}

async function apply(world: AccountWorld, over: Partial<DeployDesired> = {}, deps = recordingDeps()) {
  await applyPlan(await deployPlan(world, over), world.ports, deps);
  expect((await deployPlan(world, over)).steps).toEqual([]);
  return deps;
}

const refused = (world: AccountWorld, code: string, over: Partial<DeployDesired> = {}) =>
  expect(deployPlan(world, over)).rejects.toMatchObject({ code });

describe('the viewer function', () => {
  test('is made after the version, tested, published, and put on the behavior by the same update', async () => {
    const world = await ready();
    const before = world.writes.length;
    await apply(world);
    expect(world.writes.slice(before)).toEqual([
      'lambda.create',
      'lambda.publish',
      'viewer.create',
      'viewer.publish',
      'cloudfront.updateDistribution',
    ]);
    expect(viewerPlace(behaviorOf(world), ARN).kind).toBe('ours');
    expect(world.viewers.get(FN)).toMatchObject({
      live: { code: VIEWER.code, runtime: 'cloudfront-js-2.0', store: undefined },
      tags: { 'edge-resize:name': 'photos' },
    });
  });

  test('how much of its time the function took in the test is told', async () => {
    const deps = await apply(await ready());
    expect(JSON.stringify(deps.events)).toContain(`viewer function ${FN} tested (in 23 % of its time) and published`);
  });

  test('other code: updated and published, the distribution left as it is', async () => {
    const world = await ready();
    await apply(world);
    const viewer = { ...VIEWER, code: '// other' };
    expect(kinds(await deployPlan(world, { viewer }))).toEqual([
      'cloudfront.updateViewer',
      'cloudfront.publishViewer',
      'cloudfront.wait',
    ]);
    await apply(world, { viewer }, recordingDeps({ viewerCode: viewer.code }));
    expect(world.viewers.get(FN)?.live?.code).toBe('// other');
  });

  test('together with a new version: what viewers meet in between is said', async () => {
    const world = await ready();
    await apply(world);
    const over = { viewer: { ...VIEWER, code: '// other' }, codeSha256: sha256(new Uint8Array([1])) };
    expect((await deployPlan(world, over)).notices.join()).toContain('as soon as it is published');
    expect((await deployPlan(world, { viewer: over.viewer })).notices).toEqual([]);
  });

  test('a run that ended before publishing: the next one only tests and publishes', async () => {
    const world = await ready();
    const plan = await deployPlan(world);
    world.before = (call) => {
      if (call === 'viewer.publish') throw new Error('stopped');
    };
    await expect(applyPlan(plan, world.ports, recordingDeps())).rejects.toThrow('stopped');
    world.before = () => undefined;
    expect(kinds(await deployPlan(world))).toEqual([
      'cloudfront.publishViewer',
      'cloudfront.associate',
      'cloudfront.wait',
    ]);
    await apply(world);
  });

  test("someone's draft in the development stage is left alone while what is live is right", async () => {
    const world = await ready();
    await apply(world);
    const fn = world.viewers.get(FN);
    if (fn) fn.development = { ...fn.development, code: '// a draft', etag: 'F2' };
    expect((await deployPlan(world)).steps).toEqual([]);
  });

  test('code that was edited where it is live is put right', async () => {
    const world = await ready();
    await apply(world);
    const fn = world.viewers.get(FN);
    const code = '// edited in the console';
    if (fn?.live) Object.assign(fn, { live: { ...fn.live, code }, development: { ...fn.development, code } });
    expect(kinds(await deployPlan(world))).toEqual([
      'cloudfront.updateViewer',
      'cloudfront.publishViewer',
      'cloudfront.wait',
    ]);
    await apply(world);
  });

  test.each([
    ['passes on what it should fold', { request: { querystring: { d: { value: '300X200' } } } }, /"d=300X200"/],
    ['answers by itself', { response: { statusCode: 500 } }, /answered 500/],
    ['gives nothing', {}, /made ""/],
  ])('a function that %s is not published, and the distribution is not touched', async (_, output, why) => {
    const world = await ready();
    world.testResult = output;
    const plan = await deployPlan(world);
    await expect(applyPlan(plan, world.ports, recordingDeps())).rejects.toMatchObject({
      code: 'VIEWER_FAILED',
      why: expect.stringMatching(why),
    });
    expect(world.writes).not.toContain('viewer.publish');
    expect(viewerPlace(behaviorOf(world), ARN).kind).toBe('free');
  });

  test('a function of our name that is not ours is refused', async () => {
    const world = await ready();
    const stage = { etag: 'F', runtime: 'cloudfront-js-2.0', code: VIEWER.code, store: undefined };
    world.viewers.set(FN, { arn: ARN, development: stage, live: stage, tags: {} });
    await refused(world, 'FOREIGN_RESOURCE');
  });

  test('one whose distribution is gone is tagged anew', async () => {
    const world = await ready();
    await apply(world);
    const tags = world.viewers.get(FN)?.tags ?? {};
    tags['edge-resize:distribution'] = 'EGONE';
    expect(kinds(await deployPlan(world))).toEqual(['cloudfront.tag', 'cloudfront.wait']);
    await apply(world);
  });

  test.each([
    ['a CloudFront Function', { FunctionAssociations: { FunctionARN: 'arn:theirs', EventType: 'viewer-request' } }],
    ['Lambda@Edge', { LambdaFunctionAssociations: { LambdaFunctionARN: 'arn:theirs', EventType: 'viewer-response' } }],
  ])('where the behavior has %s of its own: left alone, gone without, and said', async (_, lists) => {
    const world = await ready();
    for (const [list, item] of Object.entries(lists)) {
      Object.assign(behaviorOf(world), { [list]: { Quantity: 1, Items: [item] } });
    }
    const plan = await deployPlan(world);
    expect(kinds(plan)).toEqual(['lambda.create', 'lambda.publish', 'cloudfront.associate', 'cloudfront.wait']);
    expect(plan.notices.join()).toContain('arn:theirs');
    expect((await setupPlan(world)).notices.join()).toContain('only d works');
    await apply(world);
    expect(JSON.stringify(behaviorOf(world))).toContain('arn:theirs');
    expect(world.viewers.size).toBe(0);
    await refused(world, 'SIGNED_NEEDS_VIEWER', { signed: true });
    await expect(setupPlan(world, { signed: true })).rejects.toMatchObject({ code: 'SIGNED_NEEDS_VIEWER' });
  });

  test('a function that someone put there after the plan was shown is not overwritten', async () => {
    const world = await ready();
    const plan = await deployPlan(world);
    const theirs = { Quantity: 1, Items: [{ FunctionARN: 'arn:theirs', EventType: 'viewer-request' }] };
    behaviorOf(world).FunctionAssociations = theirs;
    await expect(applyPlan(plan, world.ports, recordingDeps())).rejects.toMatchObject({ code: 'DISTRIBUTION_STALE' });
    expect(behaviorOf(world).FunctionAssociations).toEqual(theirs);
  });

  test('switched off: our association goes, the function stays; without one nothing is asked of it', async () => {
    const world = await ready();
    await apply(world);
    const plan = await deployPlan(world, { viewer: undefined });
    expect(kinds(plan)).toEqual(['cloudfront.associate', 'cloudfront.wait']);
    expect(plan.steps[0]?.changes).toEqual([{ what: 'viewer-request', before: FN, after: null }]);
    await apply(world, { viewer: undefined });
    expect(behaviorOf(world).FunctionAssociations).toEqual({ Quantity: 0 });
    expect(world.viewers.size).toBe(1);
    await refused(world, 'SIGNED_NEEDS_VIEWER', { viewer: undefined, signed: true });
    await apply(world);
    expect(viewerPlace(behaviorOf(world), ARN).kind).toBe('ours');
  });
});

describe('the trigger', () => {
  const versions = (world: AccountWorld) => ownVersions(behaviorOf(world), LAMBDA);

  test('origin-request is on both origin events with one version, and goes back to one', async () => {
    const world = await ready();
    await apply(world, { trigger: 'origin-request' });
    expect(versions(world)).toEqual({ 'origin-request': `${LAMBDA}:1`, 'origin-response': `${LAMBDA}:1` });
    const back = await deployPlan(world);
    expect(kinds(back)).toEqual(['cloudfront.associate', 'cloudfront.wait']);
    expect(back.steps[0]?.changes).toEqual([{ what: 'origin-request', before: 'version 1', after: null }]);
    await apply(world);
    expect(versions(world)).toEqual({ 'origin-response': `${LAMBDA}:1` });
  });

  test('another function at origin-request is a refusal only where that event is needed', async () => {
    const world = await ready();
    const theirs = { LambdaFunctionARN: 'arn:aws:lambda:us-east-1:1:function:theirs:1', EventType: 'origin-request' };
    behaviorOf(world).LambdaFunctionAssociations = { Quantity: 1, Items: [theirs] };
    const trigger = 'origin-request';
    await expect(deployPlan(world, { trigger })).rejects.toMatchObject({
      code: 'FOREIGN_ASSOCIATION',
      message: expect.stringContaining('origin-request'),
    });
    await expect(setupPlan(world, { trigger })).rejects.toMatchObject({ code: 'FOREIGN_ASSOCIATION' });
    await apply(world);
    expect(behaviorOf(world).LambdaFunctionAssociations?.Items).toContainEqual(theirs);
  });
});

describe('signed URLs', () => {
  const signed = { signed: true };
  const secrets = (world: AccountWorld) => world.keyStores.get(FN)?.secrets;

  test('the store and a key come before the function, which reads it; a second run keeps the key', async () => {
    const world = await ready();
    const plan = await deployPlan(world, signed);
    expect(kinds(plan).slice(2)).toEqual([
      'cloudfront.createKeyStore',
      'cloudfront.putSigningKey',
      'cloudfront.createViewer',
      'cloudfront.publishViewer',
      'cloudfront.associate',
      'cloudfront.wait',
    ]);
    const deps = await apply(world, signed);
    expect(world.viewers.get(FN)?.live?.store).toBe(world.keyStores.get(FN)?.arn);
    const key = secrets(world)?.current ?? '';
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(JSON.stringify([plan, deps.journalled, deps.events])).not.toContain(key);
  });

  test('switched on later: the function is given the store; off again: it loses it, the store stays', async () => {
    const world = await ready();
    await apply(world);
    expect(kinds(await deployPlan(world, signed))).toContain('cloudfront.updateViewer');
    await apply(world, signed);
    expect(kinds(await deployPlan(world))).toEqual([
      'cloudfront.updateViewer',
      'cloudfront.publishViewer',
      'cloudfront.wait',
    ]);
    await apply(world);
    expect(world.viewers.get(FN)?.live?.store).toBeUndefined();
    expect(world.keyStores.size).toBe(1);
  });

  test('that unsigned URLs are refused from then on is said, once', async () => {
    const world = await ready();
    await apply(world);
    expect((await deployPlan(world, signed)).notices.join()).toContain('answered with 403');
    await apply(world, signed);
    const other = { ...signed, viewer: { ...VIEWER, code: '// other' } };
    expect((await deployPlan(world, other)).notices.join()).not.toContain('403');
  });

  test('switched off, or with the viewer function: that nothing is checked any more is said', async () => {
    const world = await ready();
    await apply(world, signed);
    expect((await deployPlan(world)).notices.join()).toContain('Signatures are no longer checked');
    expect((await deployPlan(world, { viewer: undefined })).notices.join()).toContain(
      'Signatures are no longer checked',
    );
    await apply(world);
    const plan = await deployPlan(world, { viewer: { ...VIEWER, code: '// other' } });
    expect(plan.notices.join()).not.toContain('Signatures');
  });

  test('a store of our name that is not ours is refused', async () => {
    const world = await ready();
    world.keyStores.set(FN, { arn: 'arn:theirs', status: 'READY', tags: {}, etag: 'KV' });
    await refused(world, 'FOREIGN_RESOURCE', signed);
  });

  test('a store that is still being made is waited for', async () => {
    const world = await ready();
    const port = await world.ports.viewer();
    let asked = 0;
    world.ports.viewer = async () => ({
      ...port,
      getKeyStore: async (name) => {
        const found = await port.getKeyStore(name);
        asked += 1;
        return found && { ...found, status: asked < 5 ? 'PROVISIONING' : 'READY' };
      },
    });
    await runDeploy(world, signed);
    expect(asked).toBeGreaterThanOrEqual(5);
    expect(secrets(world)?.current).toBeDefined();
  });

  const rotation = async (world: AccountWorld) =>
    planRotate({ name: 'photos', account: ACCOUNT, distribution: 'E' }, await observeKeyStore(world.ports, 'photos'));
  const random = (byte: number) => recordingDeps({ random: (bytes) => new Uint8Array(bytes).fill(byte) });

  test('rotating: the current key becomes the previous one; the one before is named as dead', async () => {
    const world = await ready();
    await apply(world, signed);
    const first = secrets(world)?.current;
    const plan = await rotation(world);
    expect(plan.steps[0]).toMatchObject({ kind: 'cloudfront.rotateSigningKey', destructive: false });
    await applyPlan(plan, world.ports, random(8));
    const second = secrets(world)?.current;
    expect(secrets(world)).toEqual({ current: second, previous: first });
    expect(second).not.toBe(first);
    const again = await rotation(world);
    expect(again.steps[0]?.destructive).toBe(true);
    expect(again.notices.join()).toMatch(/previous key, [0-9a-f]{8}, are refused/);
    await applyPlan(again, world.ports, random(9));
    expect(secrets(world)?.previous).toBe(second);
    expect(JSON.stringify(again)).not.toContain(second);
    expect((await deployPlan(world, signed)).steps).toEqual([]);
  });

  test('keys that someone rotated after the plan was shown are left as they are', async () => {
    const world = await ready();
    await apply(world, signed);
    const plan = await rotation(world);
    await applyPlan(plan, world.ports, random(8));
    const there = secrets(world);
    await expect(applyPlan(plan, world.ports, random(9))).rejects.toMatchObject({ code: 'KEYS_STALE' });
    expect(secrets(world)).toEqual(there);
  });

  test('a store that changed between reading and writing is read again', async () => {
    const world = await ready();
    await apply(world, signed);
    const plan = await rotation(world);
    let met = 0;
    world.before = (call) => {
      const store = world.keyStores.get(FN);
      if (call !== 'keys.write' || met > 0 || !store) return;
      met += 1;
      store.etag = 'ANOTHER';
    };
    const first = secrets(world)?.current;
    await applyPlan(plan, world.ports, random(8));
    expect(met).toBe(1);
    expect(secrets(world)?.previous).toBe(first);
  });

  test('reads that do not see the new keys yet are no matter', async () => {
    const world = await ready();
    await apply(world, signed);
    const before = secrets(world)?.current;
    const old = await (await world.ports.signingKeys()).read(world.keyStores.get(FN)?.arn ?? '');
    const late = { ...(await world.ports.signingKeys()), read: async () => old };
    const deps = random(8);
    await applyPlan(await rotation(world), { ...world.ports, signingKeys: async () => late }, deps);
    expect(secrets(world)).toMatchObject({ previous: before });
    const key = /signing key ([0-9a-f]{8}) in /.exec(JSON.stringify(deps.events))?.[1];
    expect(key).toBeDefined();
    expect(key).not.toBe(old.keys?.current.id);
  });

  test('without keys there is nothing to rotate', async () => {
    const world = await ready();
    await expect(rotation(world)).rejects.toMatchObject({ code: 'NOT_SET_UP' });
  });
});
