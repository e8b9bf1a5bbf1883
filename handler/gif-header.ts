/**
 * What a GIF says of its frames (GIF89a specification). sharp's `metadata()` tells the same, and looks through all of
 * the file for it as decoding does again: a tenth of the CPU of a thumbnail.
 */

export interface GifHeader {
  /** Of the logical screen, in pixels. */
  width: number;
  height: number;
  frames: number;
  /** It has comments, or another application's data than the number of loops. */
  talks: boolean;
}

const [EXTENSION, IMAGE, TRAILER] = [0x21, 0x2c, 0x3b];
const [COMMENT, PLAIN_TEXT, APPLICATION] = [0xfe, 0x01, 0xff];
const LOOPS = ['NETSCAPE2.0', 'ANIMEXTS1.0'];

/** @returns undefined for anything that is not plainly a whole GIF */
export function readGifHeader(bytes: Buffer): GifHeader | undefined {
  try {
    return headerOf(bytes);
  } catch {
    return undefined; // a block that leads out of the file
  }
}

function headerOf(bytes: Buffer): GifHeader | undefined {
  const header: GifHeader = { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8), frames: 0, talks: false };
  let at = 13 + colours(bytes.readUInt8(10));
  for (let block = bytes.readUInt8(at); block !== TRAILER; block = bytes.readUInt8(at)) {
    if (block === EXTENSION) {
      header.talks ||= says(bytes, at + 1);
      at = afterBlocks(bytes, at + 2);
    } else if (block === IMAGE) {
      header.frames += 1;
      at = afterBlocks(bytes, at + 11 + colours(bytes.readUInt8(at + 9)));
    } else return undefined;
  }
  return header.width && header.height && header.frames ? header : undefined;
}

/** Bytes of the colour table that a byte of flags announces. */
function colours(flags: number): number {
  return flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0;
}

function says(bytes: Buffer, label: number): boolean {
  const kind = bytes.readUInt8(label);
  if (kind === APPLICATION) return !LOOPS.includes(bytes.toString('latin1', label + 2, label + 13));
  return kind === COMMENT || kind === PLAIN_TEXT;
}

/** The place after a row of sub-blocks, each of which begins with its length; 0 ends it. */
function afterBlocks(bytes: Buffer, start: number): number {
  let at = start;
  for (let length = bytes.readUInt8(at); length > 0; length = bytes.readUInt8(at)) at += length + 1;
  return at + 1;
}
