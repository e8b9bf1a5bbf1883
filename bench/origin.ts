/** The handler with the signed GET of the original from a server on this machine, against bare sharp that has it in memory. */
import { dirname } from 'node:path';
import type { Deps } from '../handler/handle.ts';
import { s3Origin } from '../handler/origin.ts';
import { type Duel, duel, roundsFor } from './duel.ts';
import { type Picture, pictures } from './pictures.ts';
import { atMost } from './race.ts';
import { startStore } from './store.ts';
import { bareSharp, fromMemory, handlerDeps, made, request, SIZES } from './subject.ts';
import { table } from './table.ts';

/** From 6 megapixels on (PERFORMANCE 8). */
const WORST = 1.1;
const LEAST_MEGAPIXELS = 6;

export async function benchOrigin(): Promise<boolean> {
  const all = (await pictures()).filter(({ megapixels }) => megapixels >= LEAST_MEGAPIXELS);
  const store = await startStore(dirname(all[0]?.path ?? ''));
  const fetchOriginal = s3Origin({
    credentials: () => ({ accessKeyId: 'AKIABENCH', secretAccessKey: 'secret' }),
    now: Date.now,
    endpoint: store.endpoint,
  });
  const rows: (Duel & { picture: Picture; size: string; encodes: number })[] = [];
  try {
    for (const picture of all) {
      for (const size of SIZES) {
        const variant = await made(() => request(handlerDeps(fromMemory(picture.bytes)), `d=${size}`));
        if (variant.encodes > 1) continue; // bare sharp does not know the response limit
        rows.push({ ...(await compare(picture, size, fetchOriginal)), picture, size, encodes: variant.encodes });
      }
    }
  } finally {
    store.close();
  }
  const cells = rows.map(({ picture, size, base, other, ratio, wallRatio }) => [
    picture.what,
    size,
    ...[base.wall, other.wall].map((ms) => ms.toFixed(1)),
    ratio.toFixed(2),
    wallRatio.toFixed(2),
  ]);
  console.log('the handler and its signed GET, over bare sharp with the original in memory; in turns; wall ms');
  console.log(table(['picture', 'size', 'sharp', 'handler', 'CPU', 'wall'], cells));
  return atMost('worst, CPU', Math.max(...rows.map(({ ratio }) => ratio)), WORST);
}

async function compare(picture: Picture, size: string, fetchOriginal: Deps['fetchOriginal']): Promise<Duel> {
  const variant = await made(() => request(handlerDeps(fromMemory(picture.bytes)), `d=${size}`));
  const deps = handlerDeps(fetchOriginal);
  const bare = () => bareSharp(picture.bytes, size, variant);
  const began = performance.now();
  await bare();
  const rounds = roundsFor(performance.now() - began);
  return duel(bare, async () => JSON.stringify(await request(deps, `d=${size}`, `/${picture.name}`)), rounds);
}
