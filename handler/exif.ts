/** The few fields of EXIF that matter here (EXIF 2.32, 4.6: a TIFF header and its first directory). */

export interface Exif {
  /** How the stored pixels lie, 1-8; 1 is upright. */
  orientation: number;
  copyright?: string;
  artist?: string;
}

const TAGS = { orientation: 0x0112, artist: 0x013b, copyright: 0x8298 };
const ASCII = 2;
const SHORT = 3;
/** Bytes before the TIFF header: `Exif`, 0, 0. */
const PREFIX = 6;
const MOST_ENTRIES = 200;
const MOST_TEXT = 1000;

/** @param bytes from `Exif\0\0` on, as JPEG and sharp hold it. What is broken is left out; never throws. */
export function readExif(bytes: Buffer): Exif {
  const exif: Exif = { orientation: 1 };
  const tiff = bytes.subarray(PREFIX);
  const little = tiff.toString('latin1', 0, 2) === 'II';
  const short = (at: number) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const long = (at: number) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));
  const text = (at: number) => {
    const length = long(at + 4);
    const start = length <= 4 ? at + 8 : long(at + 8);
    return tiff
      .toString('utf8', start, start + Math.min(length, MOST_TEXT))
      .replace(/\0[\s\S]*$/, '')
      .trim();
  };
  try {
    const directory = long(4);
    const entries = Math.min(short(directory), MOST_ENTRIES);
    for (let at = directory + 2; at < directory + 2 + 12 * entries; at += 12) {
      const [tag, type] = [short(at), short(at + 2)];
      if (tag === TAGS.orientation && type === SHORT) exif.orientation = orientation(short(at + 8));
      if (tag === TAGS.artist && type === ASCII) exif.artist = text(at) || undefined;
      if (tag === TAGS.copyright && type === ASCII) exif.copyright = text(at) || undefined;
    }
  } catch {
    // An offset that leads out of the file: what was read before it stays.
  }
  return exif;
}

function orientation(value: number): number {
  return value >= 1 && value <= 8 ? value : 1;
}
