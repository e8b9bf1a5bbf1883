/**
 * The pictures of the benchmarks, made from the project's photographs: the same bytes in every run, kept in a temporary
 * folder. One photograph enlarged to 24 megapixels would be smooth and cheap to decode, so each picture is a mosaic of
 * all photographs at about twice their size, with grain like a sensor's on top: files come to 0.2 to 0.5 bytes a
 * pixel, as a camera's do.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { photograph } from '../test/builders/images.ts';

export interface Picture {
  name: PictureName;
  /** What it stands for. */
  what: string;
  path: string;
  bytes: Buffer;
  /** Of the stored pixels, before EXIF orientation. */
  megapixels: number;
}

/** Recipes by name: width, height and what becomes of the mosaic. */
const RECIPES = {
  'small.jpg': { what: '0.5 MP JPEG, no profile', width: 816, height: 612, make: jpeg },
  '6mp.jpg': { what: '6 MP JPEG, no profile', width: 2848, height: 2136, make: jpeg },
  '10mp-srgb.jpg': { what: '10 MP JPEG 4:4:4, sRGB profile', width: 3872, height: 2592, make: srgb444 },
  '12mp-p3.jpg': { what: '12 MP JPEG, Display-P3', width: 4032, height: 3024, make: p3 },
  '12mp-p3-turned.jpg': { what: '12 MP JPEG, Display-P3, orientation 6', width: 4032, height: 3024, make: p3Turned },
  '24mp-turned.jpg': { what: '24 MP JPEG, sRGB profile, orientation 6', width: 6000, height: 4000, make: turned },
  '24mp-progressive.jpg': {
    what: '24 MP progressive JPEG, sRGB profile',
    width: 6000,
    height: 4000,
    make: progressive,
  },
  '10mp-cmyk.jpg': { what: '10 MP JPEG, CMYK profile', width: 3872, height: 2592, make: cmyk },
  '6mp-alpha.png': { what: '6 MP PNG with alpha, 16 MB', width: 3328, height: 1872, make: alpha },
  '10mp.webp': { what: '10 MP WebP', width: 3872, height: 2592, make: (mosaic: Sharp) => mosaic.webp({ quality: 85 }) },
  '6mp.avif': { what: '6 MP AVIF', width: 2848, height: 2136, make: (mosaic: Sharp) => mosaic.avif({ effort: 2 }) },
  'animated.gif': { what: 'GIF, 24 frames of 480x270', width: 480, height: 270, make: animated },
} satisfies Record<string, Recipe>;

export type PictureName = keyof typeof RECIPES;

interface Recipe {
  what: string;
  width: number;
  height: number;
  make(mosaic: Sharp): Sharp | Promise<Sharp>;
}

/** All of them, made where they are not there yet. */
export async function pictures(): Promise<Picture[]> {
  const folder = pictureFolder();
  mkdirSync(folder, { recursive: true });
  const made: Picture[] = [];
  for (const [name, recipe] of Object.entries(RECIPES) as [PictureName, Recipe][]) {
    const path = join(folder, name);
    if (!existsSync(path)) {
      const picture = await recipe.make(await mosaic(recipe.width, recipe.height));
      writeFileSync(`${path}.part`, await picture.toBuffer());
      renameSync(`${path}.part`, path);
    }
    const bytes = readFileSync(path);
    made.push({ name, what: recipe.what, path, bytes, megapixels: (recipe.width * recipe.height) / 1e6 });
  }
  return made;
}

/** Another recipe or another sharp, another folder. */
function pictureFolder(): string {
  const hash = createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .update(JSON.stringify(sharp.versions));
  return join(tmpdir(), `edge-resize-bench-${hash.digest('hex').slice(0, 12)}`);
}

const PHOTOGRAPHS = ['hubble_deep_field.jpg', 'astronaut.png', 'coffee.png', 'rocket.jpg', 'chelsea.png'] as const;
const TILE = { width: 1024, height: 768 };
/** A deviation in levels of 255: what a small sensor shows at ISO 200 to 400 (INF). */
const GRAIN = 3;

