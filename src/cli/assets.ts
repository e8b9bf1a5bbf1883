/** Finding what the build made, from wherever this module ended up: dist/bin, dist/chunks or src. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Assets } from '../context.ts';

/** The assets of the package that holds the module `url`. The version is read when it is asked for. */
export function findAssets(url: string): Assets {
  const packageRoot = packageRootOf(dirname(fileURLToPath(url)));
  return {
    packageRoot,
    handlerDir: join(packageRoot, 'dist/handler'),
    viewerDir: join(packageRoot, 'dist/viewer'),
    runtimeChild: join(packageRoot, 'dist/runtime/child.cjs'),
    get version() {
      const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
      return version;
    },
  };
}

function packageRootOf(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('the package edge-resize has no package.json above its program');
  return packageRootOf(parent);
}
