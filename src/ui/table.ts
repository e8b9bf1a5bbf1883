/** Tables for results: columns as wide as their content, the widest cut so that a row fits the terminal. */
import { columns, pad, shorten } from './text.ts';

export interface TableOptions {
  head?: string[];
  /** Columns of the terminal (`ui.width`). */
  width: number;
  /** Columns aligned to the right, by index. */
  right?: number[];
  /** Applied to the head's line. */
  headStyle?: (line: string) => string;
}

const GAP = 2;
/** A column is never cut below this. */
const LEAST = 8;

/** The lines of a table. Cells may be coloured; a cell that is cut loses its colour. */
export function table(rows: string[][], options: TableOptions): string[] {
  const all = options.head ? [options.head, ...rows] : rows;
  const count = Math.max(0, ...all.map((row) => row.length));
  const natural = Array.from({ length: count }, (_, index) => Math.max(...all.map((row) => columns(row[index] ?? ''))));
  const widths = shrink(natural, options.width - GAP * Math.max(0, count - 1));
  const lines = all.map((row) => line(row, widths, new Set(options.right)));
  if (options.head && options.headStyle) lines[0] = options.headStyle(lines[0] ?? '');
  return lines;
}

function line(row: string[], widths: number[], right: Set<number>): string {
  const cells = widths.map((width, index) =>
    pad(shorten(row[index] ?? '', width), width, right.has(index) ? 'right' : 'left'),
  );
  return cells.join(' '.repeat(GAP)).trimEnd();
}

/** Takes columns away from the widest until the sum fits. */
function shrink(natural: number[], room: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= LEAST) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}
