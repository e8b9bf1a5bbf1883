/** docs/messages.md is the table of src/errors.ts; `npx vitest run test/messages.test.ts -u` writes it anew. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ERROR_CODES } from '../src/errors.ts';
import { ROOT } from './builders/cli.ts';

const STATUSES = `0 done, 1 failed, 3 usage or config, 4 credentials or permission, 5 confirmation needed or
declined, 124 wait timed out, 130 interrupted`;

test('docs/messages.md explains every code', async () => {
  const entries = Object.entries(ERROR_CODES)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([code, { exit, means }]) => `## ${code}\n\n${means} Exit status ${exit}.\n`);
  const text = `# Messages\n\nEvery error says what happened (CODE), why, and the command that fixes it. Exit statuses: ${STATUSES}.\n\n${entries.join('\n')}`;
  await expect(text).toMatchFileSnapshot(join(ROOT, 'docs/messages.md'));
});

test('every code of the table is thrown somewhere', () => {
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => file !== join(ROOT, 'src/errors.ts'))
    .map((file) => readFileSync(file, 'utf8'));
  const unused = Object.keys(ERROR_CODES).filter((code) => !sources.some((text) => text.includes(`'${code}'`)));
  expect(unused).toEqual([]);
});
