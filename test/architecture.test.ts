/** Holds the import rules of the rooms: who may import whom, and what never enters the pure ones. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');

interface Import {
  from: string;
  /** Path from the project's root, or the bare specifier. */
  to: string;
  typeOnly: boolean;
  dynamic: boolean;
}

/** What a room may import, each a pattern on `to`; a `type:` prefix allows types alone, `lazy:` a dynamic import alone. */
const ANYWHERE = [/^src\/errors\.ts$/, 'type:^src/context\\.ts$'];

type Rule = RegExp | string;

const ROOMS: { name: string; files: RegExp; may: Rule[] }[] = [
  { name: 'bin', files: /^bin\//, may: [/^src\/main\.ts$/, /^node:/] },
  {
    name: 'main',
    files: /^src\/main\.ts$/,
    may: [/^src\/cli(\.ts|\/)/, /^src\/aws\//, /^src\/ui\//, /^node:/, 'type:.', /^commander$/],
  },
  {
    name: 'cli',
    files: /^src\/cli(\.ts|\/)/,
    may: [
      'lazy:^src/commands/',
      'type:^src/commands/',
      /^src\/cli(\.ts|\/)/,
      /^handler\/grammar\.ts$/,
      /^commander$/,
      /^node:/,
    ],
  },
  {
    name: 'commands',
    files: /^src\/commands\//,
    may: [
      /^src\/(config|core|observe|apply|bundle|local|ui|aws\/ports)\//,
      /^handler\/grammar\.ts$/,
      /^node:/,
      /^p-limit$/,
    ],
  },
  {
    name: 'config',
    files: /^src\/config\//,
    may: [
      /^src\/config\//,
      'type:^src/core/',
      /^node:/,
      /^valibot$/,
      /^@valibot\//,
      /^(jiti|jsonc-parser|fastest-levenshtein)$/,
      /^handler\/grammar\.ts$/,
    ],
  },
  { name: 'core', files: /^src\/core\//, may: [/^src\/core\//, /^handler\/grammar\.ts$/] },
  {
    name: 'observe',
    files: /^src\/observe\//,
    may: [/^src\/(observe|core|aws\/ports)\//, /^(p-limit|mime-types)$/, /^node:/],
  },
  {
    name: 'apply',
    files: /^src\/apply\//,
    may: [/^src\/(apply|core|aws\/ports)\//, /^p-(limit|retry)$/, /^node:/],
  },
  { name: 'ports', files: /^src\/aws\/ports\//, may: [/^src\/aws\/ports\//, 'type:^src/core/', 'type:^@aws-sdk/'] },
  {
    name: 'aws adapters',
    files: /^src\/aws\/(?!ports\/)/,
    may: [/^src\/aws\//, 'type:^src/core/', 'type:^@aws-sdk/', 'lazy:^@aws-sdk/', /^@smithy\//, /^node:/],
  },
  {
    name: 'bundle',
    files: /^src\/bundle\//,
    may: [
      /^src\/bundle\//,
      'type:^src/config/',
      /^src\/config\/rules\.ts$/,
      'type:^handler/',
      /^node:/,
      /^archiver$/,
      /^yauzl$/,
      /^valibot$/,
    ],
  },
  {
    name: 'local',
    files: /^src\/local\/(?!wire\/)/,
    may: [/^src\/local\//, 'type:^src/core/', 'type:^@aws-sdk/', /^node:/, /^(yauzl|mime-types|p-limit|acorn)$/],
  },
  {
    name: 'local/wire',
    files: /^src\/local\/wire\//,
    may: [/^src\/local\//, /^@aws-sdk\//, /^@smithy\//, /^node:/],
  },
  {
    name: 'ui',
    files: /^src\/ui\//,
    may: [/^src\/ui\//, 'type:^src/core/', /^node:/, /^(ora|diff|string-width|@clack\/prompts)$/],
  },
  { name: 'handler', files: /^handler\//, may: [/^handler\//, /^node:/, /^(sharp|aws4|cloudfront)$/] },
];

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  const located = (specifier: string) =>
    specifier.startsWith('.') ? relative(ROOT, resolve(ROOT, dirname(file), specifier)) : specifier;
  const fixed = [...text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm)].map((match) => ({
    from: file,
    to: located(match[2] ?? ''),
    typeOnly: match[1] !== undefined,
    dynamic: false,
  }));
  const dynamic = [...text.matchAll(/\bimport\('([^']+)'\)(\.\w)?/g)].map((match) => ({
    from: file,
    to: located(match[1] ?? ''),
    // `import('x').Type` stands where a type does; a value is awaited first.
    typeOnly: match[2] !== undefined && match[2] !== '.t' && !/await$/.test(text.slice(0, match.index).trimEnd()),
    dynamic: true,
  }));
  return [...fixed, ...dynamic];
}

function allows(rule: Rule, found: Import): boolean {
  if (rule instanceof RegExp) return rule.test(found.to);
  const [mode, pattern] = [rule.slice(0, rule.indexOf(':')), rule.slice(rule.indexOf(':') + 1)];
  if (!new RegExp(pattern).test(found.to)) return false;
  return mode === 'type' ? found.typeOnly : found.dynamic;
}

const files = [...sourceFiles('bin'), ...sourceFiles('src'), ...sourceFiles('handler')];
/** Shared by every room: the error table, the context's types, the store of types itself. */
const roomless = /^src\/(errors|context)\.ts$/;

describe('rooms', () => {
  test('every source file lies in a room', () => {
    const lost = files.filter((file) => !roomless.test(file) && !ROOMS.some((room) => room.files.test(file)));
    expect(lost).toEqual([]);
  });

  test.each(ROOMS)('$name imports only what it may', (room) => {
    const mine = files.filter((file) => room.files.test(file));
    expect(mine.length).toBeGreaterThan(0);
    const rules = room.name === 'handler' ? room.may : [...ANYWHERE, ...room.may];
    const wrong = mine
      .flatMap(importsOf)
      .filter((found) => !rules.some((rule) => allows(rule, found)))
      .map((found) => `${found.from} -> ${found.to}${found.typeOnly ? ' (type)' : ''}`);
    expect(wrong).toEqual([]);
  });

  test('commands never import each other', () => {
    const wrong = files
      .filter((file) => file.startsWith('src/commands/'))
      .flatMap(importsOf)
      .filter((found) => found.to.startsWith('src/commands/'));
    expect(wrong).toEqual([]);
  });

  test('core is pure: no node modules, no clock, no environment, no randomness', () => {
    const wrong = files
      .filter((file) => file.startsWith('src/core/'))
      .filter((file) => /\bprocess\.|Date\.now|new Date\(\)|Math\.random|\bfetch\(|setTimeout/.test(code(file)));
    expect(wrong).toEqual([]);
  });

  test('only bin reads the process', () => {
    const allowed = /^(bin\/|src\/local\/runtime\/child\.ts|handler\/)/;
    const wrong = files.filter(
      (file) => !allowed.test(file) && /\bprocess\.(env|argv|exit|stdout|stderr|stdin)\b/.test(code(file)),
    );
    expect(wrong).toEqual([]);
  });

  test('the wire uses the schemas that the SDK exports, never its clients', () => {
    const wrong = files.filter(
      (file) => file.startsWith('src/local/') && /\bnew \w+Client\b|\.send\(new /.test(code(file)),
    );
    expect(wrong).toEqual([]);
  });

  test('no default exports, and no file over 300 lines', () => {
    expect(files.filter((file) => /^export default/m.test(code(file)))).toEqual([]);
    const long = files.map((file) => [file, code(file).split('\n').length] as const).filter(([, lines]) => lines > 300);
    expect(long).toEqual([]);
  });

  test('the rules can fail: each kind of breach is seen', () => {
    const breach = (from: string, to: string, dynamic = false): Import => ({ from, to, typeOnly: false, dynamic });
    const room = (name: string) => ROOMS.find((one) => one.name === name)?.may ?? [];
    expect(room('core').some((rule) => allows(rule, breach('src/core/x.ts', 'node:fs')))).toBe(false);
    expect(room('handler').some((rule) => allows(rule, breach('handler/x.ts', 'src/errors.ts')))).toBe(false);
    expect(room('cli').some((rule) => allows(rule, breach('src/cli.ts', 'src/commands/setup.ts')))).toBe(false);
    expect(room('cli').some((rule) => allows(rule, breach('src/cli.ts', 'src/commands/setup.ts', true)))).toBe(true);
    expect(room('aws adapters').some((rule) => allows(rule, breach('src/aws/s3.ts', '@aws-sdk/client-s3')))).toBe(
      false,
    );
  });
});

/** A file's text without comments and template texts, so that words in them do not count. */
function code(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
    .replace(/\/\*[\s\S]*?\*\/|`[^`]*`/g, (text) => text.replace(/[^\n]/g, ''))
    .replace(/(^|\s)\/\/.*$/gm, '$1');
}
