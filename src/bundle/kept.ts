/** Finished zips in the cache folder, so that what did not change is neither deflated nor tried out again. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import type { LoadCheck } from './load-check.ts';
import { ZIP_FORMAT, type ZipEntry } from './zip.ts';

/** Some 8.5 MB each: two stages, each with the settings of today and those before, and one to spare. */
export const KEPT_ZIPS = 5;

/** What a zip and its check depend on. */
export interface KeptUnder {
  entries: ZipEntry[];
  /** Binary that tries it out; undefined where none can. */
  node: string | undefined;
  /** Lambda's name of the runtime that was asked for: whether it was that one is part of the result. */
  runtime: string | undefined;
}

export interface KeptZip {
  zip: Buffer;
  /** What Lambda will report as CodeSha256. */
  sha256Base64: string;
  loadCheck: LoadCheck;
}

/** The first line of a kept file; the zip follows. */
const headSchema = v.object({
  sha256Base64: v.string(),
  loadCheck: v.variant('result', [
    v.object({ result: v.literal('passed'), node: v.string(), runtime: v.boolean() }),
    v.object({ result: v.literal('skipped') }),
  ]),
});

/**
 * Path of the file that keeps such a zip.
 * The name is a hash of all contents, not of their dates: an `npm ci` that changes nothing changes no name.
 */
export async function keptFile({ entries, node, runtime }: KeptUnder, cacheDir: string): Promise<string> {
  const hash = createHash('sha256');
  const binary = node === undefined ? undefined : await stat(node);
  hash.update(JSON.stringify([ZIP_FORMAT, runtime, node, binary?.size, binary?.mtimeMs]));
  for (const { name, content } of entries) hash.update(JSON.stringify([name, content.length])).update(content);
  return join(folderIn(cacheDir), `${hash.digest('hex')}.zip`);
}

/** The zip in such a file; undefined when there is none or it is not, byte for byte, what was kept. */
export async function readKept(file: string): Promise<KeptZip | undefined> {
  try {
    const bytes = await readFile(file);
    const end = bytes.indexOf('\n');
    const { sha256Base64, loadCheck } = v.parse(headSchema, JSON.parse(bytes.subarray(0, end).toString()));
    const zip = bytes.subarray(end + 1);
    if (sha256(zip) !== sha256Base64) return undefined;
    const now = new Date();
    await utimes(file, now, now);
    return { zip, sha256Base64, loadCheck };
  } catch {
    return undefined;
  }
}

/**
 * Keeps a zip, and of all zips the KEPT_ZIPS that were last used.
 * A cache folder that cannot be written is no failure: the next time costs what this one did.
 */
export async function keep(file: string, { zip, ...head }: KeptZip, cacheDir: string): Promise<void> {
  const folder = folderIn(cacheDir);
  // Written beside and renamed, so that nobody reads half of it.
  const temporary = join(folder, `${randomUUID()}.part`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(temporary, Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), zip]));
    await rename(temporary, file);
    await forgetOldest(folder);
  } catch {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Half-written files of a run that was killed go the same way as old zips. */
async function forgetOldest(folder: string): Promise<void> {
  const files = (await readdir(folder)).map((name) => join(folder, name));
  const dated = await Promise.all(files.map(async (path) => ({ path, used: await lastUsed(path) })));
  const old = dated.sort((a, b) => b.used - a.used).slice(KEPT_ZIPS);
  await Promise.all(old.map(({ path }) => rm(path, { force: true })));
}

/** Milliseconds since 1970; 0 for one that another run has removed since. */
async function lastUsed(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
}

function folderIn(cacheDir: string): string {
  return join(cacheDir, 'zips');
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}
