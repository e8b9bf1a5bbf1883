/** Races whose figures are ratios of things measured side by side in this run; single times on a busy machine mean little. */
import { spawnSync } from 'node:child_process';

export interface Contender {
  name: string;
  run(): unknown;
}

export interface Result {
  name: string;
  /** Milliseconds, median. */
  ms: number;
  /** Of the first contender. */
  ratio: number;
}

/** Milliseconds of CPU that this process has used, all its threads together: what others do on the machine is not in it. */
export function cpuClock(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/**
 * Runs contenders in turns (A B A B …), so that drift of the machine hits all alike, after one turn that is not counted.
 * @param clock milliseconds; wall time unless another is given
 */
export async function race(
  contenders: Contender[],
  rounds: number,
  clock: () => number = () => performance.now(),
): Promise<Result[]> {
  const times = contenders.map((): number[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, { run }] of contenders.entries()) {
      const begun = clock();
      await run();
      if (round > 0) times[index]?.push(clock() - begun);
    }
  }
  const medians = times.map(median);
  const base = medians[0] ?? Number.NaN;
  return contenders.map(({ name }, index) => {
    const ms = medians[index] ?? Number.NaN;
    return { name, ms, ratio: ms / base };
  });
}

/** A process of node, from its start to its end. */
export function nodeProcess(name: string, args: string[], cwd?: string, node = process.execPath): Contender {
  return {
    name,
    run() {
      // NODE_EXTRA_CA_CERTS costs every start of node 40-60 ms where it is set; an empty environment takes it out of all sides.
      const { status } = spawnSync(node, args, { stdio: 'ignore', env: { PATH: process.env.PATH }, cwd });
      if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
    },
  };
}

export function print(title: string, results: Result[]): void {
  console.log(title);
  console.log(`  ${'what'.padEnd(34)}${'ms'.padStart(8)}${'ratio'.padStart(10)}`);
  for (const { name, ms, ratio } of results) {
    console.log(`  ${name.padEnd(34)}${ms.toFixed(1).padStart(8)}${ratio.toFixed(2).padStart(10)}`);
  }
}

/** Says whether a ratio keeps within its budget. */
export function holds(what: string, ratio: number, budget: number): boolean {
  const kept = ratio < budget;
  console.log(`  ${what} ${kept ? 'holds' : 'BREAKS'} its budget: ${ratio.toFixed(2)} of ${budget.toFixed(2)}`);
  return kept;
}

/** Says whether a figure is no more than its target. NaN is not. */
export function atMost(what: string, value: number, target: number, digits = 2): boolean {
  return verdict(what, value, value <= target, `at most ${target.toFixed(digits)}`, digits);
}

/** Says whether a figure is no less than its target. NaN is not. */
export function atLeast(what: string, value: number, target: number, digits = 2): boolean {
  return verdict(what, value, value >= target, `at least ${target.toFixed(digits)}`, digits);
}

function verdict(what: string, value: number, kept: boolean, target: string, digits: number): boolean {
  console.log(`  ${kept ? 'kept  ' : 'BROKEN'} ${what}: ${value.toFixed(digits)} (${target})`);
  return kept;
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
