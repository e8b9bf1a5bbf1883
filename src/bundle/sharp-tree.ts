/** Which binaries of sharp go to the edge, and where they are. */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { AppError } from '../errors.ts';

/** A file to be zipped: its name in the zip, and where it is. */
export interface TreeFile {
  name: string;
  path: string;
}

export interface SharpTree {
  /** Exact version of sharp. */
  version: string;
  /** Exact version of each package with binaries for linux-x64, by name. */
  binaries: Record<string, string>;
  /** Files by name in the zip; undefined when the linux-x64 packages are not installed here. */
  files: TreeFile[] | undefined;
}

interface Manifest {
  version: string;
  optionalDependencies?: Record<string, string>;
}

const ADDON = '@img/sharp-linux-x64';
const LIBVIPS = '@img/sharp-libvips-linux-x64';

/** The binaries for linux-x64 glibc. sharp's JavaScript is bundled when this program is built, for one release of them. */
const NEEDED: Record<string, RegExp> = {
  [ADDON]: /^lib\/[^/]+\.node$/,
  [LIBVIPS]: /^lib\/[^/]+\.so[.\d]*$/,
};

/**
 * Finds sharp from `root` as Node would, and its files for linux-x64 glibc when they are installed too.
 * @throws AppError BUNDLE_FAILED when there is no sharp, or one without a build for Lambda
 */
export function findSharp(root: string): SharpTree {
  const home = findPackage('sharp', root);
  if (!home) {
    throw new AppError('BUNDLE_FAILED', 'sharp is not installed', {
      why: `No node_modules/sharp was found from ${root} upward.`,
      fix: 'npm install',
    });
  }
  const manifest = manifestOf(home);
  const binaries = { [ADDON]: pinned(manifest, ADDON), [LIBVIPS]: pinned(manifest, LIBVIPS) };
  return { version: manifest.version, binaries, files: binariesFrom(home, binaries) };
}

/** The files of `binaries` as Node would find them from a folder; undefined unless each is there in its version. */
export function binariesFrom(folder: string, binaries: Record<string, string>): TreeFile[] | undefined {
  const files: TreeFile[] = [];
  for (const [name, version] of Object.entries(binaries)) {
    const home = findPackage(name, folder);
    if (!home || manifestOf(home).version !== version) return undefined;
    files.push(...filesOf(name, home));
  }
  return files;
}

function pinned(manifest: Manifest, name: string): string {
  const version = manifest.optionalDependencies?.[name];
  if (version) return version;
  throw new AppError('BUNDLE_FAILED', `sharp ${manifest.version} has no build for Lambda`, {
    why: `Its package.json does not list ${name}.`,
    fix: 'npm install sharp@0.35',
  });
}

/** The real folder of a package as seen from `from`; undefined when it is not installed. */
export function findPackage(name: string, from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', ...name.split('/'));
    if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate);
    if (folder === dirname(folder)) return undefined;
  }
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

function filesOf(name: string, folder: string): TreeFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => NEEDED[name]?.test(path))
    .map((path) => ({ name: `node_modules/${name}/${path}`, path: join(folder, path) }));
}
