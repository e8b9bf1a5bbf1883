/** Plans: what they hold in each situation, that applying empties them, and that an interrupted run is finished by the next. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyPlan } from '../../src/apply/index.ts';
import { sizeCachePolicy } from '../../src/core/cache-key.ts';
import { newDistributionConfig } from '../../src/core/distribution.ts';
import type { Behavior } from '../../src/core/distribution-config.ts';
import { writes } from '../../src/core/plan/types.ts';
import type { DeployDesired, SetupDesired, UploadFile } from '../../src/core/state.ts';
import { withVersion } from '../builders/associated.ts';
import { ACCOUNT, type AccountWorld, addDistribution, emptyWorld } from '../builders/world.ts';
import {
  DEPLOY,
  deployPlan,
  kinds,
  recordingDeps,
  runDeploy,
  runSetup,
  setupPlan,
  sha256,
} from '../builders/world-run.ts';

const EVERYTHING = [
  's3.createBucket',
  'cloudfront.createAccessControl',
  'cloudfront.createCachePolicy',
  'cloudfront.createDistribution',
  'iam.createRole',
  'iam.putRolePolicy',
  's3.putPolicy',
];

/** A distribution of the bucket that someone made by hand. */
function byHand(world: AccountWorld, change: (behavior: Behavior) => void = () => undefined, id = 'EBYHAND'): void {
  if (!world.buckets.has('photos')) world.buckets.set('photos', { region: 'eu-west-1', objects: new Map() });
  world.cachePolicies.set('THEIRS', {
    id: 'THEIRS',
    config: {
      Name: 'theirs',
      MinTTL: 5,
      DefaultTTL: 6,
      MaxTTL: 7,
      ParametersInCacheKeyAndForwardedToOrigin: {
        EnableAcceptEncodingGzip: true,
        HeadersConfig: { HeaderBehavior: 'none' },
        CookiesConfig: { CookieBehavior: 'none' },
        QueryStringsConfig: { QueryStringBehavior: 'none' },
      },
    },
  });
  const config = newDistributionConfig({
    name: 'x',
    bucket: 'photos',
    region: 'eu-west-1',
    accessControl: 'AHAND',
    cachePolicy: 'THEIRS',
    callerReference: 'hand',
  });
  change(config.DefaultCacheBehavior);
  addDistribution(world, config, { id });
}

const file = (key: string): UploadFile => {
  const path = `/images/${key}`;
  return { path, key, bytes: path.length, md5: '', contentType: 'image/png' };
};

