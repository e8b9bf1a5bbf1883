/** docs/responses.md explains every word that a response may hold as `why`. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../builders/cli.ts';

const docs = readFileSync(join(ROOT, 'docs/responses.md'), 'utf8');
const explained = new Set([...docs.matchAll(/`([a-z0-9]+(?:-[a-z0-9]+)*)`/g)].map(([, word]) => word));

/** Words that the sources give as a reason, or name as one in a type. */
function wordsOf(source: string): string[] {
  const given = [...source.matchAll(/refused: '([^']+)'|\bwhy\??: ((?:'[a-z-]+'(?: \| )?)+)|'(s3-[a-z-]+)'/g)];
  return given.flatMap(([, refused, why, s3]) => refused ?? why?.match(/[a-z-]+/g) ?? s3 ?? []);
}

test('every word is explained', () => {
  const folder = join(ROOT, 'handler');
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  const words = files.flatMap(({ name }) => wordsOf(readFileSync(join(folder, name), 'utf8')));
  expect(words.length).toBeGreaterThan(20);
  expect([...new Set(words)].filter((word) => !explained.has(word))).toEqual([]);
});
