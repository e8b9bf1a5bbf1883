/** What a change does to a text (a policy, a config), as a unified diff. */
import type { Ui } from '../context.ts';

/**
 * The lines of a unified diff with three lines of context, coloured as `ui` wants on stdout; none when the texts are
 * equal. `before` is undefined when there is nothing yet.
 */
export async function diffText(
  before: string | undefined,
  after: string | undefined,
  ui: Pick<Ui, 'style'>,
): Promise<string[]> {
  const { structuredPatch } = await import('diff');
  const patch = structuredPatch('before', 'after', whole(before), whole(after), '', '', { context: 3 });
  return patch.hunks.flatMap((hunk) => [
    ui.style('accent', `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`),
    ...hunk.lines.filter((line) => !line.startsWith('\\')).map((line) => colour(line, ui)),
  ]);
}

/** The unified format counts an empty range from the line before it. */
function range(start: number, lines: number): string {
  return `${lines === 0 ? start - 1 : start},${lines}`;
}

function whole(text: string | undefined): string {
  return text === undefined || text === '' || text.endsWith('\n') ? (text ?? '') : `${text}\n`;
}

function colour(line: string, ui: Pick<Ui, 'style'>): string {
  if (line.startsWith('+')) return ui.style('good', line);
  if (line.startsWith('-')) return ui.style('bad', line);
  return line;
}
