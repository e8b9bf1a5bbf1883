/** `keys list` and `keys rotate`: which keys signed URLs are accepted by, and making a new one. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RETRY_PACE, WAIT_PACE } from '../apply/deps.ts';
import { applyPlan } from '../apply/index.ts';
import { openJournal } from '../apply/journal.ts';
import { loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { keysOf, planRotate } from '../core/plan/keys.ts';
import { costAndTime } from '../core/plan/notices.ts';
import type { Plan } from '../core/plan/types.ts';
import type { SigningKeyIds } from '../core/state.ts';
import { AppError } from '../errors.ts';
import { ownAccount } from '../observe/account.ts';
import { observeKeyStore } from '../observe/keys.ts';
import { together } from '../observe/together.ts';
import { agree } from '../ui/agree.ts';
import { planLines } from '../ui/plan-view.ts';
import { stepReporter } from '../ui/step-reporter.ts';

export interface KeysOptions {
  /** `list` or `rotate`. */
  action: string | undefined;
}

/** @throws AppError USAGE; else see the planner, the executor and the adapters */
export async function keys(context: Context, { action }: KeysOptions): Promise<number> {
  if (action !== 'list' && action !== 'rotate') {
    throw new AppError('USAGE', `keys has no ${action ?? 'action of that name'}`, {
      fix: 'edge-resize keys list, or: edge-resize keys rotate',
    });
  }
  const { config, path } = await loadConfig(context, { required: true });
  const [account, store] = await together(
    ownAccount(context.aws, config.account),
    observeKeyStore(context.aws, config.name),
  );
  if (action === 'list') return list(context, config, keysOf(config.name, store));
  const { name, distribution } = config;
  const plan = planRotate({ name, account, distribution }, store);
  return rotate(context, config, { plan, folder: join(path ? dirname(path) : context.io.cwd, '.edge-resize') });
}

function list({ ui }: Context, { name, url }: Config, ids: SigningKeyIds): number {
  print(ui, ids);
  if (!url.signed) ui.warn('"url.signed" is not on in the config: the next deploy takes unsigned URLs too.');
  ui.document('keys list', { name, keys: ids });
  return 0;
}

async function rotate(
  context: Context,
  config: Config,
  { plan, folder }: { plan: Plan; folder: string },
): Promise<number> {
  const { ui, io, clock, aws, options } = context;
  const lines = await planLines(plan, costAndTime(plan), ui);
  for (const line of lines) options.dryRun ? ui.out(line) : ui.info(line);
  if (options.dryRun) {
    ui.document('keys rotate', { plan, applied: [], result: null });
    return 0;
  }
  await agree(context, { question: 'Rotate the keys?', command: 'edge-resize keys rotate', plan });
  const { steps } = await applyPlan(plan, aws, {
    clock,
    signal: io.signal,
    journal: openJournal(folder, clock.now),
    random: randomBytes,
    readFile: (path) => readFile(path),
    writeConfig: async () => undefined,
    report: stepReporter(ui),
    retry: RETRY_PACE,
    wait: WAIT_PACE,
  });
  const ids = keysOf(config.name, await observeKeyStore(aws, config.name));
  print(ui, ids);
  ui.document('keys rotate', { plan, applied: steps, result: { keys: ids } });
  return 0;
}

function print(ui: Context['ui'], { current, previous }: SigningKeyIds): void {
  ui.out(`current   ${current}`);
  if (previous !== undefined) ui.out(`previous  ${previous}`);
}
