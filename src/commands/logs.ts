/** `logs`: the logs of every region that served, merged in time order; once, or for as long as it is let. */
import pLimit from 'p-limit';
import { loadConfig } from '../config/load.ts';
import type { Context } from '../context.ts';
import type { LogLine } from '../core/logs/event.ts';
import { createFolder, type Entry, fold } from '../core/logs/fold.ts';
import { dayOf, formatEntry } from '../core/logs/format.ts';
import { merge } from '../core/logs/merge.ts';
import { chooseRegions, EDGE_REGIONS, logGroups } from '../core/logs/regions.ts';
import { type Coverage, coverage, createSources, type Source, take } from '../core/logs/sources.ts';
import { parseSince } from '../core/time.ts';
import { AppError } from '../errors.ts';
import { count, printable, wrap } from '../ui/text.ts';

export interface LogsOptions {
  /** `10m`, or an ISO time. */
  since?: string;
  follow?: boolean;
  region?: string[];
  filter?: string;
}

const DEFAULT_SINCE = '10m';
/** Regions asked at the same time: all 13. */
const AT_ONCE = 13;
/** Milliseconds between two questions to a region that has logs: the slowest quota is 5 a second (AWS-FACTS 5). */
const POLL = 2_000;
/** Rounds of polling after which regions without logs are asked again: every 10 seconds. */
const PROBE_ROUNDS = 5;
/** Milliseconds that a followed request may stay without its REPORT before it is shown without one. */
const PATIENCE = 35_000;

/**
 * Prints what was logged. Nothing found is no error.
 * @throws AppError CONFIG_MISSING, REGION_UNKNOWN, USAGE, CREDENTIALS_*, ENDPOINT_UNREACHABLE when no region could be read
 */
export async function logs(context: Context, options: LogsOptions): Promise<number> {
  const { config } = await loadConfig(context, { required: true });
  const regions = regionsOf(options.region);
  const start = startOf(options.since ?? DEFAULT_SINCE, context.clock.now());
  const groups = logGroups(config.name, config.distribution);
  const sources = createSources(regions, groups, { start });
  const lines = await readAll(context, sources);
  const covered = coverage(sources, lines);
  refuseTotalFailure(covered, regions);
  reportCoverage(context, covered);
  if (options.follow) return follow(context, sources, lines, options.filter);
  printOnce(context, [...merge([lines])], options.filter);
  if (lines.length === 0) reportNothing(context, { groups, regions, start });
  return 0;
}

function regionsOf(wanted: string[] | undefined): string[] {
  const { regions, unknown } = chooseRegions(wanted ?? []);
  if (unknown.length === 0) return regions;
  throw new AppError('REGION_UNKNOWN', `${unknown.join(', ')} is not a region of AWS`, {
    why: `Lambda@Edge is known to run in ${EDGE_REGIONS.join(', ')}.`,
    fix: 'edge-resize logs --region eu-west-1,us-east-1',
  });
}

function startOf(since: string, now: number): number {
  const start = parseSince(since, now);
  if (start !== undefined) return start;
  throw new AppError('USAGE', `--since ${since} is neither a time ago nor a time`, {
    fix: 'edge-resize logs --since 10m (s, m, h, d, w), or --since 2026-11-22T10:00:00Z',
  });
}

/** New lines of all sources, merged. A source that fails keeps its error and does not stop the others. */
async function readAll(context: Context, sources: Source[]): Promise<LogLine[]> {
  const limit = pLimit(AT_ONCE);
  const read = await Promise.all(sources.map((source) => limit(() => readSource(context, source))));
  return [...merge(read)];
}

