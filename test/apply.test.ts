/** The executor: conflicts, waits, interruptions, the journal. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { applyPlan } from '../src/apply/index.ts';
import { openJournal } from '../src/apply/journal.ts';
import { withVersion } from './builders/associated.ts';
import { type AccountWorld, emptyWorld } from './builders/world.ts';
import { deployPlan, recordingDeps, runDeploy, runSetup, setupPlan, sha256 } from './builders/world-run.ts';

async function ready(): Promise<AccountWorld> {
  const world = emptyWorld();
  await runSetup(world);
  return world;
}

const distributionOf = (world: AccountWorld) => {
  const [found] = world.distributions.values();
  if (!found) throw new Error('no distribution');
  return found;
};

describe('conflicts', () => {
  test('a distribution that changed elsewhere meanwhile is read again; the other change stays', async () => {
    const world = await ready();
    const plan = await deployPlan(world);
    let met = 0;
    world.before = (call) => {
      if (call !== 'cloudfront.updateDistribution' || met > 0) return;
      met += 1;
      distributionOf(world).config.Comment = 'edited meanwhile';
      distributionOf(world).etag = 'ANOTHER';
    };
    await applyPlan(plan, world.ports, recordingDeps());
    expect(met).toBe(1);
    expect(distributionOf(world).config.Comment).toBe('edited meanwhile');
    expect((await deployPlan(world)).steps).toEqual([]);
  });

  test('when our own part changed, it is not overwritten', async () => {
    const world = await ready();
    await runDeploy(world);
    const plan = await deployPlan(world, { codeSha256: sha256(new Uint8Array([1])) });
    const theirs = 'arn:aws:lambda:us-east-1:123456789012:function:edge-resize-photos:99';
    distributionOf(world).config = withVersion(distributionOf(world).config, '*', theirs);
    await expect(applyPlan(plan, world.ports, recordingDeps({ zip: new Uint8Array([1]) }))).rejects.toMatchObject({
      code: 'DISTRIBUTION_STALE',
    });
    expect(JSON.stringify(distributionOf(world).config)).toContain(theirs);
  });

  test('an endless conflict ends', async () => {
    const world = await ready();
    const plan = await deployPlan(world);
    world.before = (call) => {
      if (call === 'cloudfront.updateDistribution') distributionOf(world).etag = `E${Math.random()}`;
    };
    const deps = recordingDeps({ retry: { first: 1, most: 2, limit: 30 } });
    await expect(applyPlan(plan, world.ports, deps)).rejects.toMatchObject({ code: 'DISTRIBUTION_STALE' });
  });

  test('a role that is not known yet is waited for, by Lambda, S3 and CloudFront', async () => {
    const world = emptyWorld();
    world.refusals.push({ call: 's3.putPolicy', kind: 'principal-unknown' });
    await runSetup(world);
    world.refusals.push(
      { call: 'lambda.create', kind: 'role-not-ready' },
      { call: 'lambda.publish', kind: 'busy' },
      { call: 'cloudfront.updateDistribution', kind: 'role-not-ready' },
    );
    await runDeploy(world);
    expect(world.refusals).toEqual([]);
    expect((await deployPlan(world)).steps).toEqual([]);
  });

  test('a principal that stays unknown is an error that says what to do', async () => {
    const world = emptyWorld();
    const plan = await setupPlan(world);
    for (let at = 0; at < 1_000; at += 1) world.refusals.push({ call: 's3.putPolicy', kind: 'principal-unknown' });
    const deps = recordingDeps({ retry: { first: 1, most: 2, limit: 30 } });
    await expect(applyPlan(plan, world.ports, deps)).rejects.toMatchObject({
      code: 'POLICY_CONFLICT',
      fix: expect.stringContaining('role-policy'),
    });
  });
});

describe('the bucket policy', () => {
  const foreign = '{"Version":"2012-10-17","Statement":[{"Sid":"Theirs","Effect":"Deny","Principal":"*"}]}';

  test('statements that came after the plan was shown are kept, and what was there is saved first', async () => {
    const world = emptyWorld();
    world.buckets.set('photos', { region: 'eu-west-1', objects: new Map() });
    const plan = await setupPlan(world);
    const bucket = world.buckets.get('photos');
    if (bucket) bucket.policy = foreign;
    const deps = recordingDeps();
    await applyPlan(plan, world.ports, deps);
    expect(bucket?.policy).toContain('"Sid":"Theirs"');
    expect(deps.backups).toEqual([foreign]);
  });

  test('a policy that S3 still gives in its earlier form after the write is read again', async () => {
    const world = emptyWorld();
    const plan = await setupPlan(world);
    const port = await world.ports.s3('eu-west-1');
    let stale = 2;
    const getPolicy: typeof port.getPolicy = async (name, account) => {
      if (world.writes.at(-1) === 's3.putPolicy' && stale > 0) {
        stale -= 1;
        return undefined;
      }
      return port.getPolicy(name, account);
    };
    world.ports.s3 = async () => ({ ...port, getPolicy });
    await applyPlan(plan, world.ports, recordingDeps());
    expect(stale).toBe(0);
  });

  test('a write that someone else overwrote is noticed', async () => {
    const world = emptyWorld();
    world.buckets.set('photos', { region: 'eu-west-1', objects: new Map() });
    const plan = await setupPlan(world);
    const port = await world.ports.s3('eu-west-1');
    const put = port.putPolicy.bind(port);
    world.ports.s3 = async () => ({
      ...port,
      putPolicy: async (name, account, policy) => {
        await put(name, account, policy);
        const bucket = world.buckets.get(name);
        if (bucket) bucket.policy = foreign;
      },
    });
    await expect(applyPlan(plan, world.ports, recordingDeps())).rejects.toMatchObject({ code: 'POLICY_CONFLICT' });
  });
});

describe('waiting', () => {
  test('for the distribution tells the phase, and ends when it is deployed', async () => {
    const world = await ready();
    const plan = await deployPlan(world);
    const port = await world.ports.cloudfront();
    let asked = 0;
    world.ports.cloudfront = async () => ({
      ...port,
      getDistribution: async (id) => {
        const found = await port.getDistribution(id);
        asked += 1;
        return found && { ...found, status: asked < 6 ? 'InProgress' : 'Deployed' };
      },
    });
    const deps = recordingDeps();
    await applyPlan(plan, world.ports, deps);
    const said = deps.events.filter((event) => event.type === 'progress').map((event) => event.text);
    expect(said).toContain('InProgress, usually 3 to 5 min');
    expect(deps.slept).toBeGreaterThan(3_000);
  });

  test('has a limit, and says that AWS goes on', async () => {
    const world = await ready();
    const plan = await deployPlan(world);
    distributionOf(world).status = 'InProgress';
    const deps = recordingDeps();
    const error = await applyPlan(plan, world.ports, deps).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'WAIT_TIMEOUT', exitCode: 124, why: expect.stringContaining('goes on') });
    expect(deps.slept).toBe(60_000);
  });

  test('a function that Lambda could not prepare is an error with its reason', async () => {
    const world = await ready();
    const plan = await deployPlan(world);
    const port = await world.ports.lambda();
    world.ports.lambda = async () => ({
      ...port,
      getVersion: async (name, version) => ({
        ...(await port.getVersion(name, version)),
        state: 'Failed',
        stateReason: 'no luck',
      }),
    });
    await expect(applyPlan(plan, world.ports, recordingDeps())).rejects.toMatchObject({ why: 'no luck' });
  });

  test('an interrupted run says that the same command goes on', async () => {
    const world = await ready();
    const plan = await deployPlan(world);
    const stop = new AbortController();
    world.before = (call) => {
      if (call === 'lambda.publish') stop.abort();
    };
    await expect(applyPlan(plan, world.ports, recordingDeps({ signal: stop.signal }))).rejects.toMatchObject({
      code: 'INTERRUPTED',
      exitCode: 130,
    });
    world.before = () => undefined;
    await runDeploy(world);
    expect((await deployPlan(world)).steps).toEqual([]);
  });
});

describe('the journal', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'edge-resize-journal-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  test('a line before and after each write, none for waiting', async () => {
    const world = await ready();
    const deps = recordingDeps();
    await applyPlan(await deployPlan(world), world.ports, deps);
    expect(deps.journalled.map(({ kind, phase }) => `${kind} ${phase}`)).toEqual([
      'lambda.create begin',
      'lambda.create done',
      'lambda.publish begin',
      'lambda.publish done',
      'cloudfront.createViewer begin',
      'cloudfront.createViewer done',
      'cloudfront.publishViewer begin',
      'cloudfront.publishViewer done',
      'cloudfront.associate begin',
      'cloudfront.associate done',
    ]);
  });

  test('a failed step is recorded as such', async () => {
    const world = emptyWorld();
    const plan = await setupPlan(world);
    world.before = (call) => {
      if (call === 'iam.createRole') throw new Error('no');
    };
    const deps = recordingDeps();
    await expect(applyPlan(plan, world.ports, deps)).rejects.toThrow('no');
    expect(deps.journalled.at(-1)).toMatchObject({ kind: 'iam.createRole', phase: 'failed', text: 'no' });
  });

  test('on disk: NDJSON, backups beside it, kept out of git', async () => {
    const journal = openJournal(join(folder, '.edge-resize'), () => Date.UTC(2026, 10, 22, 12));
    await journal.record({ command: 'setup', name: 'n', account: '1', step: 's', kind: 'k', phase: 'begin' });
    await journal.record({ command: 'setup', name: 'n', account: '1', step: 's', kind: 'k', phase: 'done' });
    const path = await journal.backupPolicy('photos', '{}');
    const lines = (await readFile(join(folder, '.edge-resize/journal.ndjson'), 'utf8')).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { at: '2026-11-22T12:00:00.000Z', phase: 'begin' },
      { phase: 'done' },
    ]);
    expect(path).toMatch(/backups\/photos-2026-11-22T12-00-00.000Z\.json$/);
    expect(await readFile(path, 'utf8')).toBe('{}\n');
    expect(await readFile(join(folder, '.edge-resize/.gitignore'), 'utf8')).toBe('*\n');
  });

  test('a plan that is not applied opens none', async () => {
    openJournal(join(folder, '.edge-resize'), Date.now);
    expect(await readdir(folder)).toEqual([]);
  });
});
