/** Observing, planning and applying in a world in memory, as the commands do it, with no waiting. */
import { createHash } from 'node:crypto';
import type { ApplyDeps, ApplyEvent } from '../../src/apply/deps.ts';
import { type Applied, applyPlan } from '../../src/apply/index.ts';
import type { JournalEntry } from '../../src/apply/journal.ts';
import { NOTHING_LEFT_OUT } from '../../src/core/left-out.ts';
import { FUNCTION_HANDLER, roleArn } from '../../src/core/names.ts';
import { planDeploy } from '../../src/core/plan/deploy.ts';
import { planSetup } from '../../src/core/plan/setup.ts';
import type { Plan } from '../../src/core/plan/types.ts';
import type { DeployDesired, SetupDesired, WantedViewer } from '../../src/core/state.ts';
import { observeDeploy } from '../../src/observe/deploy.ts';
import { observeSetup } from '../../src/observe/setup.ts';
import { ACCOUNT, type AccountWorld } from './world.ts';

export const ZIP = new TextEncoder().encode('a zip');

export const VIEWER: WantedViewer = {
  code: 'function handler(event) { return event.request; }',
  test: { query: { d: '300X200' }, expects: { query: 'd=300x200' } },
};

export const SETUP: SetupDesired = {
  name: 'photos',
  account: ACCOUNT,
  bucket: 'photos',
  region: 'eu-west-1',
  distribution: undefined,
  behavior: '*',
  grant: 'bucket-policy',
  trigger: 'origin-response',
  viewerFunction: true,
  signed: false,
  upload: [],
  leftOut: NOTHING_LEFT_OUT,
  configFile: undefined,
};

export const DEPLOY: DeployDesired = {
  name: 'photos',
  account: ACCOUNT,
  bucket: 'photos',
  behavior: '*',
  settings: {
    runtime: 'nodejs22.x',
    memory: 1024,
    timeout: 15,
    handler: FUNCTION_HANDLER,
    role: roleArn(ACCOUNT, 'photos'),
  },
  codeSha256: sha256(ZIP),
  codeBytes: ZIP.length,
  trigger: 'origin-response',
  viewer: VIEWER,
  signed: false,
  fallbackTtl: 60,
  wait: true,
};

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}

export interface Recorded extends ApplyDeps {
  events: ApplyEvent[];
  journalled: JournalEntry[];
  backups: string[];
  configs: Record<string, unknown>[];
  /** Milliseconds slept. */
  slept: number;
}

/** Dependencies that remember what they were told. Time passes only by sleeping. */
export function recordingDeps(over: Partial<ApplyDeps> = {}): Recorded {
  const deps: Recorded = {
    events: [],
    journalled: [],
    backups: [],
    configs: [],
    slept: 0,
    clock: {
      now: () => deps.slept,
      sleep: async (ms, signal) => {
        signal?.throwIfAborted();
        deps.slept += ms;
      },
    },
    signal: new AbortController().signal,
    journal: {
      record: async (entry) => void deps.journalled.push(entry),
      backupPolicy: async (bucket, policy) => {
        deps.backups.push(policy);
        return `backups/${bucket}.json`;
      },
    },
    zip: ZIP,
    viewerCode: VIEWER.code,
    random: (bytes) => new Uint8Array(bytes).fill(7),
    readFile: async (path) => new TextEncoder().encode(path),
    writeConfig: async (_path, fields) => void deps.configs.push(fields),
    report: (event) => void deps.events.push(event),
    retry: { first: 1, most: 2, limit: 1_000 },
    wait: { first: 1_000, most: 10_000, limit: 60_000 },
    ...over,
  };
  return deps;
}

export async function setupPlan(world: AccountWorld, over: Partial<SetupDesired> = {}): Promise<Plan> {
  const desired = { ...SETUP, ...over };
  return planSetup(desired, await observeSetup(world.ports, desired));
}

export async function deployPlan(
  world: AccountWorld,
  over: Partial<DeployDesired> = {},
  distribution?: string,
): Promise<Plan> {
  const desired = { ...DEPLOY, ...over };
  const target = { ...desired, viewerFunction: desired.viewer !== undefined, region: SETUP.region, distribution };
  return planDeploy(desired, await observeDeploy(world.ports, target));
}

export async function runSetup(world: AccountWorld, over: Partial<SetupDesired> = {}): Promise<Applied> {
  return applyPlan(await setupPlan(world, over), world.ports, recordingDeps());
}

export async function runDeploy(world: AccountWorld, over: Partial<DeployDesired> = {}): Promise<Applied> {
  return applyPlan(await deployPlan(world, over), world.ports, recordingDeps());
}

export function kinds(plan: Plan): string[] {
  return plan.steps.map((step) => step.kind);
}
