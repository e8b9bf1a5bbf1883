/** Two ways to the same thing, run in turns in one process. */
import { cpuClock, median } from './race.ts';

export interface Times {
  /** Milliseconds of CPU, of all threads of this process: the median. */
  cpu: number;
  /** Milliseconds from start to end: the median. */
  wall: number;
}

export interface Duel {
  base: Times;
  other: Times;
  /** CPU of the other over CPU of the base. What else runs on the machine is not in it; at the edge it is the time. */
  ratio: number;
  wallRatio: number;
}

/**
 * Runs both `rounds` times, A B then B A, so that neither always finds the memory that the other left, after one turn
 * that is not counted.
 */
export async function duel(base: () => Promise<unknown>, other: () => Promise<unknown>, rounds: number): Promise<Duel> {
  const runs = [base, other];
  const cpu: [number[], number[]] = [[], []];
  const wall: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round += 1) {
    for (const side of round % 2 ? ([1, 0] as const) : ([0, 1] as const)) {
      const [cpuBegan, wallBegan] = [cpuClock(), performance.now()];
      await runs[side]?.();
      if (round === 0) continue;
      cpu[side].push(cpuClock() - cpuBegan);
      wall[side].push(performance.now() - wallBegan);
    }
  }
  const [a, b] = [0, 1].map((side) => ({ cpu: median(cpu[side] ?? []), wall: median(wall[side] ?? []) })) as [
    Times,
    Times,
  ];
  return { base: a, other: b, ratio: b.cpu / a.cpu, wallRatio: b.wall / a.wall };
}

/** Milliseconds of one run decide how many are worth while: 15, or 9 where they are slow. */
export function roundsFor(ms: number): number {
  return ms > 150 ? 9 : 15;
}

export function geometricMean(values: number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}
