/** The handler with the original in memory, against bare sharp that makes the same picture. */
import { type Duel, duel, geometricMean, roundsFor } from './duel.ts';
import { type Picture, pictures } from './pictures.ts';
import { atLeast, atMost } from './race.ts';
import { similarity } from './same.ts';
import { bareSharp, fromMemory, handlerDeps, made, request, SIZES } from './subject.ts';
import { table } from './table.ts';

/** PERFORMANCE 8. Nothing beats sharp's own way for CMYK. */
const MEAN = 0.85;
const WORST = 1.05;
const WORST_CMYK = 1.15;
/** Less is another picture: another crop, another orientation, other colours. */
const SAME = 0.97;

interface Row extends Duel {
  picture: Picture;
  size: string;
  /** Encodes of the handler; more than one where the response limit bites, which bare sharp does not know. */
  encodes: number;
  same: number;
  /** Of the `edge-resize` header. */
  format: string;
}

export async function benchWarm(): Promise<boolean> {
  const rows: Row[] = [];
  for (const picture of await pictures()) {
    for (const size of SIZES) rows.push(await compare(picture, size));
  }
  console.log('the handler, original in memory, over bare sharp; in turns, medians of 15 (9 of slow ones); CPU ms');
  console.log(table(['picture', 'size', 'as', 'sharp', 'handler', 'CPU', 'wall', 'SSIM', 'encodes'], rows.map(cells)));
  const raced = rows.filter(({ encodes }) => encodes === 1);
  const worst = (cmyk: boolean) =>
    Math.max(...raced.filter(({ picture }) => picture.name.includes('cmyk') === cmyk).map(({ ratio }) => ratio));
  return [
    atMost('geometric mean', geometricMean(raced.map(({ ratio }) => ratio)), MEAN),
    atMost('worst', worst(false), WORST),
    atMost('worst, CMYK', worst(true), WORST_CMYK),
    atLeast('least similar pair (SSIM)', Math.min(...rows.map(({ same }) => same)), SAME),
  ].every(Boolean);
}

async function compare(picture: Picture, size: string): Promise<Row> {
  const deps = handlerDeps(fromMemory(picture.bytes));
  const handler = () => request(deps, `d=${size}`);
  const variant = await made(handler);
  const began = performance.now();
  const bare = await bareSharp(picture.bytes, size, variant);
  const rounds = roundsFor(performance.now() - began);
  const times = await duel(
    () => bareSharp(picture.bytes, size, variant),
    async () => JSON.stringify(await handler()),
    rounds,
  );
  const same = await similarity(bare, variant.bytes);
  const format = /fmt=(\w+)/.exec(variant.note)?.[1] ?? variant.encoder.format;
  return { ...times, picture, size, encodes: variant.encodes, same, format };
}

function cells({ picture, size, format, base, other, ratio, wallRatio, same, encodes }: Row): string[] {
  const ms = [base.cpu, other.cpu].map((value) => value.toFixed(1));
  return [picture.what, size, format, ...ms, ratio.toFixed(2), wallRatio.toFixed(2), same.toFixed(4), `${encodes}`];
}
