/** The images of a folder that are to be put into a bucket. */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import mime from 'mime-types';
import type { UploadFile } from '../core/state.ts';
import { AppError } from '../errors.ts';

export interface UploadFolder {
  images: UploadFile[];
  /** Files that are no images by their names, and are left out. */
  skipped: number;
}

/**
 * Every image under `folder`, keys being paths with `/`, sorted. Hidden files and folders are left out unseen: the
 * journal and its backups must never lie where the CDN can read them.
 * @throws AppError IMAGES_MISSING when there is no such folder, or no image in it
 */
export async function readUploadFolder(folder: string, cwd: string): Promise<UploadFolder> {
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
  const images = paths.flatMap((path) => {
    const contentType = mime.lookup(path) || '';
    return contentType.startsWith('image/') ? [{ path, contentType }] : [];
  });
  if (images.length === 0) {
    throw new AppError('IMAGES_MISSING', `the folder ${folder} holds no images`, {
      why: paths.length > 0 ? `None of its ${paths.length} files is an image by its name.` : 'It is empty.',
      fix: 'correct --upload: the path of a folder with images',
    });
  }
  const files: UploadFile[] = [];
  for (const { path, contentType } of images) files.push({ ...(await identityOf(root, path)), contentType });
  return { images: files, skipped: paths.length - images.length };
}

async function identityOf(root: string, path: string) {
  const content = await readFile(path);
  return {
    path,
    key: relative(root, path).split(sep).join('/'),
    bytes: content.length,
    md5: createHash('md5').update(content).digest('hex'),
  };
}

function isHidden(path: string): boolean {
  return path.split(sep).some((part) => part.startsWith('.'));
}
