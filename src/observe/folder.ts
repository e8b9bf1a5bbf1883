/** The images of a folder that are to be put into a bucket. */
import { createHash } from 'node:crypto';
import type { Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import mime from 'mime-types';
import { type LeftOut, leftOutWords, NOTHING_LEFT_OUT } from '../core/left-out.ts';
import type { ImageFile, UploadFile } from '../core/state.ts';
import { AppError } from '../errors.ts';

/** The flag that named the folder, and where it is looked for. */
export interface Asked {
  flag: '--upload' | '--images';
  cwd: string;
}

/**
 * Every image under `folder`, keys being paths with `/`, sorted. Hidden files and folders are left out: the journal and
 * its backups must never lie where the CDN can read them. So are links, which may lead out of the folder.
 * @throws AppError IMAGES_MISSING when there is no such folder, or no image in it
 */
export async function findImages(folder: string, { flag, cwd }: Asked) {
  const root = resolve(cwd, folder);
  const leftOut = { ...NOTHING_LEFT_OUT };
  const paths = await filesBelow(root, leftOut).catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw missing(`the folder ${folder} cannot be read`, why, flag, cause);
  });
  const images: ImageFile[] = paths.sort().flatMap((path) => {
    const contentType = mime.lookup(path) || '';
    return contentType.startsWith('image/')
      ? [{ path, key: relative(root, path).split(sep).join('/'), contentType }]
      : [];
  });
  leftOut.others += paths.length - images.length;
  if (images.length > 0) return { images, leftOut };
  const words = leftOutWords(leftOut);
  throw missing(`the folder ${folder} holds no images`, words ? `Of what is in it, ${words}.` : 'It is empty.', flag);
}

function missing(what: string, why: string, flag: string, cause?: unknown): AppError {
  return new AppError('IMAGES_MISSING', what, { why, fix: `correct ${flag}: the path of a folder with images`, cause });
}

/** The images with what tells whether a bucket holds them already. @throws AppError IMAGES_MISSING */
export async function readUploadFolder(folder: string, cwd: string) {
  const { images, leftOut } = await findImages(folder, { flag: '--upload', cwd });
  const upload: UploadFile[] = [];
  for (const image of images) upload.push({ ...image, ...(await identityOf(image.path)) });
  return { upload, leftOut };
}

async function identityOf(path: string) {
  const content = await readFile(path);
  return { bytes: content.length, md5: createHash('md5').update(content).digest('hex') };
}

/** Plain files by path; counts in `leftOut` what is none. */
async function filesBelow(folder: string, leftOut: LeftOut): Promise<string[]> {
  // As bytes: a name that is not UTF-8 would come as one that does not exist.
  const entries = await readdir(folder, { withFileTypes: true, encoding: 'buffer' });
  const found: string[] = [];
  for (const entry of entries) {
    const name = entry.name.toString();
    const path = join(folder, name);
    const reason = reasonAgainst(entry, name);
    if (reason) leftOut[reason] += 1;
    else if (entry.isDirectory()) found.push(...(await filesBelow(path, leftOut)));
    else found.push(path);
  }
  return found;
}

function reasonAgainst(entry: Dirent<Buffer>, name: string): keyof LeftOut | undefined {
  if (name.startsWith('.')) return 'hidden';
  if (entry.isSymbolicLink()) return 'links';
  if (!entry.name.equals(Buffer.from(name))) return 'unnamed';
  return entry.isDirectory() || entry.isFile() ? undefined : 'others';
}
