/** docs/responses.md: every reason with what to do about it, and none that the sources do not know. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../builders/cli.ts';

const page = readFileSync(join(ROOT, 'docs/responses.md'), 'utf8');

/** Cells of the table that begins with this column. */
function rows(column: string): string[][] {
  const [, table = ''] = page.split(`\n| ${column} |`);
  const lines = table.split('\n').slice(2);
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(0, end).map((line) => line.split('|').slice(1, -1));
}

function sources(folder: string): string {
  const files = readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true });
  const named = files.filter((file) => file.isFile() && file.name.endsWith('.ts'));
  return named.map((file) => readFileSync(join(file.parentPath, file.name), 'utf8')).join('\n');
}

test.each([
  ['word', 3],
  ['status', 4],
] as const)('the table of each %s says what to do', (column, cells) => {
  const table = rows(column);
  expect(table.length).toBeGreaterThan(4);
  for (const row of table) {
    expect(row.length, row.join('|')).toBe(cells);
    expect(row.at(-1)?.trim(), row.join('|')).not.toBe('');
  }
});

test('no word is explained that is never said', () => {
  const handler = sources('handler');
  const words = rows('word').flatMap(([cell = '']) => cell.match(/(?<=`)[a-z0-9-]+(?=`)/g) ?? []);
  expect(words.length).toBeGreaterThan(15);
  const said = (word: string) => handler.includes(`'${word}'`) || /^s3-\d{3}$/.test(word);
  expect(words.filter((word) => !said(word))).toEqual([]);
});

test('the texts of the viewer function are its own', () => {
  const handler = sources('handler/viewer');
  const texts = rows('status')
    .filter(([, from = '']) => from.includes('viewer function,'))
    .map(([, , text = '']) => text.replaceAll('`', '').replace('NAME', '').trim());
  expect(texts.length).toBe(2);
  for (const text of texts) expect(handler).toContain(text);
});
