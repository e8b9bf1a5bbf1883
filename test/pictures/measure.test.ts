/** The measure sees what a faulty transform would do, to each of the photographs, and lets pass what is only compressed. */
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { likeness, type Pixels, pixelsOf } from './measure.ts';
import { naive, step } from './naive.ts';
import { PHOTOGRAPHS, photographPixels } from './originals.ts';
import { EXACT, LOSSY, type Tolerance } from './tolerances.ts';

const SIZE = { width: 160, height: 120 };

const passes = (found: Pixels, expected: Pixels, tolerance: Tolerance) => {
  const { ssim, colour, alpha } = likeness(found, expected);
  return ssim >= tolerance.ssim && colour <= tolerance.colour && alpha <= 3;
};

/** What may go wrong, as a picture of the same size. */
const FAULTS: Record<string, (it: Pixels, original: Pixels) => Promise<Pixels>> = {
  'one pixel to the side': (it) =>
    step(it, (s) => s.extract({ left: 1, top: 0, width: 159, height: 120 }).extend({ right: 1, extendWith: 'copy' })),
  'two pixels down': (it) =>
    step(it, (s) => s.extract({ left: 0, top: 0, width: 160, height: 118 }).extend({ top: 2, extendWith: 'copy' })),
  mirrored: (it) => step(it, (s) => s.flop()),
  'upside down': (it) => step(it, (s) => s.flip()),
  'turned by 180': (it) => step(it, (s) => s.rotate(180)),
  'cut elsewhere': (_, original) =>
    naive(original, { ...SIZE, keep: { x: 0, y: 0 } }).then((it) =>
      step(it, (s) => s.resize(170, 130, { fit: 'fill' }).extract({ left: 5, top: 5, ...SIZE })),
    ),
  'squeezed and not cut': (_, original) => naive(original, { ...SIZE, fit: 'fill' }),
  'a nearest neighbour': (_, original) =>
    step(original, (s) => s.resize(SIZE.width, SIZE.height, { kernel: 'nearest' })),
  soft: (it) => step(it, (s) => s.blur(0.8)),
  'too bright': (it) => step(it, (s) => s.linear(1, 8)),
  'red and blue changed': (it) =>
    step(it, (s) =>
      s.recomb([
        [0, 0, 1],
        [0, 1, 0],
        [1, 0, 0],
      ]),
    ),
  'half clear': (it) => step(it, (s) => s.removeAlpha().ensureAlpha(0.5)),
};

describe.each(PHOTOGRAPHS)('%s', (name) => {
  const ready = photographPixels(name).then(async (original) => ({ original, right: await naive(original, SIZE) }));

  it.each(Object.keys(FAULTS))('%s is seen', async (fault) => {
    const { original, right } = await ready;
    const wrong = await FAULTS[fault]?.(right, original);
    if (!wrong) throw new Error(fault);
    expect(passes(wrong, right, EXACT)).toBe(false);
  });

  it.each(Object.entries(LOSSY))('%s passes at its quality, and mirrored it does not', async (format, tolerance) => {
    const { right } = await ready;
    for (const fault of ['mirrored', 'two pixels down', 'too bright', 'red and blue changed']) {
      const wrong = await FAULTS[fault]?.(right, right);
      expect(wrong && passes(wrong, right, tolerance), `${format}: ${fault}`).toBe(false);
    }
  });
});

// Deep space is grey in any profile.
it.each(PHOTOGRAPHS.filter((name) => name !== 'hubble_deep_field.jpg'))(
  '%s: colours that nobody managed are seen',
  async (name) => {
    const right = await naive(await photographPixels(name), SIZE);
    const stored = await encoded(right, (it) => it.withIccProfile('p3').png());
    const wrong = await pixelsOf(await sharp(stored, { ignoreIcc: true }).png().toBuffer());
    expect(passes(wrong, right, EXACT)).toBe(false);
    expect(passes(await pixelsOf(stored), right, EXACT)).toBe(true);
  },
);

function encoded({ data, width, height, channels }: Pixels, how: (it: Sharp) => Sharp): Promise<Buffer> {
  return how(sharp(data, { raw: { width, height, channels } })).toBuffer();
}
