/** On a host that cannot load Lambda's binaries, the zip's JavaScript runs with the host's own sharp (DESIGN 4). */
import { existsSync } from 'node:fs';
import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unpack } from './unpack.ts';

/**
 * Unpacks a zip as `unpack` does; `hostSharp`, the folder of a sharp package, then takes the place of the zip's own.
 * The folder has another name than the zip as it is: data may move between hosts.
 */
export function unpackFor(hostSharp: string | undefined, zip: Uint8Array, root: string, hash: string): Promise<string> {
  if (hostSharp === undefined) return unpack(zip, root, hash);
  return unpack(zip, root, `${hash}-host-sharp`, async (folder) => {
    await replaceBundled(folder, hostSharp);
    await replacePackage(folder, hostSharp);
  });
}

/** A zip of `deploy` has the JavaScript of sharp in one file, for the addon that this host cannot load. */
async function replaceBundled(folder: string, hostSharp: string): Promise<void> {
  const bundled = join(folder, 'sharp.js');
  if (!existsSync(bundled) || !existsSync(join(folder, 'node_modules/@img/sharp-linux-x64'))) return;
  await writeFile(bundled, `exports.default = require(${JSON.stringify(hostSharp)});\n`);
}

/** A zip that somebody else made may have sharp as a package. Node resolves the link, so that it finds its binaries. */
async function replacePackage(folder: string, hostSharp: string): Promise<void> {
  const own = join(folder, 'node_modules/sharp');
  if (!existsSync(own)) return;
  await rm(own, { recursive: true });
  // A junction is what Windows lets everyone make; elsewhere the kind of link means nothing.
  await symlink(hostSharp, own, 'junction');
}
