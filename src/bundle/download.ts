/** Gets sharp's binaries for linux-x64 glibc on a host that has others: by npm, at the installed version, into a cache. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '../errors.ts';
import type { Host } from './host.ts';
import { binariesFrom, type SharpTree, type TreeFile } from './sharp-tree.ts';

const run = promisify(execFile);

/**
 * The files of `tree`'s binaries, from the cache or the registry. Nothing that is downloaded is run.
 * @param root where a package-lock.json may say which integrity is expected
 * @throws AppError BUNDLE_FAILED when npm fails, or a package is not the one of the lock file
 */
export async function downloadSharp(tree: SharpTree, root: string, host: Host): Promise<TreeFile[]> {
  const folder = join(host.cacheDir, `sharp-${tree.version}-linux-x64`);
  const cached = installedFiles(folder, tree);
  if (cached) return cached;
  // Installed beside and renamed, so that a download that was cut off is never taken for a whole one.
  const temporary = folderIn(host.cacheDir, tree);
  try {
    await npmInstall(temporary, tree, host);
    checkIntegrity(temporary, root, tree);
    if (!installedFiles(temporary, tree)) throw failed(tree, 'npm installed other packages than were asked for.');
    rmSync(folder, { recursive: true, force: true });
    renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return installedFiles(folder, tree) ?? [];
}

function folderIn(cacheDir: string, tree: SharpTree): string {
  try {
    mkdirSync(cacheDir, { recursive: true });
    return mkdtempSync(join(cacheDir, 'download-'));
  } catch (cause) {
    throw failed(tree, `The cache folder ${cacheDir} cannot be written.`, cause);
  }
}

/** Undefined unless the binaries of `tree` are in `folder` itself, not in one above. */
function installedFiles(folder: string, { binaries }: SharpTree): TreeFile[] | undefined {
  const files = binariesFrom(folder, binaries);
  return files?.every(({ path }) => path.startsWith(realpathSync(folder))) ? files : undefined;
}

async function npmInstall(folder: string, tree: SharpTree, host: Host): Promise<void> {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: tree.binaries }));
  const windows = host.platform === 'win32';
  const flags = [
    '--os=linux',
    '--cpu=x64',
    '--libc=glibc',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--prefer-offline',
  ];
  try {
    await run(windows ? 'npm.cmd' : 'npm', ['install', ...flags], { cwd: folder, env: host.env, shell: windows });
  } catch (cause) {
    const { code, stderr } = cause as { code?: string | number; stderr?: string };
    if (code === 'ENOENT') throw failed(tree, 'npm is not on the PATH.', cause);
    throw failed(tree, `npm install ended with: ${firstError(stderr)}`, cause);
  }
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
      throw failed(tree, `${name}@${version} is not the package that ${join(root, 'package-lock.json')} names.`);
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

function firstError(text: string | undefined): string {
  const lines = (text ?? '').split('\n').filter((line) => /npm error|npm ERR!/.test(line));
  return lines[0]?.replace(/^npm (?:error|ERR!) ?/, '') ?? 'no message';
}

function failed(tree: SharpTree, why: string, cause?: unknown): AppError {
  return new AppError('BUNDLE_FAILED', `sharp ${tree.version} for linux-x64 could not be downloaded`, {
    why,
    fix: `npm install --os=linux --cpu=x64 --libc=glibc sharp@${tree.version}`,
    cause,
  });
}
