/** Photographs of the project, and odd pictures made from them by code. */
import { readFileSync } from 'node:fs';
import sharp from 'sharp';

/** A photograph of test/fixtures/images. */
export function photograph(
  name: 'rocket.jpg' | 'hubble_deep_field.jpg' | 'astronaut.png' | 'chelsea.png' | 'coffee.png',
): Buffer {
  return readFileSync(new URL(`../fixtures/images/${name}`, import.meta.url));
}

/** The same photograph in another format. */
export function photographAs(format: 'jpeg' | 'png' | 'webp' | 'avif' | 'gif' | 'tiff'): Promise<Buffer> {
  return sharp(photograph('rocket.jpg')).toFormat(format).toBuffer();
}

/** How to turn an upright picture so that EXIF orientation `n` turns it back. */
const TURNS: Record<number, { flop?: boolean; angle?: number }> = {
  1: {},
  2: { flop: true },
  3: { angle: 180 },
  4: { flop: true, angle: 180 },
  5: { flop: true, angle: 270 },
  6: { angle: 270 },
  7: { flop: true, angle: 90 },
  8: { angle: 90 },
};

/** A photograph whose pixels lie as a camera would store them under an EXIF orientation, 1 to 8. Lossless (PNG), so that pixels can be compared. */
export async function oriented(upright: Buffer, orientation: number): Promise<Buffer> {
  const { flop = false, angle = 0 } = TURNS[orientation] ?? {};
  const flopped = await sharp(upright).flop(flop).png().toBuffer();
  return sharp(flopped).rotate(angle).withMetadata({ orientation }).png().toBuffer();
}

/** Pixels that no encoder can squeeze, the same in every run. */
export function noise(width: number, height: number): Promise<Buffer> {
  let state = 0x9e3779b9;
  const pixels = Buffer.alloc(width * height * 3).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}

/** Two frames, red and then blue. */
export async function animated(format: 'gif' | 'webp'): Promise<Buffer> {
  const frame = (background: string) =>
    sharp({ create: { width: 60, height: 40, channels: 3, background } })
      .png()
      .toBuffer();
  const frames = await Promise.all([frame('#f00'), frame('#00f')]);
  return sharp(frames, { join: { animated: true } })
    .toFormat(format, { loop: 0, delay: [100, 100] })
    .toBuffer();
}

/** Left half opaque green, right half clear. */
export async function halfClear(format: 'png' | 'webp'): Promise<Buffer> {
  const green = { create: { width: 50, height: 100, channels: 4, background: '#00ff00ff' } } as const;
  return sharp({ create: { width: 100, height: 100, channels: 4, background: '#00000000' } })
    .composite([{ input: green, left: 0, top: 0 }])
    .toFormat(format, format === 'webp' ? { lossless: true } : {})
    .toBuffer();
}

export const SVG = Buffer.from(
  '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="50" height="50"><script>alert(1)</script><rect width="50" height="50"/></svg>',
);