async function readSource({ aws, io }: Context, source: Source): Promise<LogLine[]> {
  const { group, region, cursor } = source;
  const query = { group, startTime: cursor.since(), signal: io.signal };
  const events: Parameters<typeof take>[1][number][] = [];
  try {
    const port = await aws.logs(region);
    let nextToken: string | undefined;
    do {
      const page = await port.events({ ...query, nextToken });
      if (typeof page === 'string') {
        source.state = page;
        return [];
      }
      events.push(...page.events);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  } catch (error) {
    // No other region would answer either.
    const fatal = error instanceof AppError && error.code.startsWith('CREDENTIALS_');
    if (io.signal.aborted || fatal) throw error;
    source.state = 'failed';
    source.error = error;
    return [];
  }
  return take(source, events);
}

/** Wrong keys look like a region that is not enabled, but in every region; and a dead endpoint is dead everywhere. */
function refuseTotalFailure({ failed, disabled }: Coverage, regions: string[]): void {
  if (failed.length > 0 && failed.length + disabled.length === regions.length) throw failed[0]?.error;
  if (disabled.length < regions.length) return;
  throw new AppError('CREDENTIALS_INVALID', 'could not read the logs: AWS does not accept the credentials', {
    why: `${count(regions.length, 'region')} answered that the security token is invalid.`,
    fix: 'check what is in use: aws sts get-caller-identity',
  });
}

function reportCoverage({ ui }: Context, { present, missing, disabled, failed }: Coverage): void {
  const parts = present.map(({ region, lines }) => `+ ${region} (${count(lines, 'line')})`);
  if (missing.length > 0) parts.push(`nothing in ${count(missing.length, 'region')}`);
  if (disabled.length > 0) parts.push(`not enabled: ${disabled.join(', ')}`);
  for (const line of wrap(parts.join(' · '), ui.width)) if (line !== '') ui.info(ui.style('dim', line, 'stderr'));
  for (const { region, error } of failed) {
    ui.warn(`${region} is left out: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function reportNothing({ ui }: Context, where: { groups: string[]; regions: string[]; start: number }): void {
  ui.info(`No log lines since ${new Date(where.start).toISOString()} in`);
  for (const group of where.groups) ui.info(`  ${group}`);
  for (const line of wrap(`of ${where.regions.join(', ')}`, ui.width - 2)) ui.info(`  ${line}`);
  ui.info('A line comes some seconds after its request; a cached image is served without.');
  ui.info('Look further back: edge-resize logs --since 1d');
}

/** Prints what came and asks again until the signal, which is the normal end. */
async function follow(context: Context, sources: Source[], first: LogLine[], filter?: string): Promise<number> {
  const { clock, io, ui } = context;
  const folder = createFolder();
  const print = createPrinter(context, filter);
  const show = (lines: LogLine[]): void => {
    if (ui.json) printEvents(context, lines, filter);
    else {
      const entries = lines.flatMap((line) => folder.push(line));
      print([...entries, ...folder.flush(clock.now() - PATIENCE)]);
    }
  };
  show(first);
  ui.info(ui.style('dim', 'Waiting for more; Ctrl-C ends it.', 'stderr'));
  try {
    for (let round = 1; ; round += 1) {
      await clock.sleep(POLL, io.signal);
      const asked = sources.filter(
        ({ state }) => round % PROBE_ROUNDS === 0 || state === 'present' || state === 'failed',
      );
      const known = new Set(sources.filter(({ state }) => state === 'present').map(({ region }) => region));
      show(await readAll(context, asked));
      for (const { region, state } of asked) {
        if (state === 'present' && !known.has(region)) ui.info(ui.style('dim', `+ ${region}`, 'stderr'));
      }
    }
  } catch (error) {
    if (!io.signal.aborted) throw error;
    if (!ui.json) print(folder.flush());
    return 0;
  }
}

function printOnce(context: Context, lines: LogLine[], filter: string | undefined): void {
  if (!context.ui.json) createPrinter(context, filter)(fold(lines));
  else printEvents(context, lines, filter);
}

/** As stored, one a line. */
function printEvents({ ui }: Context, lines: LogLine[], filter: string | undefined): void {
  for (const line of lines) if (line.message.includes(filter ?? '')) ui.event({ ...line });
}

/** Whole times where the lines may be kept; on a terminal the day is said once, and lines have room for the key. */
function createPrinter({ io, ui }: Context, filter = ''): (entries: Entry[]) => void {
  const look = { paint: ui.style, clean: printable, short: io.stdout.isTTY };
  const plain = { ...look, paint: (_tone: unknown, text: string) => text };
  let day = '';
  return (entries) => {
    for (const entry of entries) {
      // A request is shown whole when one of its lines has the text, as stored or as shown.
      const stored = entry.lines.some(({ message }) => message.includes(filter));
      if (!stored && !formatEntry(entry, plain).some((line) => line.includes(filter))) continue;
      if (look.short && dayOf(entry) !== day) ui.info(ui.style('dim', `${dayOf(entry)}, UTC`, 'stderr'));
      day = dayOf(entry);
      for (const line of formatEntry(entry, look)) ui.out(line);
    }
  };
}