describe('setup', () => {
  test('of nothing makes everything, in an order that can be gone through', async () => {
    const plan = await setupPlan(emptyWorld());
    expect(kinds(plan)).toEqual(EVERYTHING);
    expect(plan.steps.every((step) => !step.destructive)).toBe(true);
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
    expect(plan).toMatchObject({ formatVersion: 1, command: 'setup', name: 'photos', account: ACCOUNT });
  });

  test('a plan for an empty account', async () => {
    const config = {
      path: '/home/edge-resize.config.json',
      before: null,
      fields: { name: 'photos', bucket: 'photos' },
    };
    const plan = await setupPlan(emptyWorld(), { configFile: config });
    await expect(`${JSON.stringify(plan, null, 2)}\n`).toMatchFileSnapshot('../golden/setup-plan.json');
  });

  test('again is empty, and so for every way of granting', async () => {
    for (const grant of ['bucket-policy', 'role-policy'] as const) {
      const world = emptyWorld();
      await runSetup(world, { grant });
      const written = world.writes.length;
      expect(written).toBeGreaterThan(5);
      expect((await setupPlan(world, { grant })).steps).toEqual([]);
      expect(world.writes.length).toBe(written);
    }
  });

  test('changing the grant moves it, and is done once', async () => {
    const world = emptyWorld();
    await runSetup(world);
    expect(kinds(await setupPlan(world, { grant: 'role-policy' }))).toEqual(['iam.putRolePolicy', 's3.putPolicy']);
    await runSetup(world, { grant: 'role-policy' });
    expect(world.buckets.get('photos')?.policy).not.toContain('role/edge-resize-photos');
    expect((await setupPlan(world, { grant: 'role-policy' })).steps).toEqual([]);
  });

  test('an adopted distribution whose key lacks d: a copy of its policy with d, as a step of its own', async () => {
    const world = emptyWorld();
    byHand(world);
    const plan = await setupPlan(world, { distribution: 'EBYHAND' });
    expect(kinds(plan)).toEqual([
      'cloudfront.createCachePolicy',
      'cloudfront.addCacheKey',
      'iam.createRole',
      'iam.putRolePolicy',
      's3.putPolicy',
    ]);
    await runSetup(world, { distribution: 'EBYHAND' });
    const behavior = world.distributions.get('EBYHAND')?.config.DefaultCacheBehavior;
    const policy = world.cachePolicies.get(behavior?.CachePolicyId ?? '');
    expect(policy?.config).toMatchObject({ Name: 'edge-resize-photos', MinTTL: 5, DefaultTTL: 6, MaxTTL: 7 });
    expect(world.cachePolicies.get('THEIRS')?.config.Name).toBe('theirs');
    expect((await setupPlan(world, { distribution: 'EBYHAND' })).steps).toEqual([]);
    // The role's tag says which it was, when nobody does.
    expect((await setupPlan(world)).steps).toEqual([]);
    expect((await setupPlan(world)).distribution).toBe('EBYHAND');
  });

  test('an origin access identity is respected: it is granted, and no access control is made', async () => {
    const world = emptyWorld();
    byHand(world);
    const origin = world.distributions.get('EBYHAND')?.config.Origins?.Items?.[0];
    if (!origin) throw new Error('no origin');
    origin.OriginAccessControlId = undefined;
    origin.S3OriginConfig = { OriginAccessIdentity: 'origin-access-identity/cloudfront/E1OAI' };
    await runSetup(world, { distribution: 'EBYHAND' });
    expect(world.buckets.get('photos')?.policy).toContain('CloudFront Origin Access Identity E1OAI');
    expect(world.buckets.get('photos')?.policy).not.toContain('cloudfront.amazonaws.com');
    expect(world.accessControls.size).toBe(0);
  });

  test('a policy that caches nothing, or one of ours made for another behavior, cannot take d', async () => {
    const world = emptyWorld();
    byHand(world);
    const theirs = world.cachePolicies.get('THEIRS');
    if (!theirs) throw new Error('no policy');
    world.cachePolicies.set('OURS', { id: 'OURS', config: sizeCachePolicy('photos') });
    await expect(setupPlan(world, { distribution: 'EBYHAND' })).rejects.toMatchObject({
      code: 'DISTRIBUTION_UNSUPPORTED',
      fix: expect.stringContaining('--name photos-2'),
    });
    world.cachePolicies.delete('OURS');
    Object.assign(theirs.config, { MinTTL: 0, DefaultTTL: 0, MaxTTL: 0 });
    await expect(setupPlan(world, { distribution: 'EBYHAND' })).rejects.toMatchObject({
      code: 'DISTRIBUTION_UNSUPPORTED',
      why: expect.stringContaining('maximum TTL is 0'),
    });
  });

  test('what becomes readable is said with numbers', async () => {
    const world = emptyWorld();
    byHand(world);
    for (const key of ['a.png', 'private/b.png', 'private/c.png']) {
      world.buckets.get('photos')?.objects.set(key, { key, bytes: 1, etag: '' });
    }
    const { consents } = await setupPlan(world, { distribution: 'EBYHAND' });
    expect(consents.map(({ about }) => about)).toEqual(['cache-key', 'exposure']);
    expect(consents[1]?.says).toMatch(/3 objects \(the top level, private\/\).*readable by anyone/);
    await runSetup(world, { distribution: 'EBYHAND' });
    expect((await setupPlan(world)).consents).toEqual([]);
  });

  test('what CloudFront may read already is not asked about again when only the role is missing', async () => {
    const world = emptyWorld();
    byHand(world);
    await runSetup(world, { distribution: 'EBYHAND' });
    const bucket = world.buckets.get('photos');
    bucket?.objects.set('a.png', { key: 'a.png', bytes: 1, etag: '' });
    const policy = JSON.parse(bucket?.policy ?? '') as { Statement: { Sid: string }[] };
    policy.Statement = policy.Statement.filter(({ Sid }) => !Sid.includes('Role'));
    if (bucket) bucket.policy = JSON.stringify(policy);
    const plan = await setupPlan(world);
    expect(kinds(plan)).toEqual(['s3.putPolicy']);
    expect(plan.consents).toEqual([]);
  });

  test('another distribution of the bucket is named, not taken', async () => {
    const world = emptyWorld();
    byHand(world);
    const plan = await setupPlan(world);
    expect(kinds(plan)).toContain('cloudfront.createDistribution');
    expect(plan.notices.join()).toContain('--distribution EBYHAND');
  });

  test('files that are there with the same bytes are not put again', async () => {
    const world = emptyWorld();
    const upload = ['a.png', 'b.png'].map(file);
    await runSetup(world, { upload });
    for (const one of upload) one.md5 = world.buckets.get('photos')?.objects.get(one.key)?.etag ?? '';
    expect((await setupPlan(world, { upload })).steps).toEqual([]);
    const changed = upload.map((one, at) => (at === 0 ? { ...one, md5: 'other' } : one));
    const [step] = (await setupPlan(world, { upload: changed })).steps;
    expect(step).toMatchObject({ kind: 's3.upload', files: [{ key: 'a.png' }] });
  });

  describe('refuses', () => {
    const refused = (world: AccountWorld, code: string, over: Partial<SetupDesired> = {}) =>
      expect(setupPlan(world, over)).rejects.toMatchObject({ code });

    test.each<Record<string, string>>([{}, { 'edge-resize:name': 'another' }])(
      'a role of our name with tags %j',
      async (tags) => {
        const world = emptyWorld();
        world.roles.set('edge-resize-photos', {
          name: 'edge-resize-photos',
          arn: 'arn',
          trust: '{"Statement":[]}',
          tags,
          policies: new Map(),
        });
        await refused(world, 'FOREIGN_RESOURCE');
      },
    );

    test('a role that belongs to another distribution, unless that is gone', async () => {
      const world = emptyWorld();
      await runSetup(world);
      byHand(world, undefined, 'EOTHER');
      const role = world.roles.get('edge-resize-photos');
      await refused(world, 'FOREIGN_RESOURCE', { distribution: 'EOTHER' });
      if (role) role.tags['edge-resize:distribution'] = 'EGONE';
      expect(kinds(await setupPlan(world))).toEqual(['iam.tagRole']);
    });

    test('an access control or a cache policy of our name that is not marked as ours', async () => {
      const world = emptyWorld();
      world.accessControls.set('A', { id: 'A', name: 'edge-resize-photos', description: 'mine' });
      await refused(world, 'FOREIGN_RESOURCE');
      const other = emptyWorld();
      other.cachePolicies.set('P', { id: 'P', config: { Name: 'edge-resize-photos', MinTTL: 0 } });
      await refused(other, 'FOREIGN_RESOURCE');
    });

    test('a function of someone else on the event', async () => {
      const world = emptyWorld();
      byHand(world);
      const found = world.distributions.get('EBYHAND');
      if (found) found.config = withVersion(found.config, '*', 'arn:aws:lambda:us-east-1:1:function:theirs:1');
      await refused(world, 'FOREIGN_ASSOCIATION', { distribution: 'EBYHAND' });
    });

    test('a bucket of another account, a distribution that is not there, two that are ours', async () => {
      const world = emptyWorld();
      world.buckets.set('photos', { region: 'us-west-2', objects: new Map(), foreign: true });
      await refused(world, 'BUCKET_FOREIGN');
      await refused(emptyWorld(), 'DISTRIBUTION_MISSING', { distribution: 'ENONE' });
      const twice = emptyWorld();
      for (const id of ['EONE', 'ETWO']) {
        byHand(twice, undefined, id);
        const found = twice.distributions.get(id);
        if (found) found.tags = { 'edge-resize:name': 'photos' };
      }
      await refused(twice, 'DISTRIBUTION_AMBIGUOUS');
    });

    test('staging and multi-tenant distributions', async () => {
      for (const kind of [{ Staging: true }, { ConnectionMode: 'tenant-only' }]) {
        const world = emptyWorld();
        byHand(world);
        Object.assign(world.distributions.get('EBYHAND')?.config ?? {}, kind);
        await refused(world, 'DISTRIBUTION_UNSUPPORTED', { distribution: 'EBYHAND' });
      }
    });
  });
});

