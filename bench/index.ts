/** Benchmarks whose figures are ratios of things measured side by side in this run; single times on a busy machine mean little. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../test/builders/cli.ts';

const CLI = join(ROOT, 'dist/bin/edge-resize.js');
const ROUNDS = 25;

interface Contender {
  name: string;
  args: string[];
}

/** Median wall time of each contender in ms, run in turns (A B A B …) so that drift of the machine hits all alike. */
function raceProcesses(contenders: Contender[], rounds: number): Map<string, number> {
  const times = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, args } of contenders) times.get(name)?.push(timeProcess(args));
  }
  return new Map([...times].map(([name, list]) => [name, median(list)]));
}

function timeProcess(args: string[]): number {
  // NODE_EXTRA_CA_CERTS costs every start of node 40-60 ms where it is set; an empty environment takes it out of both sides.
  const begun = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore', env: { PATH: process.env.PATH } });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}`);
  return performance.now() - begun;
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

const results = raceProcesses(
  [
    { name: 'node -e 0', args: ['-e', '0'] },
    { name: 'edge-resize --help', args: [CLI, '--help'] },
    { name: 'edge-resize deploy --help', args: [CLI, 'deploy', '--help'] },
    { name: 'edge-resize --version', args: [CLI, '--version'] },
  ],
  ROUNDS,
);

const base = results.get('node -e 0') ?? Number.NaN;
console.log(`start-up, node ${process.versions.node}, median of ${ROUNDS} in turns`);
console.log(`  ${'command'.padEnd(28)}${'ms'.padStart(8)}${'of node -e 0'.padStart(16)}`);
for (const [name, time] of results) {
  console.log(`  ${name.padEnd(28)}${time.toFixed(1).padStart(8)}${(time / base).toFixed(2).padStart(16)}`);
}
const help = (results.get('edge-resize --help') ?? Number.NaN) / base;
console.log(`  --help ${help < 2 ? 'holds' : 'BREAKS'} its budget of 2.00`);
process.exitCode = help < 2 ? 0 : 1;
