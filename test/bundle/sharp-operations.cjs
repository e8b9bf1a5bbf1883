// Run as a process of its own: does with one sharp what a resizer may ask of it, and prints a hash for each result.
// node sharp-operations.cjs PATH_OF_SHARP FOLDER_OF_PHOTOGRAPHS
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const [, , path, folder] = process.argv;
const loaded = require(path);
const sharp = loaded.default ?? loaded;
sharp.cache(false);
sharp.concurrency(1);

const jpeg = readFileSync(join(folder, 'rocket.jpg'));
const png = readFileSync(join(folder, 'coffee.png'));
const small = (options) => sharp(jpeg, options).resize(96, 64);
const clear = () => sharp(png).resize(80, 60).ensureAlpha(0.5);
const plain = (background) => sharp({ create: { width: 24, height: 16, channels: 4, background } });

/** Three pages of one colour each. */
function animation() {
  const page = (value) => Buffer.alloc(24 * 16 * 3, value);
  const raw = { width: 24, height: 48, channels: 3, pageHeight: 16 };
  return sharp(Buffer.concat([page(10), page(120), page(240)]), { raw })
    .gif({ delay: [50, 60, 70], loop: 2 })
    .toBuffer();
}

async function svg() {
  const text =
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="20" height="30" fill="teal"/></svg>';
  return sharp(Buffer.from(text), { density: 144 }).png().toBuffer();
}

