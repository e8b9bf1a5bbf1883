/** A zip whose bytes depend on names and contents alone: not on the clock, the time zone, the folder or the order of reading. */
import { buffer } from 'node:stream/consumers';
import { ZipArchive } from 'archiver';
import { AppError } from '../errors.ts';

/** Bytes, zipped: Lambda@Edge takes no more (AWS-FACTS 1.1). */
export const MAX_ZIP_BYTES = 50 * 1024 * 1024;

export interface ZipEntry {
  /** With `/` between folders. */
  name: string;
  content: Buffer;
}

/** The earliest date that a zip can hold, so that it is the same in every zip. */
const DATE = new Date(Date.UTC(1980, 0, 1));

const ZLIB_LEVEL = 6;

/** What the bytes of a zip depend on besides its entries. */
export const ZIP_FORMAT = [1, ZLIB_LEVEL, process.versions.zlib].join(' ');

/** Zips entries in the order of their names. Files get mode 0644, as Lambda needs to read them as another user. */
export async function zip(entries: ZipEntry[]): Promise<Buffer> {
  const archive = new ZipArchive({ zlib: { level: ZLIB_LEVEL } });
  const bytes = buffer(archive);
  // append, not file: archiver reads files in parallel and would write them in the order they arrive.
  for (const { name, content } of entries.toSorted(byName)) archive.append(content, { name, date: DATE, mode: 0o644 });
  await archive.finalize();
  return bytes;
}

/** By code unit, which no locale changes. */
function byName(a: ZipEntry, b: ZipEntry): number {
  if (a.name === b.name) return 0;
  return a.name < b.name ? -1 : 1;
}

/** @throws AppError BUNDLE_TOO_LARGE */
export function checkZipSize(bytes: number): void {
  if (bytes <= MAX_ZIP_BYTES) return;
  const megabytes = (value: number) => (value / 1024 / 1024).toFixed(1);
  throw new AppError(
    'BUNDLE_TOO_LARGE',
    `The package has ${megabytes(bytes)} MB, Lambda@Edge takes ${megabytes(MAX_ZIP_BYTES)} MB`,
    {
      why: 'Lambda@Edge refuses larger ones when the function is associated.',
      fix: 'npm ci && npm run build',
      details: { bytes, limit: MAX_ZIP_BYTES },
    },
  );
}
