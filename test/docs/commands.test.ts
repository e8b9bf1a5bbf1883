/** Every command that a page shows is run as it stands there, against the local AWS. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CliResult, ROOT, runCli, temporaryFolder } from '../builders/cli.ts';
import { type Session, startSession } from '../e2e/session.ts';
import { blocksOf } from './blocks.ts';

interface Command {
  page: string;
  words: string[];
  /** What the page says behind it. */
  comment: string;
}

const PAGES = [
  'README.md',
  ...readdirSync(join(ROOT, 'docs')).flatMap((name) => (/\.md$/.test(name) ? `docs/${name}` : [])),
];
const COMMANDS = PAGES.flatMap((page) =>
  blocksOf(page).flatMap(({ text }) => text.split('\n').flatMap((line) => commandsOf(page, line))),
);
/** Whatever the pages' examples ask for. */
const URL_SETTINGS = { options: ['fit', 'format', 'dpr'], presets: { thumb: '150x150,f=auto' }, signed: true };
const WRITING = /^(?:setup|deploy|invalidate|keys rotate)\b/;

let session: Session;
/** A folder for each bucket that is set up: its config lies there. */
const folders = new Map<string, ReturnType<typeof temporaryFolder>>();
let current = '';

beforeAll(async () => {
  session = await startSession();
});
afterAll(async () => {
  await session.end();
  for (const folder of folders.values()) folder.remove();
});

/** `npx edge-resize a b && edge-resize c   # comment`; no server is started. */
function commandsOf(page: string, line: string): Command[] {
  const [shown = '', comment = ''] = line.replace(/^\$ /, '').split(/\s+#\s+/);
  if (!/^(?:npx )?edge-resize /.test(shown)) return [];
  return shown.split(' && ').flatMap((part) => {
    const words = part
      .replace(/^(?:npx )?edge-resize /, '')
      .trim()
      .split(/\s+/);
    return words[0] === 'dev' ? [] : [{ page, words, comment }];
  });
}

/** Runs it in the folder of its bucket; what a person would be asked is answered, and what goes on is stopped. */
async function run(words: string[]): Promise<CliResult> {
  const bucket = words[words.indexOf('--bucket') + 1];
  if (words[0] === 'setup' && bucket) enter(bucket);
  const asks = WRITING.test(words.join(' ')) && !words.includes('--yes') && !words.includes('--dry-run');
  const result = await runCli([...words, ...(asks ? ['--yes'] : [])], {
    cwd: current,
    env: session.env,
    started: (child) => {
      if (words.includes('--follow')) setTimeout(() => child.kill('SIGINT'), 4000);
    },
  });
  if (words[0] === 'setup') configure();
  return result;
}

function enter(bucket: string): void {
  const folder = folders.get(bucket) ?? temporaryFolder();
  folders.set(bucket, folder);
  current = folder.path;
}

function configure(): void {
  const file = join(current, 'edge-resize.config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as object;
  writeFileSync(file, JSON.stringify({ ...config, url: URL_SETTINGS }));
}

test('the pages show commands of every kind', () => {
  const names = new Set(COMMANDS.map(({ words }) => words[0]));
  expect([...names].sort()).toEqual(['deploy', 'invalidate', 'keys', 'logs', 'setup', 'url']);
});

test.each(COMMANDS.map((command) => [command.page, command.words.join(' '), command] as const))(
  '%s: edge-resize %s',
  async (_page, _text, { words, comment }) => {
    const { status, stdout, stderr } = await run(words);
    expect([status, status === 0 ? '' : stderr]).toEqual([0, '']);
    // A URL behind a command is what it prints.
    if (words[0] === 'url' && comment.startsWith('/')) expect(stdout.trim()).toBe(comment);
    if (words[0] === 'url' && comment.startsWith('"')) expect(stdout).toContain(comment);
  },
);
