/** `invalidate`: work out the paths, show them with their price, ask, send them in batches, wait if wanted. */
import { randomUUID } from 'node:crypto';
import { sendInvalidations } from '../apply/invalidations.ts';
import { recipeOf, servedFor } from '../config/asked.ts';
import { loadConfig } from '../config/load.ts';
import { rulesFrom } from '../config/rules.ts';
import type { Config } from '../config/schema.ts';
import type { Context } from '../context.ts';
import { allSizesOf, EVERYTHING, isWildcard, pathFromUser, variantOf } from '../core/invalidation/paths.ts';
import { FREE_PATHS, type InvalidationPlan, planInvalidation, priceNote } from '../core/invalidation/plan.ts';
import { AppError } from '../errors.ts';
import { ownAccount } from '../observe/account.ts';
import { imagePaths } from '../observe/images.ts';
import { agree } from '../ui/agree.ts';
import { quoted } from '../ui/shell.ts';
import { count, printable, wrap } from '../ui/text.ts';

export interface InvalidateOptions {
  paths: string[];
  /** `100x100`, `300x,f=webp`, or a preset; may hold paths too, since the flag takes every word that follows it. */
  size?: string[];
  all?: boolean;
  wait?: boolean;
  /** Milliseconds. */
  waitTimeout?: number;
}

const WAIT_TIMEOUT = 15 * 60_000;
/** Paths that are shown one by one. */
const SHOWN = 10;

/** @throws AppError CONFIG_MISSING, NOT_SET_UP, USAGE, INVALID_*, CONFIRM_REQUIRED, DECLINED, INVALIDATION_LIMIT, WAIT_TIMEOUT */
export async function invalidate(context: Context, options: InvalidateOptions): Promise<number> {
  const words = sort(options);
  const { config } = await loadConfig(context, { required: true });
  const wanted = { ...words, sizes: variantsOf(words.sizes, config) };
  const distribution = distributionOf(config);
  const plan = await makePlan(context, config, distribution, wanted);
  const applies = plan.paths.length > 0 && !context.options.dryRun;
  for (const line of planLines(context.ui, config, plan)) {
    if (applies) context.ui.info(line);
    else context.ui.out(line);
  }
  if (!applies) {
    context.ui.document('invalidate', { plan: withoutBatches(plan), applied: false, invalidations: [] });
    return 0;
  }
  await ownAccount(context.aws, config.account);
  const question = `Invalidate ${count(plan.paths.length, 'path')}?`;
  await agree(context, { question, command: repeated(options), plan: withoutBatches(plan) });
  const { wait = false, waitTimeout = WAIT_TIMEOUT } = options;
  const sent = await sendInvalidations(context, plan, { wait, waitTimeout, reference: randomUUID });
  context.ui.document('invalidate', { plan: withoutBatches(plan), applied: true, invalidations: sent });
  if (!wait) context.ui.info('The edges follow within a minute or so; --wait waits for them.');
  return 0;
}

interface Wanted {
  paths: string[];
  /** As given; canonical values of `d` once the config is known. */
  sizes: string[];
  all: boolean;
}

/** Commander gives every word after --size to it, so a path that follows is found among the sizes. */
function sort({ paths, size = [], all = false }: InvalidateOptions): Wanted {
  const strays = size.filter((word) => word.startsWith('/'));
  const sizes = size.filter((word) => !word.startsWith('/'));
  const found = [...paths, ...strays].map(pathFromUser);
  if (!all && found.length === 0 && sizes.length === 0) {
    throw new AppError('USAGE', 'nothing to invalidate was named', {
      fix: 'edge-resize invalidate /photos/cat.jpg, or --size 100x100, or --all',
    });
  }
  if (all && (found.length > 0 || sizes.length > 0)) {
    throw new AppError('USAGE', '--all leaves nothing for a path or --size to say', {
      fix: 'edge-resize invalidate --all',
    });
  }
  const withQuery = found.find((path) => path.includes('?'));
  if (withQuery && sizes.length > 0) {
    throw new AppError('INVALID_PATH', `${withQuery} has a size already`, {
      fix: 'leave out --size, or the query string',
    });
  }
  return { paths: found, sizes, all };
}

