/** Unpacks a function's zip into a folder of its own, once. Nothing in it can reach out of that folder. */
import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import yauzl, { type Entry } from 'yauzl';

/** Bytes unpacked (AWS-FACTS 7). */
const UNPACKED_LIMIT = 262_144_000;
const FILE_TYPE = 0o170000;
const SYMLINK = 0o120000;

/**
 * Path of the folder with the contents of `zip`. `name` (the zip's hash) decides where; a second call finds it there.
 * `finish` may change the folder before it counts as unpacked.
 */
export async function unpack(
  zip: Uint8Array,
  root: string,
  name: string,
  finish: (folder: string) => Promise<void> = async () => undefined,
): Promise<string> {
  const folder = join(root, name);
  if (existsSync(folder)) return folder;
  await mkdir(root, { recursive: true });
  const temporary = await mkdtemp(join(root, 'unpacking-'));
  try {
    await unpackInto(zip, temporary);
    await finish(temporary);
    // Whole or not at all: a folder under its name was unpacked to the end.
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

async function unpackInto(bytes: Uint8Array, folder: string): Promise<void> {
  // Names are checked by yauzl as it decodes them: no backslashes, no drive letters, no absolute paths, no `..`.
  const zip = await yauzl.fromBufferPromise(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
    lazyEntries: true,
    strictFileNames: true,
  });
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    const path = pathInside(folder, entry);
    if (entry.fileName.endsWith('/')) {
      await mkdir(path, { recursive: true });
      continue;
    }
    total += entry.uncompressedSize;
    if (total > UNPACKED_LIMIT) throw new Error(`unzipped size must be smaller than ${UNPACKED_LIMIT} bytes`);
    await mkdir(dirname(path), { recursive: true });
    const source = await zip.openReadStreamPromise(entry);
    await pipeline(source, createWriteStream(path, { mode: 0o755 }));
  }
}

/** Where an entry goes. @throws Error when that is outside the folder, or the entry is a link. */
function pathInside(folder: string, entry: Entry): string {
  if (((entry.externalFileAttributes >>> 16) & FILE_TYPE) === SYMLINK) {
    throw new Error(`${entry.fileName} is a symbolic link`);
  }
  const path = resolve(folder, entry.fileName);
  if (!path.startsWith(folder + sep)) throw new Error(`${entry.fileName} lies outside the zip's folder`);
  return path;
}
