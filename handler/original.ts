/** What has to be known of an original before anything is made of it: read from its header alone. */
import type { SharpModule } from './encode.ts';
import { readExif } from './exif.ts';
import { type Format, isSvg, sniffFormat } from './formats.ts';
import { readGifHeader } from './gif-header.ts';
import type { Size } from './grammar.ts';
import { isSrgb } from './icc.ts';
import { readJpegHeader } from './jpeg-header.ts';

/** Pixels of one frame, upright. */
export interface Original extends Size {
  bytes: Buffer;
  format: Kind;
  /** EXIF's, 1-8; 1 is upright. Of an AVIF always 1: its decoder turns it. */
  orientation: number;
  frames: number;
  /** Progressive or interlaced: decoders keep all of it at once. */
  interlaced: boolean;
  /** `other`: colours have to be converted. */
  profile: 'none' | 'srgb' | 'other';
  space: 'rgb' | 'grey' | 'cmyk';
  /** More than 8 bits a channel. */
  deep: boolean;
  /** May it have transparent pixels? */
  alpha: boolean;
  /** It says more than its picture needs: EXIF, XMP, IPTC, comments. */
  talks: boolean;
  exif?: Buffer;
}

/** The formats that are read. */
export type Kind = Format | 'svg';

/** By its first bytes; undefined for everything else. */
export function kindOf(bytes: Buffer): Kind | undefined {
  return sniffFormat(bytes) ?? (isSvg(bytes) ? 'svg' : undefined);
}

/** @throws Error when the header is broken */
export async function readOriginal(sharp: SharpModule, bytes: Buffer, kind: Kind): Promise<Original> {
  return plainly(bytes, kind) ?? described(sharp, bytes, kind);
}

/** What can be read without sharp; undefined where something is unusual. */
function plainly(bytes: Buffer, kind: Kind): Original | undefined {
  if (kind === 'jpeg') return plainJpeg(bytes);
  return kind === 'gif' ? plainGif(bytes) : undefined;
}

function plainJpeg(bytes: Buffer): Original | undefined {
  const header = readJpegHeader(bytes);
  const space = header && SPACES[header.channels];
  if (!header || !space) return undefined;
  const { progressive: interlaced, talks, exif, icc } = header;
  const orientation = exif ? readExif(exif).orientation : 1;
  const size = turnedSize(header, orientation);
  const facts = { orientation, interlaced, talks, exif, profile: profileOf(icc), space };
  return { bytes, format: 'jpeg', ...size, ...facts, frames: 1, deep: false, alpha: false };
}

/** Any GIF may have transparent pixels; one of greys alone is a colour picture here. */
function plainGif(bytes: Buffer): Original | undefined {
  const header = readGifHeader(bytes);
  if (!header) return undefined;
  const facts = { orientation: 1, interlaced: false, profile: 'none', space: 'rgb', deep: false, alpha: true } as const;
  return { bytes, format: 'gif', ...header, ...facts };
}

const SPACES: Record<number, Original['space']> = { 1: 'grey', 3: 'rgb', 4: 'cmyk' };

/** sharp's names, where they differ. */
const NAMES: Partial<Record<string, Kind>> = { heif: 'avif', uhdr: 'jpeg' };

async function described(sharp: SharpModule, bytes: Buffer, format: Kind): Promise<Original> {
  // No limit, so that a picture with too many pixels can be told from a broken one.
  const found = await sharp(bytes, { limitInputPixels: false }).metadata();
  // A decoder that the first bytes do not name: nothing that an honest file leads to.
  if ((NAMES[found.format] ?? found.format) !== format) throw new Error(`${format} is decoded as ${found.format}`);
  const { space, exif, orientation = 1 } = found;
  return {
    bytes,
    format,
    ...turnedSize(found, orientation),
    orientation,
    frames: found.pages ?? 1,
    interlaced: found.isProgressive,
    profile: profileOf(found.icc),
    space: space === 'cmyk' ? 'cmyk' : space === 'b-w' || space === 'grey16' ? 'grey' : 'rgb',
    deep: found.depth !== 'uchar',
    alpha: found.hasAlpha,
    talks: [exif, found.xmp, found.iptc, found.comments].some((said) => said !== undefined),
    exif,
  };
}

function profileOf(icc: Buffer | undefined): Original['profile'] {
  if (icc === undefined) return 'none';
  return isSrgb(icc) ? 'srgb' : 'other';
}

/** Orientations from 5 on lie on their side. */
export function turnedSize({ width, height }: Size, orientation: number): Size {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}