/**
 * Photographs side by side, shifted from row to row, under grain.
 * @param grain its deviation in levels of 255
 */
export async function mosaic(width: number, height: number, grain = GRAIN): Promise<Sharp> {
  const tiles = await Promise.all(
    PHOTOGRAPHS.map((name) => sharp(photograph(name)).removeAlpha().resize(TILE.width, TILE.height).png().toBuffer()),
  );
  const columns = Math.ceil(width / TILE.width);
  const rows = Math.ceil(height / TILE.height);
  const layers = Array.from({ length: columns * rows }, (_, index) => {
    const [column, row] = [index % columns, Math.floor(index / columns)];
    return { input: tiles[(column + 2 * row) % tiles.length], left: column * TILE.width, top: row * TILE.height };
  });
  const canvas = {
    width: columns * TILE.width,
    height: rows * TILE.height,
    channels: 3,
    background: '#888',
  } as const;
  const whole = await sharp({ create: canvas }).composite(layers).removeAlpha().raw().toBuffer();
  const pixels = await sharp(whole, { raw: { width: canvas.width, height: canvas.height, channels: 3 } })
    .extract({ left: 0, top: 0, width, height })
    .raw()
    .toBuffer();
  addGrain(pixels, grain);
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** Nearly normal noise, from a generator with a fixed start. */
function addGrain(pixels: Buffer, deviation: number): void {
  let state = 0x9e3779b9;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  // A prime length, so that rows do not repeat it. Four uniforms of variance 1/12 add up to a deviation of 0.577.
  const grain = Int8Array.from({ length: 1_000_003 }, () =>
    Math.round(((uniform() + uniform() + uniform() + uniform()) * deviation) / 0.577),
  );
  for (let at = 0; at < pixels.length; at += 1) {
    const value = (pixels[at] ?? 0) + (grain[at % grain.length] ?? 0);
    pixels[at] = value < 0 ? 0 : value > 255 ? 255 : value;
  }
}

function jpeg(mosaic: Sharp): Sharp {
  return mosaic.jpeg({ quality: 90 });
}

function srgb444(mosaic: Sharp): Sharp {
  return mosaic.withIccProfile('srgb').jpeg({ quality: 90, chromaSubsampling: '4:4:4' });
}

function p3(mosaic: Sharp): Sharp {
  return mosaic.withIccProfile('p3').jpeg({ quality: 90 });
}

function p3Turned(mosaic: Sharp): Sharp {
  return mosaic.withMetadata({ orientation: 6 }).withIccProfile('p3').jpeg({ quality: 90 });
}

function turned(mosaic: Sharp): Sharp {
  return mosaic.withMetadata({ orientation: 6 }).withIccProfile('srgb').jpeg({ quality: 90 });
}

function progressive(mosaic: Sharp): Sharp {
  return mosaic.withIccProfile('srgb').jpeg({ quality: 90, progressive: true });
}

function cmyk(mosaic: Sharp): Sharp {
  return mosaic.toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 80 });
}

/** Clear at the edges: an oval of the picture stays. */
async function alpha(mosaic: Sharp): Promise<Sharp> {
  const { width, height } = RECIPES['6mp-alpha.png'];
  const oval = Buffer.from(
    `<svg width="${width}" height="${height}"><ellipse cx="50%" cy="50%" rx="52%" ry="52%" fill="#000"/></svg>`,
  );
  const cut = await mosaic
    .ensureAlpha()
    .composite([{ input: oval, blend: 'dest-in' }])
    .raw()
    .toBuffer();
  return sharp(cut, { raw: { width, height, channels: 4 } }).png();
}

/** The picture slides by a few pixels a frame. */
async function animated(): Promise<Sharp> {
  const { width, height } = RECIPES['animated.gif'];
  const wide = await (await mosaic(width + 24 * 8, height)).png().toBuffer();
  const frames = await Promise.all(
    Array.from({ length: 24 }, (_, index) =>
      sharp(wide)
        .extract({ left: index * 8, top: 0, width, height })
        .png()
        .toBuffer(),
    ),
  );
  return sharp(frames, { join: { animated: true } }).gif({ delay: frames.map(() => 80), effort: 3 });
}
