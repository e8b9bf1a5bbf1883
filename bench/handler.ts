/** What the handler adds to bare sharp, the original in memory; and its cold start, in starts of an empty node. */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { type Deps, handle } from '../handler/handle.ts';
import { ROOT } from '../test/builders/cli.ts';
import { originResponse } from '../test/builders/event.ts';
import { photograph } from '../test/builders/images.ts';
import { defaultSettings } from '../test/bundle/built-handler.ts';
import { cpuClock, holds, median, nodeProcess, print, race } from './race.ts';

const ROUNDS = 25;
const START_ROUNDS = 15;
const SIZES = [
  [100, 100],
  [640, 480],
  [1280, 720],
] as const;

/** Naive: nothing but what the handler's picture needs too, with the same encoder. */
const bare = (input: Buffer, width: number, height: number) =>
  sharp(input).autoOrient().resize(width, height, { fit: 'cover' }).jpeg({ quality: 80 }).toBuffer();

export async function benchWarm(): Promise<boolean> {
  sharp.cache(false);
  sharp.concurrency(1);
  const camera = await sharp(photograph('hubble_deep_field.jpg')).keepIccProfile().resize(4000).jpeg().toBuffer();
  const originals = { '13 MP, sRGB profile': camera, '0.3 MP, no profile': photograph('rocket.jpg') };
  const ratios: number[] = [];
  for (const [name, bytes] of Object.entries(originals)) {
    const deps: Deps = {
      settings: defaultSettings({ build: 'bench' }),
      fetchOriginal: async () => ({ bytes, etag: '"x"' }),
      loadSharp: () => sharp,
      memoryMb: 1769,
      now: Date.now,
      log: () => {},
    };
    for (const [width, height] of SIZES) {
      const event = originResponse({ querystring: `d=${width}x${height}` });
      const results = await race(
        [
          { name: 'bare sharp', run: () => bare(bytes, width, height) },
          { name: 'handler', run: async () => JSON.stringify(await handle(event, deps, 60_000)) },
        ],
        ROUNDS,
        cpuClock,
      );
      print(`${name}, JPEG to ${width}x${height}, CPU time, median of ${ROUNDS} in turns`, results);
      ratios.push(results[1]?.ratio ?? Number.NaN);
    }
  }
  return holds('the handler over bare sharp (median)', median(ratios), 1.05);
}

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
