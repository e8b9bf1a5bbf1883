/** The cold start of the handler, in starts of an empty node. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../test/builders/cli.ts';
import { defaultSettings } from '../test/bundle/built-handler.ts';
import { holds, nodeProcess, print, race } from './race.ts';

const START_ROUNDS = 15;

export async function benchCold(): Promise<boolean> {
  // Beside node_modules, where `require` finds sharp.
  const folder = mkdtempSync(join(ROOT, 'dist/bench-'));
  try {
    copyFileSync(join(ROOT, 'dist/handler/index.js'), join(folder, 'index.js'));
    writeFileSync(join(folder, 'settings.json'), JSON.stringify(defaultSettings()));
    const results = await race(
      [
        nodeProcess('node -e 0', ['-e', '0']),
        nodeProcess('the handler', ['-e', 'require("./index.js")'], folder),
        nodeProcess('sharp', ['-e', 'require("sharp")'], folder),
        nodeProcess('the handler and sharp', ['-e', 'require("./index.js"); require("sharp")'], folder),
      ],
      START_ROUNDS,
    );
    print(`cold start of the built handler, median of ${START_ROUNDS} in turns`, results);
    const [, , alone, both] = results;
    return holds('the handler over sharp alone', (both?.ms ?? Number.NaN) / (alone?.ms ?? Number.NaN), 1.2);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
