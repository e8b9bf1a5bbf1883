/** What the pages say of settings, and where their links go. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { FAMILIES, OPTION_NAMES, OPTIONS } from '../../handler/grammar.ts';
import { validateConfig } from '../../src/config/validate.ts';
import { ROOT } from '../builders/cli.ts';
import { blocksOf } from './blocks.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const PAGES = [
  ...['README.md', 'CHANGELOG.md', 'src/local/README.md'],
  ...['docs', 'docs/adr'].flatMap((folder) => {
    const names = readdirSync(join(ROOT, folder)).filter((name) => name.endsWith('.md'));
    return names.map((name) => `${folder}/${name}`);
  }),
];

test('the config of the README is one', () => {
  const configs = blocksOf('README.md').filter(({ language }) => language === 'json');
  expect(configs.length).toBeGreaterThan(0);
  for (const { text } of configs) expect(() => validateConfig(JSON.parse(text))).not.toThrow();
});

test.each(['size', ...FAMILIES])('the README has every option of the group %s', (family) => {
  const row = readme
    .split('\n')
    .find((line) => line.startsWith(family === 'size' ? '| always on |' : `| \`"${family}"\` |`));
  const names = OPTION_NAMES.filter((name) => OPTIONS[name].family === family);
  for (const name of names) expect(row ?? '').toContain(`\`${name}\``);
});

test('the glossary has each word once', () => {
  const words: string[] = readFileSync(join(ROOT, 'docs/glossary.md'), 'utf8').match(/^\| [^|]+(?= \|)/gm) ?? [];
  expect(words.filter((word, at) => words.indexOf(word) !== at)).toEqual([]);
});

test.each(PAGES)('links of %s lead somewhere', (page) => {
  const text = readFileSync(join(ROOT, page), 'utf8');
  const broken = [...text.matchAll(/\]\((?!https?:)([^)#\s]*)(?:#([^)\s]*))?\)/g)].filter(([, path = '', anchor]) => {
    const file = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path);
    return !existsSync(file) || (anchor !== undefined && !anchorsOf(file).includes(anchor));
  });
  expect(broken.map(([link]) => link)).toEqual([]);
});

/** As GitHub makes them of headings. */
function anchorsOf(file: string): string[] {
  const headings = readFileSync(file, 'utf8').match(/^#+ .*$/gm) ?? [];
  return headings.map((line) =>
    line
      .replace(/^#+ /, '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