describe('deploy', () => {
  async function ready(): Promise<AccountWorld> {
    const world = emptyWorld();
    await runSetup(world);
    return world;
  }

  test('first: create, publish, associate, wait', async () => {
    const world = await ready();
    const plan = await deployPlan(world);
    expect(kinds(plan)).toEqual([
      'lambda.create',
      'lambda.publish',
      'cloudfront.createViewer',
      'cloudfront.publishViewer',
      'cloudfront.associate',
      'cloudfront.wait',
    ]);
    const id = plan.distribution ?? '';
    const text = JSON.stringify(plan, null, 2).replaceAll(id, 'EDISTRIBUTION');
    await expect(`${text}\n`).toMatchFileSnapshot('../golden/deploy-plan.json');
  });

  test('again is empty', async () => {
    const world = await ready();
    await runDeploy(world);
    const plan = await deployPlan(world);
    expect(plan.steps).toEqual([]);
    expect(writes(plan)).toBe(false);
    const behavior = [...world.distributions.values()][0]?.config.DefaultCacheBehavior;
    expect(behavior?.LambdaFunctionAssociations?.Items?.[0]?.LambdaFunctionARN).toMatch(/:edge-resize-photos:1$/);
  });

  test('other code: a new version in place of the old one, and what stays cached is said', async () => {
    const world = await ready();
    await runDeploy(world);
    const plan = await deployPlan(world, { codeSha256: sha256(new Uint8Array([1])) });
    expect(kinds(plan)).toEqual(['lambda.updateCode', 'lambda.publish', 'cloudfront.associate', 'cloudfront.wait']);
    expect(plan.notices.join()).toContain('edge-resize invalidate --all');
  });

  test('a minimum TTL that keeps originals in the place of variants is said, where the behavior changes', async () => {
    const world = await ready();
    const [one] = world.distributions.values();
    const behavior = one?.config.DefaultCacheBehavior;
    if (!behavior) throw new Error('no distribution');
    Object.assign(behavior, { CachePolicyId: undefined, ForwardedValues: { QueryString: true }, MinTTL: 86_400 });
    expect((await deployPlan(world)).notices.join()).toContain('minimum TTL is 86,400 s');
    expect((await deployPlan(world, { fallbackTtl: 86_400 })).notices).toEqual([]);
    await runDeploy(world);
    expect((await deployPlan(world)).notices).toEqual([]);
  });

  test('other settings: no upload', async () => {
    const world = await ready();
    await runDeploy(world);
    const settings = { ...DEPLOY.settings, memory: 2048 };
    const plan = await deployPlan(world, { settings });
    expect(kinds(plan)).toEqual(['lambda.updateConfig', 'lambda.publish', 'cloudfront.associate', 'cloudfront.wait']);
    expect(plan.steps[0]?.changes).toEqual([{ what: 'memory', before: '1024', after: '2048' }]);
    await runDeploy(world, { settings });
    // Back again: the version is there already.
    expect(kinds(await deployPlan(world))).toEqual(['lambda.updateConfig', 'cloudfront.associate', 'cloudfront.wait']);
  });

  test('only deploying still: waits, writes nothing', async () => {
    const world = await ready();
    await runDeploy(world);
    for (const one of world.distributions.values()) one.status = 'InProgress';
    const plan = await deployPlan(world);
    expect(kinds(plan)).toEqual(['cloudfront.wait']);
    expect(writes(plan)).toBe(false);
    expect((await deployPlan(world, { wait: false })).steps).toEqual([]);
  });

  test('before setup, or with a key that lost d: NOT_SET_UP with the command', async () => {
    await expect(deployPlan(emptyWorld())).rejects.toMatchObject({
      code: 'NOT_SET_UP',
      fix: 'edge-resize setup --bucket photos --name photos',
    });
    const world = await ready();
    for (const policy of world.cachePolicies.values()) {
      policy.config.ParametersInCacheKeyAndForwardedToOrigin = undefined;
    }
    await expect(deployPlan(world)).rejects.toMatchObject({ code: 'NOT_SET_UP' });
  });

  test('a role of our name that is not ours, or that lost its trust, is seen before anything is written', async () => {
    const world = await ready();
    const role = world.roles.get('edge-resize-photos');
    if (!role) throw new Error('no role');
    const { trust } = role;
    role.trust = trust.replace('"edgelambda.amazonaws.com"', '"ec2.amazonaws.com"');
    await expect(deployPlan(world)).rejects.toMatchObject({
      code: 'NOT_SET_UP',
      why: expect.stringContaining('trusts'),
    });
    Object.assign(role, { trust, tags: {} });
    const [id] = world.distributions.keys();
    await expect(deployPlan(world, {}, id)).rejects.toMatchObject({ code: 'FOREIGN_RESOURCE' });
  });

  test('a function of our name that is not ours', async () => {
    const world = await ready();
    await runDeploy(world);
    const fn = world.functions.get('edge-resize-photos');
    if (fn) fn.tags = {};
    await expect(deployPlan(world)).rejects.toMatchObject({ code: 'FOREIGN_RESOURCE' });
  });
});

