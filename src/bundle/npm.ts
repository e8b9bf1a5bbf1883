/** Installs packages for linux-x64 into the cache, once, by npm. It checks each tarball against the registry's integrity. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Host } from './host.ts';

const run = promisify(execFile);

export interface Install {
  /** Of the folder in the cache. */
  name: string;
  /** Version, or range, by name of package. */
  dependencies: Record<string, string>;
  /** Looks at what was installed before it counts; throws to refuse it. */
  check(folder: string): void | Promise<void>;
}

/**
 * Installs into `host.cacheDir/name`, in place of what is there. No script of a package is run.
 * @returns the folder, which has a `node_modules`
 * @throws Error with a message for people, or what `check` throws; nothing is kept then
 */
export async function installIntoCache({ name, dependencies, check }: Install, host: Host): Promise<string> {
  const folder = join(host.cacheDir, name);
  // Installed beside and renamed, so that a download that was cut off is never taken for a whole one.
  const temporary = temporaryIn(host.cacheDir);
  try {
    writeFileSync(join(temporary, 'package.json'), JSON.stringify({ private: true, dependencies }));
    await npmInstall(temporary, host);
    await check(temporary);
    rmSync(folder, { recursive: true, force: true });
    renameSync(temporary, folder);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  return folder;
}

function temporaryIn(cacheDir: string): string {
  try {
    mkdirSync(cacheDir, { recursive: true });
    return mkdtempSync(join(cacheDir, 'download-'));
  } catch (cause) {
    throw new Error(`The cache folder ${cacheDir} cannot be written.`, { cause });
  }
}

async function npmInstall(folder: string, host: Host): Promise<void> {
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
    if (code === 'ENOENT') throw new Error('npm is not on the PATH.', { cause });
    throw new Error(`npm install ended with: ${firstError(stderr)}`, { cause });
  }
}

function firstError(text: string | undefined): string {
  const lines = (text ?? '').split('\n').filter((line) => /npm error|npm ERR!/.test(line));
  return lines[0]?.replace(/^npm (?:error|ERR!) ?/, '') ?? 'no message';
}
