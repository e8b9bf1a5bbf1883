/** Puts the files of a folder into a bucket. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { lookup } from 'mime-types';
import { etagOf } from './digests.ts';
import { DEFAULT_TYPE, storeObject } from './objects-write.ts';
import { newBucket, type S3State } from './state.ts';

/**
 * Every file below `folder` becomes an object: its key is the path from there with `/`, its type goes by the extension.
 * Files and folders whose name starts with a dot, and symbolic links, are left out. An object with the same bytes and
 * type stays as it is, so its Last-Modified stays too.
 * @returns the number of files
 */
export async function loadFolder(s3: S3State, bucket: string, region: string, folder: string): Promise<number> {
  if (!s3.buckets.get(bucket)) s3.buckets.set(bucket, newBucket(bucket, region, s3.world.now()));
  const files = await filesBelow(folder);
  for (const file of files) {
    const bytes = await readFile(file);
    const key = relative(folder, file).split(sep).join('/');
    const contentType = lookup(file) || DEFAULT_TYPE;
    const present = s3.objects(bucket).get(key);
    if (present?.etag === etagOf(bytes) && present.contentType === contentType) continue;
    storeObject(s3, bucket, key, bytes, { contentType, metadata: {}, checksums: {}, now: s3.world.now() });
  }
  return files.length;
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const visible = entries.filter((entry) => !entry.name.startsWith('.'));
  const found = await Promise.all(
    visible.map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path);
      return entry.isFile() ? [path] : [];
    }),
  );
  return found.flat().sort();
}