/** Each makes bytes, a pipeline, or plain data. */
const operations = {
  ...Object.fromEntries(
    ['cover', 'contain', 'fill', 'inside', 'outside'].map((fit) => [
      `fit ${fit}`,
      () => sharp(jpeg).resize(90, 90, { fit, background: '#336699' }).jpeg(),
    ]),
  ),
  ...Object.fromEntries(
    ['centre', 'top', 'right bottom', 'northwest', 'entropy', 'attention'].map((position) => [
      `position ${position}`,
      () => sharp(jpeg).resize(50, 90, { position }).png(),
    ]),
  ),
  'without enlargement': () => sharp(jpeg).resize(5000, 5000, { fit: 'inside', withoutEnlargement: true }).jpeg(),
  kernels: () => sharp(jpeg).resize(70, null, { kernel: 'mitchell', fastShrinkOnLoad: false }).png(),
  extract: () => sharp(jpeg).extract({ left: 40, top: 30, width: 100, height: 80 }).png(),
  extend: () => small().extend({ top: 4, left: 2, background: 'rgb(10, 200, 30)' }).png(),
  trim: () => plain('white').extend({ top: 9, background: 'black' }).trim({ background: 'black' }).png(),
  'flatten on a name': () => clear().flatten({ background: 'rebeccapurple' }).jpeg(),
  'flatten on a number': () => clear().flatten({ background: '#f08040' }).jpeg(),
  'flatten on an object': () =>
    clear()
      .flatten({ background: { r: 1, g: 2, b: 3 } })
      .jpeg(),
  tint: () => small().tint('hsl(200, 60%, 50%)').png(),
  composite: async () =>
    small()
      .composite([{ input: await plain('red').png().toBuffer(), left: 3, top: 4 }])
      .png(),
  blur: () => small().blur(2.5).png(),
  'fast blur': () => small().blur().png(),
  sharpen: () => small().sharpen({ sigma: 1.2, m1: 0.5, m2: 2 }).png(),
  median: () => small().median(3).png(),
  gamma: () => small().gamma(1.8).png(),
  normalise: () => small().normalise().png(),
  modulate: () => small().modulate({ brightness: 1.1, saturation: 0.5, hue: 90 }).png(),
  linear: () => small().linear(1.1, -5).png(),
  threshold: () => small().threshold(100).png(),
  negate: () => small().negate().png(),
  rotate: () => small().rotate(90).png(),
  'rotate by any angle': () => small().rotate(31, { background: 'gold' }).png(),
  affine: () => small().affine([1, 0.3, 0.1, 0.7], { background: '#fff', interpolator: 'nohalo' }).png(),
  'flip and flop': () => small().flip().flop().png(),
  'auto orientation': async () =>
    sharp(await small().withMetadata({ orientation: 6 }).jpeg().toBuffer())
      .autoOrient()
      .png(),
  grayscale: () => small().grayscale().jpeg(),
  'colour space b-w': () => small().toColourspace('b-w').png(),
  'colour space rgb16': () => small().toColourspace('rgb16').png(),
  'colour space cmyk': () => small().toColourspace('cmyk').jpeg(),
  channels: () => clear().removeAlpha().extractChannel('green').png(),
  joined: () =>
    small()
      .joinChannel(Buffer.alloc(96 * 64, 99), { raw: { width: 96, height: 64, channels: 1 } })
      .png(),
  raw: () => small().raw(),
  'from raw': async () => {
    const { data, info } = await small().raw().toBuffer({ resolveWithObject: true });
    return sharp(data, { raw: info }).webp();
  },
  'of nothing': () => plain({ r: 9, g: 8, b: 7, alpha: 0.5 }).png(),
  'svg rasterised': svg,
  text: () => sharp({ text: { text: 'edge', width: 60, height: 20, rgba: true } }).png(),
  'keep metadata': () => small().keepMetadata().jpeg(),
  'keep exif': () => small().keepExif().jpeg(),
  'keep profile': () => small().keepIccProfile().jpeg(),
  'with exif': () =>
    small()
      .withExif({ IFD0: { Copyright: 'somebody' } })
      .jpeg(),
  'with profile': () => small().withIccProfile('p3').jpeg(),
  'with density': () => small().withMetadata({ density: 96 }).jpeg(),
  jpeg: () => small().jpeg({ quality: 71, progressive: true, chromaSubsampling: '4:4:4' }),
  mozjpeg: () => small().jpeg({ mozjpeg: true }),
  png: () => clear().png({ compressionLevel: 9, adaptiveFiltering: true }),
  'png palette': () => clear().png({ palette: true, colours: 32, effort: 3 }),
  webp: () => small().webp({ quality: 60, effort: 2, smartSubsample: true }),
  'webp lossless': () => clear().webp({ lossless: true, alphaQuality: 50 }),
  avif: () => small().avif({ quality: 50, effort: 0 }),
  gif: () => small().gif({ effort: 1, colours: 64 }),
  tiff: () => small().tiff({ compression: 'lzw' }),
  animation,
  'animation to webp': async () =>
    sharp(await animation(), { pages: -1 })
      .resize(12, 8)
      .webp({ loop: 1 }),
  'animation to gif': async () =>
    sharp(await animation(), { animated: true })
      .resize(12, 8)
      .gif(),
  'one page': async () => sharp(await animation(), { page: 1 }).png(),
  metadata: () => sharp(png).metadata(),
  'metadata of an animation': async () => sharp(await animation(), { pages: -1 }).metadata(),
  stats: () => small().stats(),
  clone: () => small().clone().toFormat('png'),
  stream: () =>
    new Promise((done, fail) => {
      const stream = sharp().resize(30, 20).png();
      stream.toBuffer().then(done, fail);
      stream.end(jpeg);
    }),
  timeout: () => small().timeout({ seconds: 30 }).png(),
  'what is not a picture': () =>
    sharp(Buffer.from('no picture'))
      .png()
      .toBuffer()
      .catch(({ message }) => message),
  'too many pixels': () =>
    sharp(jpeg, { limitInputPixels: 10 })
      .png()
      .toBuffer()
      .catch(({ message }) => message),
  'cut off': () =>
    sharp(jpeg.subarray(0, 9000), { failOn: 'error' })
      .png()
      .toBuffer()
      .catch(({ message }) => message),
  'no such option': () => {
    try {
      return small().jpeg({ quality: 900 });
    } catch ({ message }) {
      return message;
    }
  },
  formats: () => sharp.format,
  constants: () => [sharp.fit, sharp.gravity, sharp.strategy, sharp.kernel, sharp.interpolators, sharp.colourspace],
  limits: () => [sharp.cache(), sharp.concurrency(), sharp.simd(), sharp.counters(), Object.keys(sharp).sort()],
  methods: () => Object.keys(sharp.prototype).sort(),
};

function hash(value) {
  const bytes = Buffer.isBuffer(value) ? value : JSON.stringify(value);
  return createHash('sha256').update(bytes).digest('hex').slice(0, 16);
}

async function main() {
  const results = {};
  for (const [name, operation] of Object.entries(operations)) {
    const made = await operation();
    results[name] = hash(typeof made?.toBuffer === 'function' ? await made.toBuffer() : made);
  }
  console.log(JSON.stringify(results));
}

main();
