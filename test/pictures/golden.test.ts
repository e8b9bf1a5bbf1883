/**
 * Crops that libvips chooses by what is in the picture: no arithmetic says what is right, so what a person found right is
 * kept in golden/. `npx vitest run test/pictures/golden.test.ts -u` writes the files anew.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { photograph } from '../builders/images.ts';
import { picture } from './kit.ts';
import { expectAlike, likeness, pixelsOf } from './measure.ts';
import { naive } from './naive.ts';
import { PHOTOGRAPHS, photographPixels } from './originals.ts';

describe.each(PHOTOGRAPHS)('%s', (name) => {
  it.each([
    ['attention', 'd=32x64,pos=attention,f=png'],
    ['entropy', 'd=32x64,pos=entropy,f=png'],
    ['attention-wide', 'd=64x24,pos=attention,f=png'],
  ])('%s', async (what, query) => {
    const made = await picture(photograph(name), query);
    const file = join(import.meta.dirname, 'golden', `${name.replace(/\..*/, '')}-${what}.png`);
    if (isUpdate() || !existsSync(file)) writeFileSync(file, await sharp(made).png({ compressionLevel: 9 }).toBuffer());
    expectAlike(await pixelsOf(made), await pixelsOf(readFileSync(file)));
  });
});

it('what a golden file shows is not what the middle would', async () => {
  const name = 'chelsea.png';
  const middle = await naive(await photographPixels(name), { width: 64, height: 24 });
  const golden = await pixelsOf(readFileSync(join(import.meta.dirname, 'golden/chelsea-attention-wide.png')));
  expect(likeness(golden, middle).ssim).toBeLessThan(0.8);
});

/** Was vitest called with -u? As image snapshots find it out. */
function isUpdate(): boolean {
  const { snapshotState } = expect.getState() as unknown as { snapshotState: { _updateSnapshot?: string } };
  return snapshotState._updateSnapshot === 'all';
}
