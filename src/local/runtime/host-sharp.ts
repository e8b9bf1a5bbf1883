/** On a host that cannot load Lambda's binaries, the zip's JavaScript runs with the host's own sharp (DESIGN 4). */
import { existsSync } from 'node:fs';
import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { unpack } from './unpack.ts';

/**
 * Unpacks a zip as `unpack` does; `hostSharp`, the folder of a sharp package, then takes the place of the zip's own.
 * Node resolves the link, so that sharp finds its binaries beside itself. The folder has another name than the zip as
 * it is: data may move between hosts.
 */
export function unpackFor(hostSharp: string | undefined, zip: Uint8Array, root: string, hash: string): Promise<string> {
  if (hostSharp === undefined) return unpack(zip, root, hash);
  return unpack(zip, root, `${hash}-host-sharp`, async (folder) => {
    const own = join(folder, 'node_modules/sharp');
    if (!existsSync(own)) return;
    await rm(own, { recursive: true });
    // A junction is what Windows lets everyone make; elsewhere the kind of link means nothing.
    await symlink(hostSharp, own, 'junction');
  });
}
