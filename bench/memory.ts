/** The most memory that the function has: of a fresh process a picture and size, and of one process over many requests. */
import { dirname } from 'node:path';
import { originResponse } from '../test/builders/event.ts';
import { acceptBudget, type Figures, overBudget } from './budget.ts';
import { type Edge, MEMORY_MB, startEdge } from './edge-process.ts';
import type { PartOptions } from './parts.ts';
import { type Picture, pictures } from './pictures.ts';
import { atMost, median } from './race.ts';
import { startStore } from './store.ts';
import { SIZES } from './subject.ts';
import { table } from './table.ts';

/** PERFORMANCE 8. */
const MOST_SOAKED_MB = 410;
const SOAK_REQUESTS = 120;
const SOAKS = 3;
const SOAK_SIZES = ['100x100', '320x240', '640x480', '1280x720', '1920x1080'];

export async function benchMemory({ accept }: PartOptions): Promise<boolean> {
  const all = await pictures();
  const store = await startStore(dirname(all[0]?.path ?? ''));
  const edge = await startEdge(store.endpoint);
  try {
    const peaks = await freshPeaks(edge, all);
    const soak = await soakPeak(edge, all);
    const figures = { ...peaks, soak };
    if (accept) acceptBudget('memory', figures);
    const over = overBudget('memory', figures);
    for (const line of over) console.log(`  over its budget: ${line}`);
    return [
      atMost('most of a fresh process, MB', Math.max(...Object.values(peaks)), MEMORY_MB, 0),
      atMost(`after ${SOAK_REQUESTS} mixed requests, MB`, soak, MOST_SOAKED_MB, 0),
      atMost('figures over the budget by 15 %', over.length, 0, 0),
    ].every(Boolean);
  } finally {
    edge.close();
    store.close();
  }
}

const eventOf = (picture: Picture, size: string) =>
  originResponse({ uri: `/${picture.name}`, querystring: `d=${size}` });

async function freshPeaks(edge: Edge, all: Picture[]): Promise<Figures> {
  const figures: Figures = {};
  const rows: string[][] = [];
  for (const picture of all) {
    const row = [picture.what];
    for (const size of SIZES) {
      const { peakMb, notes } = await edge.run([eventOf(picture, size)]);
      figures[`${picture.name} ${size}`] = Math.round(peakMb);
      row.push(`${peakMb.toFixed(0)}${notes[0]?.startsWith('original') ? ` (${notes[0]})` : ''}`);
    }
    rows.push(row);
  }
  console.log(`most resident memory in MB, a fresh process each, ${MEMORY_MB} MB configured`);
  console.log(table(['picture', ...SIZES], rows));
  return figures;
}

/** The same mix in every run: each picture at each size, twice, in an order that keeps neighbours different. */
async function soakPeak(edge: Edge, all: Picture[]): Promise<number> {
  const events = Array.from({ length: SOAK_REQUESTS }, (_, index) => {
    const picture = all[index % all.length];
    const size = SOAK_SIZES[(index * 2 + Math.floor(index / all.length)) % SOAK_SIZES.length];
    if (!picture || !size) throw new Error('no picture');
    return eventOf(picture, size);
  });
  const peaks: number[] = [];
  for (let run = 0; run < SOAKS; run += 1) {
    const { peakMb, notes } = await edge.run(events);
    const originals = notes.filter((note) => note.startsWith('original')).length;
    console.log(
      `  one process, ${events.length} mixed requests: ${peakMb.toFixed(0)} MB, ${originals} answered with the original`,
    );
    peaks.push(peakMb);
  }
  return Math.round(median(peaks));
}
