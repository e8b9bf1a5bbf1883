/** What was accepted before, in budget.json: figures may not grow unnoticed. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = join(import.meta.dirname, 'budget.json');
/** How much more than accepted breaks a budget. */
const SLACK = 1.15;

export type Figures = Record<string, number>;

/** The figures under `part`; empty when there are none yet. */
export function readBudget(part: string): Figures {
  return readAll()[part] ?? {};
}

/** Takes `figures` as the new budget of `part`, and leaves the other parts as they are. */
export function acceptBudget(part: string, figures: Figures): void {
  writeFileSync(FILE, `${JSON.stringify({ ...readAll(), [part]: figures }, undefined, 2)}\n`);
}

/** Figures that are over their budget by more than `slack` times, or have none, one line each. */
export function overBudget(part: string, figures: Figures, slack = SLACK): string[] {
  const budget = readBudget(part);
  return Object.entries(figures).flatMap(([name, value]) => {
    const accepted = budget[name];
    if (accepted === undefined) return [`${name}: ${value}, no budget yet`];
    return value > accepted * slack ? [`${name}: ${value}, budget ${accepted}`] : [];
  });
}

function readAll(): Record<string, Figures> {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Record<string, Figures>;
}
