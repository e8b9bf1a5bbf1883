/** Originals to start from: small ones of every kind that is read, and of some that are not. */
import sharp, { type Sharp } from 'sharp';
import { animated, halfClear, photograph, SVG } from '../builders/images.ts';

export interface Start {
  name: string;
  bytes: Buffer;
}

/** The same in every run. */
export async function startingOriginals(): Promise<Start[]> {
  const small = await sharp(photograph('rocket.jpg')).resize(96, 64).png().toBuffer();
  const from = (draw: (picture: Sharp) => Sharp) => draw(sharp(small)).toBuffer();
  const made: Record<string, Buffer | Promise<Buffer>> = {
    jpeg: from((it) => it.jpeg()),
    'jpeg, progressive, 4:4:4': from((it) => it.jpeg({ progressive: true, chromaSubsampling: '4:4:4' })),
    'jpeg, grey': from((it) => it.greyscale().jpeg()),
    'jpeg, CMYK': from((it) => it.toColourspace('cmyk').withIccProfile('cmyk').jpeg()),
    'jpeg, turned, credits': from((it) =>
      it
        .withExif({ IFD0: { Copyright: 'Jané', Artist: 'A\nB' } })
        .withMetadata({ orientation: 6 })
        .jpeg(),
    ),
    'jpeg, P3': from((it) => it.withIccProfile('p3').jpeg()),
    'jpeg, a script after it': from((it) => it.jpeg()).then((bytes) => Buffer.concat([bytes, Buffer.from('<script>')])),
    png: from((it) => it.png()),
    'png, palette': from((it) => it.png({ palette: true })),
    'png, 16 bits, P3': from((it) => it.toColourspace('rgb16').withIccProfile('p3').png()),
    'png, interlaced': from((it) => it.png({ progressive: true })),
    'png, turned': from((it) => it.withMetadata({ orientation: 5 }).png()),
    'png, alpha': halfClear('png'),
    webp: from((it) => it.webp()),
    'webp, lossless': from((it) => it.webp({ lossless: true })),
    'webp, alpha': halfClear('webp'),
    'webp, moving': animated('webp'),
    gif: from((it) => it.gif()),
    'gif, moving': animated('gif'),
    avif: from((it) => it.avif({ effort: 0 })),
    'avif, alpha': halfClear('png').then((bytes) => sharp(bytes).avif({ effort: 0 }).toBuffer()),
    svg: SVG,
    'svg, large': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9000" height="1"><g/></svg>'),
    'svg, entities': Buffer.from(
      `<!DOCTYPE svg [<!ENTITY a "${'b'.repeat(99)}"><!ENTITY c "${'&a;'.repeat(99)}"><!ENTITY d "${'&c;'.repeat(99)}">]><svg xmlns="http://www.w3.org/2000/svg"><text>&d;</text></svg>`,
    ),
    tiff: from((it) => it.tiff()),
    pdf: Buffer.from('%PDF-1.4\n%âãÏÓ\n1 0 obj\n<<>>\nendobj'),
    html: Buffer.from('<!doctype html><svg onload=alert(1)></svg>'),
    nothing: Buffer.alloc(0),
    'one byte': Buffer.from([0xff]),
    zeros: Buffer.alloc(5000),
  };
  return Promise.all(Object.entries(made).map(async ([name, bytes]) => ({ name, bytes: await bytes })));
}

/** Small files that unpack to much: what they ask for is near the limits or beyond them. */
export async function bombs(): Promise<Start[]> {
  const flat = (width: number, height: number) =>
    sharp({ create: { width, height, channels: 3, background: '#369' }, limitInputPixels: false });
  const made: Record<string, Buffer | Promise<Buffer>> = {
    'png of 81 MP': flat(9000, 9000).png({ palette: true, colours: 2 }).toBuffer(),
    'png of 30 MP, interlaced': flat(6000, 5000).png({ progressive: true }).toBuffer(),
    'png of 200 MP': flat(20_000, 10_000).greyscale().png().toBuffer(),
    'jpeg of 99 MP': flat(11_000, 9000).jpeg().toBuffer(),
    'jpeg of 64 MP, progressive': flat(8000, 8000).jpeg({ progressive: true }).toBuffer(),
    'jpeg, 65,500 wide': flat(65_500, 20).jpeg().toBuffer(),
    'webp of 60 MP': flat(16_000, 3750).webp({ effort: 0 }).toBuffer(),
    'webp of 130 MP': flat(16_000, 8125).webp({ effort: 0 }).toBuffer(),
    'avif of 36 MP': flat(6000, 6000).avif({ effort: 0 }).toBuffer(),
    'gif of 60 MP': flat(10_000, 6000).gif({ effort: 1 }).toBuffer(),
    'gif of 65,535 frames': gifOf(1, 1, 65_535),
    'gif of 300 frames of 2 MP': gifOf(2000, 1000, 300),
    'gif of 20 frames of 1 MP': gifOf(1000, 1000, 20),
  };
  return Promise.all(Object.entries(made).map(async ([name, bytes]) => ({ name, bytes: await bytes })));
}

/** Frames of one pixel each on a canvas of any size (GIF89a specification, 18 to 23). */
export function gifOf(width: number, height: number, frames: number): Buffer {
  const screen = Buffer.from([...Buffer.from('GIF89a'), 0, 0, 0, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 255]);
  screen.writeUInt16LE(width, 6);
  screen.writeUInt16LE(height, 8);
  const control = [0x21, 0xf9, 4, 0, 5, 0, 0, 0];
  const image = [0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0];
  const frame = Buffer.from([...control, ...image]);
  return Buffer.concat([screen, ...Array(frames).fill(frame), Buffer.from([0x3b])]);
}
