/**
 * vipsthumbnail: whole processes on both sides, ours with the signed GET. A process of the function serves many
 * requests and vipsthumbnail one command, so beside one picture a process there is what each further one takes.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { originResponse } from '../../test/builders/event.ts';
import { type Edge, startEdge } from '../edge-process.ts';
import { type Picture, type PictureName, pictures } from '../pictures.ts';
import { atMost, median } from '../race.ts';
import { startStore } from '../store.ts';
import { SIZES } from '../subject.ts';
import { table } from '../table.ts';

const ROUNDS = 9;
/** Pictures of the longer process; the shorter makes one. */
const MANY = 4;
const NAMES: PictureName[] = ['6mp.jpg', '24mp-turned.jpg', '10mp-srgb.jpg'];
/** Equal, as far as differences of medians of nine can tell. */
const WORST = 1.1;

interface Row {
  picture: Picture;
  size: string;
  /** Milliseconds of wall time: a process with one picture, and each further picture. */
  vips: [one: number, further: number];
  handler: [one: number, further: number];
}

export async function benchVips(): Promise<boolean> {
  const all = (await pictures()).filter(({ name }) => NAMES.includes(name));
  const store = await startStore(dirname(all[0]?.path ?? ''));
  const edge = await startEdge(store.endpoint);
  const rows: Row[] = [];
  try {
    for (const picture of all) for (const size of SIZES) rows.push(await compare(edge, picture, size));
  } finally {
    edge.close();
    store.close();
  }
  console.log(`the function over vipsthumbnail, JPEG 80; in turns, medians of ${ROUNDS}; wall ms`);
  console.log(
    table(
      ['picture', 'size', 'process: vips', 'function', 'ratio', 'further: vips', 'function', 'ratio'],
      rows.map(({ picture, size, vips, handler }) => [
        picture.what,
        size,
        ...([0, 1] as const).flatMap((at) => [
          vips[at].toFixed(0),
          handler[at].toFixed(0),
          (handler[at] / vips[at]).toFixed(2),
        ]),
      ]),
    ),
  );
  const further = rows.map(({ vips, handler }) => handler[1] / vips[1]);
  return atMost('over vipsthumbnail, each further picture, worst', Math.max(...further), WORST);
}

async function compare(edge: Edge, picture: Picture, size: string): Promise<Row> {
  const event = originResponse({ uri: `/${picture.name}`, querystring: `d=${size}` });
  const times = {
    vips: { one: [] as number[], many: [] as number[] },
    handler: { one: [] as number[], many: [] as number[] },
  };
  for (let round = 0; round <= ROUNDS; round += 1) {
    const turn = {
      vips: { one: thumbnail(picture, size, 1), many: thumbnail(picture, size, MANY) },
      handler: {
        one: (await edge.run([event])).milliseconds,
        many: (await edge.run(Array.from({ length: MANY }, () => event))).milliseconds,
      },
    };
    if (round === 0) continue;
    for (const side of ['vips', 'handler'] as const) {
      for (const length of ['one', 'many'] as const) times[side][length].push(turn[side][length]);
    }
  }
  const shape = ({ one, many }: { one: number[]; many: number[] }): [number, number] => {
    const first = median(one);
    return [first, (median(many) - first) / (MANY - 1)];
  };
  return { picture, size, vips: shape(times.vips), handler: shape(times.handler) };
}

/** Milliseconds of a process that makes `count` pictures: upright, in sRGB, cover, centred, without metadata. */
function thumbnail({ path }: Picture, size: string, count: number): number {
  const output = join(tmpdir(), `edge-resize-bench-${process.pid}.jpg`);
  const files = Array.from({ length: count }, () => path);
  const args = [...files, '--size', size, '--smartcrop', 'centre', '--export-profile', 'srgb'];
  const began = performance.now();
  const { status, stderr } = spawnSync('vipsthumbnail', [...args, '-o', `${output}[Q=80,optimize_coding,strip]`], {
    env: { PATH: process.env.PATH, VIPS_CONCURRENCY: '1' },
  });
  const milliseconds = performance.now() - began;
  rmSync(output, { force: true });
  if (status !== 0) throw new Error(`vipsthumbnail: ${stderr}`);
  return milliseconds;
}
