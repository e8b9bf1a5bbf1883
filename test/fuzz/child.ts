/** One process of the fuzzer: set up as the function is at the edge, one request after the other. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { type Case, cases } from './case.ts';
import { checkCase, type FuzzWorld } from './check.ts';
import { makeInstallations } from './installations.ts';
import { type Start, startingOriginals } from './originals.ts';
import { startFuzzS3 } from './s3.ts';

export interface Job {
  /** Folder with the built viewer functions. */
  viewerDir: string;
  /** Folder with the bombs. */
  bombDir: string;
  seed: number;
  requests: number;
  /** fast-check's address of one case among those of a seed; it alone is run. */
  path?: string | undefined;
}

export interface Report {
  /** How many cases ended how. */
  outcomes: Record<string, number>;
  failure?: { error: string; counterexample: string; seed: number; path: string } | undefined;
  /** Resident memory at its highest, in MB, as the function alone would have it. */
  peakMb: number;
}

/** Cases that are made from one seed. */
export const BATCH = 500;
const BOMB_EVERY = 400;
/** Resident memory of the packed handler before its first request, in MB (PERFORMANCE 2d: node with sharp 58). */
const FUNCTION_MB = 75;

async function main(job: Job): Promise<Report> {
  // As sharpLoader does.
  sharp.cache(false);
  sharp.concurrency(1);
  const world: FuzzWorld = {
    installations: await makeInstallations(job.viewerDir),
    originals: await startingOriginals(),
    bombs: readdirSync(job.bombDir).map((name): Start => ({ name, bytes: readFileSync(join(job.bombDir, name)) })),
    s3: await startFuzzS3(),
  };
  // What the fuzzer itself holds, its originals and its libraries, is not the function's.
  const own = process.memoryUsage().rss / 1024 ** 2 - FUNCTION_MB;
  const outcomes: Record<string, number> = {};
  const report: Report = { outcomes, peakMb: 0 };
  const property = fc.asyncProperty(cases(BOMB_EVERY), async (one) => {
    const outcome = await checkCase(world, one);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  });
  for (let done = 0; done < job.requests && !report.failure; done += BATCH) {
    const numRuns = Math.min(BATCH, job.requests - done);
    const seed = job.seed + done / BATCH;
    const details = await fc.check(property, { seed, path: job.path, numRuns, interruptAfterTimeLimit: 300_000 });
    if (details.failed) report.failure = failureOf(details);
    process.send?.({ done: numRuns });
  }
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  report.peakMb = Number(kilobytes) / 1024 - own;
  await world.s3.close();
  return report;
}

function failureOf({ seed, counterexamplePath, counterexample, errorInstance }: fc.RunDetails<[Case]>) {
  const error = errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance);
  return { error, counterexample: fc.stringify(counterexample), seed, path: counterexamplePath ?? '' };
}

process.once('message', (job: Job) => {
  void main(job).then((report) => process.send?.({ report }, () => process.exit()));
});