/** Values of `d` as viewers are served them, each once. @throws AppError INVALID_SIZE */
function variantsOf(sizes: string[], config: Config): string[] {
  const rules = rulesFrom(config);
  return [...new Set(sizes.flatMap((word) => servedFor(recipeOf(word, rules))))];
}

function distributionOf({ distribution, bucket }: Config): string {
  if (distribution) return distribution;
  throw new AppError('NOT_SET_UP', 'the config names no distribution', {
    why: 'There is nothing to invalidate before there is a distribution.',
    fix: `edge-resize setup --bucket ${bucket}`,
  });
}

async function makePlan(
  context: Context,
  config: Config,
  distribution: string,
  wanted: Wanted,
): Promise<InvalidationPlan> {
  const { paths, sizes, all } = wanted;
  if (all) return planInvalidation(distribution, [EVERYTHING]);
  if (sizes.length === 0) {
    const widened = paths.filter((path) => allSizesOf(path) !== path);
    const longer = widened.map((path) => `${path}* covers every size of ${path}, and longer names that begin with it`);
    return planInvalidation(distribution, paths.map(allSizesOf), longer);
  }
  const groups = paths.filter(isWildcard).map((path) => path.slice(0, -1));
  if (paths.length === 0) groups.push('/');
  const notices: string[] = [];
  const images = paths.filter((path) => !isWildcard(path));
  for (const found of await imagePaths(context.aws, { ...config, distribution }, groups)) {
    images.push(...found.paths);
    if (found.more !== undefined) {
      notices.push(
        `${config.bucket} has more than ${found.more.toLocaleString('en-US')} keys: only the first are covered`,
      );
    }
    notices.push(`${found.place} holds ${count(found.paths.length, 'image')}`);
  }
  const variants = images.flatMap((path) => sizes.map((size) => variantOf(path, size)));
  const cheaper = groups.length === 1 ? `${groups[0]}*` : EVERYTHING;
  if (variants.length > FREE_PATHS) {
    notices.push(`one path would clear all sizes there: ${cheaperCommand(cheaper)}`);
  }
  return planInvalidation(distribution, variants, notices);
}

function cheaperCommand(path: string): string {
  return path === EVERYTHING ? 'edge-resize invalidate --all' : `edge-resize invalidate '${path}'`;
}

function planLines(ui: Context['ui'], config: Config, plan: InvalidationPlan): string[] {
  const { distribution, paths, notices } = plan;
  const further = paths.length - SHOWN;
  return [
    `${ui.style('bold', config.name)} · distribution ${distribution} · bucket ${config.bucket}`,
    ...paths.slice(0, SHOWN).map((path) => `  ${ui.style('warn', '-')} ${printable(path)}`),
    ...(further > 0 ? [`  … and ${count(further, 'further path')}`] : []),
    ...notices.flatMap((notice) => wrap(printable(notice), ui.width - 2).map((line) => ui.style('dim', `  ${line}`))),
    ...wrap(paths.length === 0 ? 'Nothing to invalidate.' : priceNote(plan), ui.width),
  ];
}

/** The command as it was given, to be repeated. */
function repeated({ paths, size = [], all, wait }: InvalidateOptions): string {
  const words = [
    ...paths,
    ...(size.length > 0 ? ['--size', ...size] : []),
    ...(all ? ['--all'] : []),
    ...(wait ? ['--wait'] : []),
  ];
  return ['edge-resize invalidate', ...words.map(quoted)].join(' ');
}

/** The plan as it is shown to machines. It has one question only, so no consents of its own. */
interface ShownPlan extends Omit<InvalidationPlan, 'batches'> {
  batches: number;
  consents?: undefined;
}

function withoutBatches({ batches, ...plan }: InvalidationPlan): ShownPlan {
  return { ...plan, batches: batches.length };
}
