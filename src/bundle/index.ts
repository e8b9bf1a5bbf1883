/** Built handler + settings + sharp's binaries for linux-x64 -> the zip that Lambda gets. What is in it and why: docs/adr/0002-edge-zip.md. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Settings } from '../../handler/settings.ts';
import { AppError } from '../errors.ts';
import { downloadSharp } from './download.ts';
import { type Host, hostOf, runsLambdaBinaries } from './host.ts';
import { type KeptZip, keep, keptFile, readKept, sha256 } from './kept.ts';
import { checkLoads, type LoadCheck } from './load-check.ts';
import { nodeFor, type RuntimeWish } from './runtime-node.ts';
import { findSharp, type TreeFile } from './sharp-tree.ts';
import { checkZipSize, type ZipEntry, zip } from './zip.ts';

export interface BundleOptions {
  /** Folder with the built handler, `index.js` and `sharp.js`. */
  handlerDir: string;
  /** Folder from which sharp is found. */
  packageRoot: string;
  settings: Settings;
  /** Whose Node should try the zip out. */
  runtime?: RuntimeWish;
  /** Where to write the zip as well. */
  outFile?: string;
  host?: Host;
}

export interface Bundle {
  zip: Uint8Array;
  /** What Lambda will report as CodeSha256. */
  sha256Base64: string;
  /** Of the zip. */
  bytes: number;
  unpackedBytes: number;
  /** Names in the zip, sorted. */
  files: string[];
  sharpSource: 'node_modules' | 'download';
  /** Identity of code and settings, part of every variant's ETag. */
  build: string;
  /** Whether the zip was run here, and by which Node. */
  loadCheck: LoadCheck;
}

/**
 * Makes the zip. Same handler, settings and sharp, same bytes: from every folder, time zone and moment.
 * No network where sharp's linux-x64 packages are installed.
 * @throws AppError BUNDLE_FAILED, BUNDLE_TOO_LARGE
 */
export async function makeBundle(options: BundleOptions): Promise<Bundle> {
  const { handlerDir, packageRoot, settings, runtime, outFile, host = hostOf(process) } = options;
  const code = await Promise.all(
    CODE.map(async (name) => ({ name, content: await readBuilt(join(handlerDir, name)) })),
  );
  const tree = findSharp(packageRoot);
  const sharpFiles = tree.files ?? (await downloadSharp(tree, packageRoot, host));
  checkRelease(code, tree.version, sharpFiles);
  const build = buildId(code, settings, tree.binaries);
  const entries: ZipEntry[] = [
    ...code,
    { name: 'settings.json', content: Buffer.from(`${stableJson({ ...settings, build }, 2)}\n`) },
    ...(await Promise.all(sharpFiles.map(async ({ name, path }) => ({ name, content: await readFile(path) })))),
  ];
  const { trouble, ...made } = await checkedZip(entries, host, runtime);
  if (outFile) await writeFile(outFile, made.zip);
  return {
    ...made,
    ...(trouble && made.loadCheck.result === 'passed' && { loadCheck: { ...made.loadCheck, trouble } }),
    bytes: made.zip.length,
    unpackedBytes: entries.reduce((sum, { content }) => sum + content.length, 0),
    files: entries.map(({ name }) => name).sort(),
    sharpSource: tree.files ? 'node_modules' : 'download',
    build,
  };
}

/** The zip of these entries that was kept, else a new one, which is tried out and kept. */
async function checkedZip(
  entries: ZipEntry[],
  host: Host,
  runtime: RuntimeWish | undefined,
): Promise<KeptZip & { trouble?: string }> {
  const { node, trouble } = runsLambdaBinaries(host) ? await nodeFor(runtime, host) : {};
  const file = await keptFile({ entries, node, runtime: runtime?.name }, host.cacheDir);
  const kept = await readKept(file);
  if (kept) return { ...kept, trouble };
  const bytes = await zip(entries);
  checkZipSize(bytes.length);
  const loadCheck = await checkLoads(bytes, node, runtime?.name);
  const made = { zip: bytes, sha256Base64: sha256(bytes), loadCheck };
  await keep(file, made, host.cacheDir);
  return { ...made, trouble };
}

/** The handler, and the JavaScript of sharp. */
const CODE = ['index.js', 'sharp.js'];

async function readBuilt(file: string): Promise<Buffer> {
  return readFile(file).catch((cause: unknown) => {
    throw new AppError('BUNDLE_FAILED', 'The handler is not built', {
      why: `${file} cannot be read.`,
      fix: 'npm run build',
      cause,
    });
  });
}

/** sharp.js asks for the addon of one release by its name; another one is not for it. */
function checkRelease(code: ZipEntry[], version: string, files: TreeFile[]): void {
  const asked = code.map(({ content }) => /require\("\.\/([^"]+\.node)"\)/.exec(content.toString())?.[1]).find(Boolean);
  if (files.some(({ name }) => name === asked)) return;
  throw new AppError('BUNDLE_FAILED', 'The handler was built for another release of sharp', {
    why: `It loads ${asked}; sharp ${version} is installed.`,
    fix: 'npm ci && npm run build',
  });
}

function buildId(code: ZipEntry[], settings: Settings, binaries: Record<string, string>): string {
  const hash = createHash('sha256');
  for (const { content } of code) hash.update(content);
  return hash.update(stableJson({ settings, binaries })).digest('hex').slice(0, 12);
}

/** JSON with sorted keys at every depth. */
function stableJson(value: unknown, indent?: number): string {
  const sorted = (_key: string, item: unknown) =>
    item && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item;
  return JSON.stringify(value, sorted, indent);
}
