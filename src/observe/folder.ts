/** The files of a folder that are to be put into a bucket. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import mime from 'mime-types';
import type { UploadFile } from '../core/state.ts';
import { AppError } from '../errors.ts';

/**
 * Every file under `folder`, keys being paths with `/`, sorted. Hidden files and folders are left out: the journal and
 * its backups must never lie where the CDN can read them.
 * @throws AppError IMAGES_MISSING when there is no such folder, or nothing in it
 */
export async function readUploadFolder(folder: string, cwd: string): Promise<UploadFile[]> {
  const root = resolve(cwd, folder);
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new AppError('IMAGES_MISSING', `the folder ${folder} cannot be read`, {
      why: cause instanceof Error ? cause.message : String(cause),
      fix: 'correct --upload: the path of a folder with images',
      cause,
    });
  });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !isHidden(relative(root, path)))
    .sort();
  if (paths.length === 0) {
    throw new AppError('IMAGES_MISSING', `the folder ${folder} holds no files`, {
      fix: 'correct --upload: the path of a folder with images',
    });
  }
  const files: UploadFile[] = [];
  for (const path of paths) files.push(await uploadFile(root, path));
  return files;
}

async function uploadFile(root: string, path: string): Promise<UploadFile> {
  const content = await readFile(path);
  return {
    path,
    key: relative(root, path).split(sep).join('/'),
    bytes: content.length,
    md5: createHash('md5').update(content).digest('hex'),
    contentType: mime.lookup(path) || 'application/octet-stream',
  };
}

function isHidden(path: string): boolean {
  return path.split(sep).some((part) => part.startsWith('.'));
}