class Stopped extends Error {}

test('property: wherever a run is stopped, the next one finishes, makes nothing twice, and the one after is empty', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(18), { maxLength: 3 }),
      fc.constantFrom('bucket-policy' as const, 'role-policy' as const),
      fc.boolean(),
      fc.record({
        trigger: fc.constantFrom('origin-request' as const, 'origin-response' as const),
        signed: fc.boolean(),
      }),
      async (stops, grant, adopt, functions) => {
        const world = emptyWorld();
        if (adopt) byHand(world);
        const over: Partial<SetupDesired> = { grant, ...(adopt && { distribution: 'EBYHAND' }) };
        for (const stop of [...stops, Number.POSITIVE_INFINITY]) {
          let left = stop;
          world.before = () => {
            if (left <= 0) throw new Stopped();
            left -= 1;
          };
          await finish(world, { ...over, ...functions }, functions).catch((error: unknown) => {
            if (!(error instanceof Stopped)) throw error;
          });
        }
        expect((await setupPlan(world, over)).steps).toEqual([]);
        expect((await deployPlan(world, functions)).steps).toEqual([]);
        expect(world.roles.size).toBe(1);
        expect(world.distributions.size).toBe(1);
        expect(world.accessControls.size).toBeLessThanOrEqual(1);
        expect(world.functions.get('edge-resize-photos')?.versions.length).toBe(1);
      },
    ),
    { numRuns: 60 },
  );
});

async function finish(
  world: AccountWorld,
  over: Partial<SetupDesired>,
  functions: Partial<DeployDesired>,
): Promise<void> {
  await runSetup(world, over);
  await applyPlan(await deployPlan(world, functions), world.ports, recordingDeps());
}
