/** ipx: each side a process of its own (two releases of libvips do not go into one), asked in turns by this one. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { geometricMean } from '../duel.ts';
import { type Picture, pictures } from '../pictures.ts';
import { atMost, median } from '../race.ts';
import { fromMemory, handlerDeps, type Made, made, request, SIZES } from '../subject.ts';
import { table } from '../table.ts';

const ROUNDS = 9;
/** Where ipx takes seconds (AVIF at sharp's default effort), three say enough. */
const SLOW_MS = 1000;
const SLOW_ROUNDS = 3;
/** Equal, as far as medians of nine can tell. */
const WORST = 1.05;

interface Turn {
  cpu: number;
  wall: number;
}

interface Row {
  picture: Picture;
  size: string;
  /** Milliseconds of CPU. */
  ipx: number;
  handler: number;
  wallRatio: number;
}

export async function benchIpx(): Promise<boolean> {
  const children = await Promise.all(['ipx.mjs', 'handler.ts'].map(start));
  const rows: Row[] = [];
  try {
    for (const picture of await pictures()) {
      for (const size of SIZES) {
        const variant = await made(() => request(handlerDeps(fromMemory(picture.bytes)), `d=${size}`));
        if (variant.encodes === 1) rows.push(await race(children, picture, size, variant));
      }
    }
  } finally {
    for (const child of children) child.kill();
  }
  console.log(
    `the handler over ipx, original in memory, same format and quality; in turns, medians of ${ROUNDS} (${SLOW_ROUNDS} over a second); CPU ms`,
  );
  console.log(
    table(
      ['picture', 'size', 'ipx', 'handler', 'CPU', 'wall'],
      rows.map(({ picture, size, ipx, handler, wallRatio }) => [
        picture.what,
        size,
        ipx.toFixed(1),
        handler.toFixed(1),
        (handler / ipx).toFixed(2),
        wallRatio.toFixed(2),
      ]),
    ),
  );
  const ratios = rows.map(({ ipx, handler }) => handler / ipx);
  return [
    atMost('over ipx, geometric mean', geometricMean(ratios), 1),
    atMost('over ipx, worst', Math.max(...ratios), WORST),
  ].every(Boolean);
}

async function start(script: string): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, script));
  await once(child, 'message');
  return child;
}

async function race(children: ChildProcess[], picture: Picture, size: string, variant: Made): Promise<Row> {
  const asked = { path: picture.path, size, ...encoderOf(variant) };
  const turns: [Turn[], Turn[]] = [[], []];
  let rounds = ROUNDS;
  for (let round = 0; round <= rounds; round += 1) {
    for (const side of [0, 1] as const) {
      const turn = await ask(children[side], asked);
      if (round > 0) turns[side].push(turn);
      else if (turn.cpu > SLOW_MS) rounds = SLOW_ROUNDS;
    }
  }
  const [ipx, handler] = turns.map((of) => ({
    cpu: median(of.map(({ cpu }) => cpu)),
    wall: median(of.map(({ wall }) => wall)),
  })) as [Turn, Turn];
  return { picture, size, ipx: ipx.cpu, handler: handler.cpu, wallRatio: handler.wall / ipx.wall };
}

async function ask(child: ChildProcess | undefined, asked: { path: string; size: string }): Promise<Turn> {
  if (!child) throw new Error('no such contender');
  const answer = once(child, 'message');
  child.send(asked);
  const [turn] = (await answer) as [Turn & { error?: string }];
  if (turn.error) throw new Error(`${asked.path} at ${asked.size}: ${turn.error}`);
  return turn;
}

/** sharp's AVIF is its `heif`. A quality makes sharp give PNG and GIF fewer colours, which the handler did not. */
function encoderOf({ encoder }: Made): { format: string; quality?: number } {
  const format = encoder.format === 'heif' ? 'avif' : encoder.format;
  const quality = encoder.options[`${encoder.format}Quality`];
  return { format, ...(typeof quality === 'number' && /^(?:jpeg|webp|avif)$/.test(format) && { quality }) };
}
