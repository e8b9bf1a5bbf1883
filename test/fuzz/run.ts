/**
 * `npm run fuzz -- [--requests N] [--seed S] [--path P]`: sends random and hostile requests through the viewer function as
 * it is built, the handler, and CloudFront's rules as the local AWS has them. Prints what became of them. Ends with 1
 * when one of them threw, was refused by CloudFront, took too long or too much memory.
 */
import { fork } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BATCH, type Job, type Report } from './child.ts';
import { bombs } from './originals.ts';

/** The function's memory by default, in MB: what a process may have, test and all. */
const MEMORY_MB = 1024;
const VIEWER_DIR = join(import.meta.dirname, '../../dist/viewer');

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    seed: { type: 'string', default: `${Date.now() % 1_000_000_000}` },
    path: { type: 'string' },
    processes: { type: 'string', default: `${availableParallelism()}` },
  },
});

/** Written once; they take seconds to make. */
async function bombFolder(): Promise<string> {
  const folder = join(tmpdir(), 'edge-resize-fuzz-bombs');
  if (existsSync(folder)) return folder;
  const made = `${folder}.${process.pid}`;
  mkdirSync(made);
  for (const { name, bytes } of await bombs()) writeFileSync(join(made, name), bytes);
  renameSync(made, folder);
  return folder;
}

function runChild(job: Job, onDone: (count: number) => void): Promise<Report> {
  // As the handler sets it at the edge, before libuv reads it.
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1' };
  const child = fork(join(import.meta.dirname, 'child.ts'), { env });
  child.send(job);
  return new Promise((resolve, reject) => {
    child.on('message', (message: { done: number } | { report: Report }) => {
      if ('report' in message) resolve(message.report);
      else onDone(message.done);
    });
    child.on('exit', (code, signal) => reject(new Error(`the process of seed ${job.seed} ended: ${code ?? signal}`)));
  });
}

async function main(): Promise<number> {
  const [requests, seed] = [Number(values.requests), Number(values.seed)];
  const count = values.path === undefined ? Math.min(Number(values.processes), Math.ceil(requests / BATCH)) : 1;
  const bombDir = await bombFolder();
  const began = performance.now();
  const each = Math.ceil(requests / count);
  console.log(`${requests.toLocaleString('en-US')} requests, seed ${seed}, ${count} processes`);
  let done = 0;
  const reports = await Promise.all(
    Array.from({ length: count }, (_, index) => {
      // Far enough apart that no batch of one process is a batch of another.
      const job: Job = {
        viewerDir: VIEWER_DIR,
        bombDir,
        seed: seed + index * 1_000_000,
        requests: each,
        path: values.path,
      };
      return runChild(job, (more) => {
        done += more;
        if (done % 10_000 < more) console.log(`${done.toLocaleString('en-US')} in ${seconds(began)} s`);
      });
    }),
  );
  return print(reports, began);
}

const seconds = (began: number) => Math.round((performance.now() - began) / 1000);

function print(reports: Report[], began: number): number {
  const all = new Map<string, number>();
  for (const { outcomes } of reports) {
    for (const [outcome, count] of Object.entries(outcomes)) all.set(outcome, (all.get(outcome) ?? 0) + count);
  }
  for (const [outcome, count] of [...all].sort())
    console.log(`${count.toLocaleString('en-US').padStart(9)}  ${outcome}`);
  const total = [...all.values()].reduce((sum, count) => sum + count, 0);
  const peakMb = Math.max(...reports.map((report) => report.peakMb));
  const failures = reports.flatMap(({ failure }) => (failure ? [failure] : []));
  for (const { error, counterexample, seed, path } of failures) {
    console.log(`\n${error}\n${counterexample}\nagain: npm run fuzz -- --seed ${seed} --path ${path}`);
  }
  const tooMuch = peakMb > MEMORY_MB;
  console.log(
    `\n${total.toLocaleString('en-US')} requests in ${seconds(began)} s: ${failures.length} failed; memory at most ${Math.round(peakMb)} MB of ${MEMORY_MB}`,
  );
  return failures.length > 0 || tooMuch ? 1 : 0;
}

process.exitCode = await main();
