/** The sharp that goes to the edge against the one of npm: the same in everything but its start. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildHandler, PACKAGE_ROOT } from './built-handler.ts';

const OPERATIONS = join(import.meta.dirname, 'sharp-operations.cjs');
const PHOTOGRAPHS = join(PACKAGE_ROOT, 'test/fixtures/images');

let folder = '';

beforeAll(async () => {
  folder = await buildHandler();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(PACKAGE_ROOT, 'node_modules/@img'), join(folder, 'node_modules/@img'));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function resultsOf(sharp: string): Record<string, string> {
  const text = execFileSync(process.execPath, [OPERATIONS, sharp, PHOTOGRAPHS], { encoding: 'utf8', env: {} });
  return JSON.parse(text) as Record<string, string>;
}

describe('the bundled sharp', () => {
  it('makes the bytes that the sharp of npm makes, and says what it says', () => {
    const stock = resultsOf(join(PACKAGE_ROOT, 'node_modules/sharp'));
    expect(Object.keys(stock).length).toBeGreaterThan(70);
    expect(resultsOf(join(folder, 'sharp.js'))).toEqual(stock);
  });

  it('names its author and licence, and the licences lie beside it', () => {
    expect(readFileSync(join(folder, 'sharp.js'), 'utf8')).toMatch(
      /Lovell Fuller and others\.\s+SPDX-License-Identifier: Apache-2\.0/,
    );
    const licences = readFileSync(join(folder, 'LICENSES.txt'), 'utf8');
    for (const text of [/^sharp \d/m, /Apache License/, /^@img\/colour \d/m, /^aws4 \d/m])
      expect(licences).toMatch(text);
  });

  it('loads nothing of Node that only installing needs', () => {
    const script = `require(${JSON.stringify(join(folder, 'sharp.js'))});
      console.log(JSON.stringify(process.moduleLoadList.filter((name) => / (?:child_process|net)$/.test(name))))`;
    const loaded = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8', env: {} });
    expect(JSON.parse(loaded)).toEqual([]);
  });
});
