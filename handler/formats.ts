/** The formats that are resized, told by the first bytes: a name or a Content-Type may lie. */

export type Format = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif';

export const MEDIA_TYPES = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif',
  gif: 'image/gif',
} as const satisfies Record<Format, string>;

/** The formats that keep more than one frame. */
export function animates(format: Format): boolean {
  return format === 'gif' || format === 'webp';
}

/** The formats that have no transparency. */
export function isOpaque(format: Format): boolean {
  return format === 'jpeg';
}

/**
 * The format of an image, or undefined for everything else. What is not listed (TIFF, HEIC, PDF, …) never
 * reaches a decoder. A file may be something else as well, further on: nobody reads that part, and it is not in a variant.
 */
export function sniffFormat(bytes: Buffer): Format | undefined {
  const text = (start: number, end: number) => bytes.toString('latin1', start, end);
  if (text(0, 3) === '\xff\xd8\xff') return 'jpeg';
  if (text(0, 8) === '\x89PNG\r\n\x1a\n') return 'png';
  if (text(0, 6) === 'GIF87a' || text(0, 6) === 'GIF89a') return 'gif';
  if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'webp';
  if (text(4, 8) === 'ftyp' && brands(bytes).some((brand) => brand === 'avif' || brand === 'avis')) return 'avif';
  return undefined;
}

/** Major and compatible brands of an ISO media file: the four-letter codes of its `ftyp` box. */
function brands(bytes: Buffer): string[] {
  const end = Math.min(bytes.length, bytes.readUInt32BE(0), 256);
  const codes = bytes.toString('latin1', 8, end).match(/.{4}/gs) ?? [];
  return codes.filter((_, index) => index !== 1); // the second is a version number
}

/** Bytes in which libvips looks for the root element too. */
const SVG_HEAD = 1000;
/** What may stand before the root element: a byte order mark, declarations and comments. */
const SVG = /^(?:\ufeff)?\s*(?:<(?:\?[^>]*|!--(?:(?!-->)[\s\S])*--|![a-z][^>[]*(?:\[[^\]]*\]\s*)?)>\s*)*<svg[\s/>]/i;

/** Is it an SVG? Only a text whose root element is one; HTML with an SVG in it is not. */
export function isSvg(bytes: Buffer): boolean {
  return SVG.test(bytes.toString('utf8', 0, SVG_HEAD));
}
