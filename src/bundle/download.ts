/** Gets sharp's binaries for linux-x64 glibc on a host that has others: by npm, at the installed version, into a cache. */
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import type { Host } from './host.ts';
import { installIntoCache } from './npm.ts';
import { binariesFrom, type SharpTree, type TreeFile } from './sharp-tree.ts';

/**
 * The files of `tree`'s binaries, from the cache or the registry. Nothing that is downloaded is run.
 * @param root where a package-lock.json may say which integrity is expected
 * @throws AppError BUNDLE_FAILED when npm fails, or a package is not the one of the lock file
 */
export async function downloadSharp(tree: SharpTree, root: string, host: Host): Promise<TreeFile[]> {
  const name = `sharp-${tree.version}-linux-x64`;
  const cached = installedFiles(join(host.cacheDir, name), tree);
  if (cached) return cached;
  const check = (folder: string) => {
    checkIntegrity(folder, root, tree);
    if (!installedFiles(folder, tree)) throw new Error('npm installed other packages than were asked for.');
  };
  const folder = await installIntoCache({ name, dependencies: tree.binaries, check }, host).catch((error: Error) => {
    throw failed(tree, error);
  });
  return installedFiles(folder, tree) ?? [];
}

/** Undefined unless the binaries of `tree` are in `folder` itself, not in one above. */
function installedFiles(folder: string, { binaries }: SharpTree): TreeFile[] | undefined {
  const files = binariesFrom(folder, binaries);
  return files?.every(({ path }) => path.startsWith(realpathSync(folder))) ? files : undefined;
}

interface Lock {
  packages?: Record<string, { version?: string; integrity?: string }>;
}

/** What was installed must be what the lock file of this program names, where it names it. npm itself checks the registry's own. */
function checkIntegrity(folder: string, root: string, tree: SharpTree): void {
  const expected = lockOf(join(root, 'package-lock.json'));
  const actual = lockOf(join(folder, 'package-lock.json'));
  for (const [name, version] of Object.entries(tree.binaries)) {
    const want = expected[`node_modules/${name}`];
    const got = actual[`node_modules/${name}`];
    if (want?.integrity && want.version === version && want.integrity !== got?.integrity) {
      throw new Error(`${name}@${version} is not the package that ${join(root, 'package-lock.json')} names.`);
    }
  }
}

function lockOf(file: string): NonNullable<Lock['packages']> {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as Lock).packages ?? {};
  } catch {
    return {};
  }
}

function failed({ version }: SharpTree, cause: Error): AppError {
  return new AppError('BUNDLE_FAILED', `sharp ${version} for linux-x64 could not be downloaded`, {
    why: cause.message,
    fix: `npm install --os=linux --cpu=x64 --libc=glibc sharp@${version}`,
    cause,
  });
}
