/** Tries a zip out before anybody uploads it: unpacked, in a process of its own, with nothing of this program around. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import yauzl from 'yauzl';
import { AppError } from '../errors.ts';

const run = promisify(execFile);

/** Resizes a picture with the zip's own sharp, then loads the handler, which reads the settings. */
const SCRIPT = `
const { default: sharp } = require('./sharp.js');
const pixel = { create: { width: 4, height: 4, channels: 3, background: '#123456' } };
sharp(pixel).resize(1, 1).jpeg().toBuffer()
  .then((bytes) => sharp(bytes).metadata())
  .then(({ width, format }) => {
    if (width !== 1 || format !== 'jpeg') throw new Error('sharp does not resize');
    if (typeof require('./index.js').handler !== 'function') throw new Error('index.js exports no handler');
    process.stdout.write(process.versions.node);
  })
  .catch((error) => { console.error(error); process.exit(1); });
`;

export type LoadCheck =
  | {
      result: 'passed';
      /** Version of the Node that ran it. */
      node: string;
      /** Is that the runtime that the function is configured with? */
      runtime: boolean;
      /** Why the runtime's own Node, which was asked for, could not be had. */
      trouble?: string;
    }
  /** Only linux-x64 with glibc can run what Lambda runs. */
  | { result: 'skipped' };

/**
 * Runs the zip, and says by which Node.
 * @param node path of the binary; undefined on a host that cannot run what Lambda runs
 * @param runtime Lambda's name of the runtime that the function is configured with
 * @throws AppError BUNDLE_FAILED when it does not load
 */
export async function checkLoads(zip: Buffer, node: string | undefined, runtime?: string): Promise<LoadCheck> {
  if (node === undefined) return { result: 'skipped' };
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'edge-resize-check-')));
  try {
    await unpack(zip, folder);
    const { stdout } = await run(node, ['-e', SCRIPT], { cwd: folder, env: {}, timeout: 60_000 });
    return { result: 'passed', node: stdout, runtime: runtime === `nodejs${stdout.split('.')[0]}.x` };
  } catch (cause) {
    throw new AppError('BUNDLE_FAILED', 'The package does not load', {
      why: String((cause as { stderr?: string }).stderr || cause)
        .trim()
        .split('\n')[0],
      fix: 'npm ci && npm run build',
      cause,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Unpacks a zip that this program made itself; yauzl refuses names that lead out of the folder. */
async function unpack(zip: Buffer, folder: string): Promise<void> {
  const archive = await yauzl.fromBufferPromise(zip, { lazyEntries: true });
  for await (const entry of archive.eachEntry()) {
    const path = join(folder, entry.fileName);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, await buffer(await archive.openReadStreamPromise(entry)));
  }
}
