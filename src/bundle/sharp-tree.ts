/** Which files of sharp go to the edge, and where they are. */
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
  /** Exact version of every package that the edge needs, by name. */
  packages: Record<string, string>;
  /** Files by name in the zip; undefined when the linux-x64 packages are not installed here. */
  files: TreeFile[] | undefined;
}

interface Manifest {
  version: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const ADDON = '@img/sharp-linux-x64';
const LIBVIPS = '@img/sharp-libvips-linux-x64';

/**
 * What sharp 0.35 loads on linux-x64 with `require`: no type definitions, no ESM twins, no C++ source. A package.json
 * goes with each, since `require` reads it. That nothing is missing is what the load check shows.
 */
const NEEDED: Record<string, RegExp> = {
  sharp: /^dist\/[^/]+\.cjs$/,
  '@img/colour': /^[^/]+\.cjs$/,
  [ADDON]: /^(?:index\.cjs|lib\/[^/]+\.node)$/,
  [LIBVIPS]: /^(?:versions\.json|lib\/[^/]+\.so[.\d]*)$/,
  'detect-libc': /^lib\/[^/]+\.js$/,
  semver: /^(?:index\.js|(?:classes|functions|internal|ranges)\/[^/]+\.js)$/,
};

/**
 * Finds sharp from `root` as Node would, and its files for linux-x64 glibc when they are installed too.
 * @throws AppError BUNDLE_FAILED when there is no sharp, or one that needs packages unknown to this table
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
  const unknown = Object.keys(manifest.dependencies ?? {}).filter((name) => !(name in NEEDED));
  if (unknown.length > 0) {
    throw new AppError('BUNDLE_FAILED', `sharp ${manifest.version} cannot be packaged`, {
      why: `It needs packages that this version of edge-resize does not know: ${unknown.join(', ')}.`,
      fix: 'npm install edge-resize@latest',
    });
  }
  const native = { [ADDON]: pinned(manifest, ADDON), [LIBVIPS]: pinned(manifest, LIBVIPS) };
  const packages: Record<string, string> = { sharp: manifest.version, ...native };
  const files: TreeFile[] = [];
  let complete = true;
  for (const [name, needed] of Object.entries(NEEDED)) {
    const folder = name === 'sharp' ? home : findPackage(name, home);
    const installed = folder && manifestOf(folder).version;
    packages[name] ??= installed ?? manifest.dependencies?.[name] ?? '*';
    if (folder && installed === packages[name]) files.push(...filesOf(name, folder, needed));
    else complete = false;
  }
  return { version: manifest.version, packages, files: complete ? files : undefined };
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

function filesOf(name: string, folder: string, needed: RegExp): TreeFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => path === 'package.json' || needed.test(path))
    .map((path) => ({ name: `node_modules/${name}/${path}`, path: join(folder, path) }));
}
