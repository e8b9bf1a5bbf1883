import { readExif } from '../exif.ts';
import type { Transform } from '../plan.ts';

/** Copyright and Artist of the original's EXIF, and nothing else of it. libexif writes them in ASCII: é becomes e. */
export const keepCredits: Transform<'copyright'> = (plan, _value, { exif }) => {
  if (!exif) return;
  const { copyright: Copyright, artist: Artist } = readExif(exif);
  if (Copyright || Artist) plan.exif = { ...(Copyright && { Copyright }), ...(Artist && { Artist }) };
};
