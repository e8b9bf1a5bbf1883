/** What the benchmarks rest on: that encodes are seen, and that bare sharp encodes by the same options. */
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { similarity } from '../../bench/same.ts';
import { bareSharp, fromMemory, handlerDeps, made, request, watchEncodes } from '../../bench/subject.ts';
import { noise, photograph } from '../builders/images.ts';

const rocket = photograph('rocket.jpg');

test('every encode is seen, of clones too, and pixels between two steps are not', async () => {
  const { encodes } = await watchEncodes(async () => {
    const small = await sharp(rocket).resize(20, 20).tiff({ compression: 'none' }).toBuffer();
    const picture = sharp(small);
    await picture.clone().webp({ quality: 33 }).toBuffer();
    await picture.clone().raw().toBuffer();
    await picture.clone().jpeg({ quality: 44 }).toBuffer();
  });
  expect(encodes.map(({ format }) => format)).toEqual(['webp', 'jpeg']);
  expect(encodes[0]?.options).toMatchObject({ webpQuality: 33 });
  expect(encodes[1]?.options).toMatchObject({ jpegQuality: 44 });
});

test('nothing is watched afterwards', async () => {
  const { encodes } = await watchEncodes(async () => {});
  await sharp(rocket).resize(20, 20).jpeg().toBuffer();
  expect(encodes).toEqual([]);
});

test('bare sharp makes the picture that the handler makes, and another size or crop is told from it', async () => {
  const variant = await made(() => request(handlerDeps(fromMemory(rocket)), 'd=64x48'));
  expect(variant).toMatchObject({ encodes: 1, animated: false, encoder: { format: 'jpeg' } });
  const bare = await bareSharp(rocket, '64x48', variant);
  expect(await similarity(bare, variant.bytes)).toBeGreaterThan(0.99);
  expect(await similarity(await bareSharp(rocket, '64x47', variant), variant.bytes)).toBeNaN();
  expect(await similarity(await sharp(bare).flop().toBuffer(), variant.bytes)).toBeLessThan(0.9);
});

test('a picture over the limit is encoded again, and that is counted', async () => {
  const original = await sharp(await noise(900, 900))
    .jpeg({ quality: 100 })
    .toBuffer();
  const deps = handlerDeps(fromMemory(original), { responseLimitBytes: 200_000 });
  const variant = await made(() => request(deps, 'd=800x800'));
  expect(variant.encodes).toBeGreaterThan(1);
  expect(variant.bytes.length).toBeLessThan(150_000);
});
