/** How long the command line takes to its first line, in starts of an empty node. */
import { join } from 'node:path';
import { ROOT } from '../test/builders/cli.ts';
import { holds, nodeProcess, print, race } from './race.ts';

const CLI = join(ROOT, 'dist/bin/edge-resize.js');
const ROUNDS = 25;

export async function benchStart(): Promise<boolean> {
  const results = await race(
    [
      nodeProcess('node -e 0', ['-e', '0']),
      nodeProcess('edge-resize --help', [CLI, '--help']),
      nodeProcess('edge-resize deploy --help', [CLI, 'deploy', '--help']),
      nodeProcess('edge-resize --version', [CLI, '--version']),
    ],
    ROUNDS,
  );
  print(`start of the command line, node ${process.versions.node}, median of ${ROUNDS} in turns`, results);
  return holds('--help', results[1]?.ratio ?? Number.NaN, 2);
}
