/** Every option and every fit, position and format of the grammar, on the photographs of the project. */
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { OPTION_NAMES } from '../../handler/grammar.ts';
import { photograph } from '../builders/images.ts';
import { EFFECTS, POSITIONS, RESIZES } from './cases.ts';
import { picture } from './kit.ts';
import { expectAlike, pixelsOf } from './measure.ts';
import { naive } from './naive.ts';
import { encode, PHOTOGRAPHS, type Photograph, photographPixels } from './originals.ts';
import { LOSSY, PLACEHOLDER, SHRUNK } from './tolerances.ts';

const FORMATS = [
  ['jpeg', 'image/jpeg'],
  ['png', 'image/png'],
  ['webp', 'image/webp'],
  ['avif', 'image/avif'],
  ['gif', 'image/gif'],
] as const;

describe.each(PHOTOGRAPHS)('%s', (name) => {
  it.each([...RESIZES, ...POSITIONS, ...EFFECTS])('?%s', async (query, steps) => {
    const made = await picture(await withoutEdges(name), query);
    expectAlike(await pixelsOf(made), await naive(await photographPixels(name), steps));
  });

  it.each(FORMATS)('in %s', async (format) => {
    const made = await picture(photograph(name), `d=200x150,f=${format}`);
    const tolerance = format === 'png' ? undefined : LOSSY[format];
    const expected = await naive(await photographPixels(name), { width: 200, height: 150 });
    expectAlike(await pixelsOf(made), expected, tolerance, format);
    const { format: found } = await sharp(made).metadata();
    expect(found === 'heif' ? 'avif' : found).toBe(format);
  });

  it.each(['jpeg', 'webp', 'avif'] as const)('%s is the better the higher its quality', async (format) => {
    const expected = await naive(await photographPixels(name), { width: 200, height: 150 });
    const tolerances = { 20: { ssim: 0.7, colour: 14 }, 95: { ssim: 0.97, colour: 3 } };
    const sizes: number[] = [];
    for (const [q, tolerance] of Object.entries(tolerances)) {
      const made = await picture(photograph(name), `d=200x150,f=${format},q=${q}`);
      expectAlike(await pixelsOf(made), expected, tolerance, `${format} at ${q}`);
      sizes.push(made.length);
    }
    expect(sizes[0]).toBeLessThan((sizes[1] ?? 0) / 2);
  });

  it('a placeholder is the picture, small and soft', async () => {
    const original = await photographPixels(name);
    const expected = await naive(original, { width: 32, height: 32, fit: 'inside', blur: 1 });
    expectAlike(await pixelsOf(await picture(photograph(name), 'lqip=1')), expected, PLACEHOLDER);
  });
});

/** As it is; the one JPEG with hard edges as PNG, so that what a decoder makes of them is no part of the comparison. */
async function withoutEdges(name: Photograph): Promise<Buffer> {
  return name === 'rocket.jpg' ? encode(await photographPixels(name), (it) => it.png()) : photograph(name);
}

it.each([...RESIZES, ...POSITIONS])('a JPEG with hard edges: ?%s', async (query, steps) => {
  const made = await picture(photograph('rocket.jpg'), query);
  expectAlike(await pixelsOf(made), await naive(await photographPixels('rocket.jpg'), steps), SHRUNK);
});

it('every option of the grammar is among the cases, or has a test of its own', () => {
  const elsewhere = ['lqip', 'q', 'keep', 'anim'];
  const all = [...RESIZES, ...POSITIONS, ...EFFECTS].map(([query]) => query).join('\n');
  const left = OPTION_NAMES.filter((name) => !elsewhere.includes(name) && !new RegExp(`[?,&]${name}=`).test(`?${all}`));
  expect(left).toEqual([]);
});
