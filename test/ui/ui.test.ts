import { describe, expect, test } from 'vitest';
import type { Clock } from '../../src/context.ts';
import { wantsColour } from '../../src/ui/colour.ts';
import { diffText } from '../../src/ui/diff.ts';
import { createUi } from '../../src/ui/index.ts';
import { elapsed } from '../../src/ui/reporter.ts';
import { pad, printable, wrap } from '../../src/ui/text.ts';
import { type FakeIoOptions, fakeIo } from '../builders/io.ts';

const plain = { style: (_tone: string, text: string) => text };
const clock: Clock = { now: () => Date.UTC(2026, 10, 22, 12, 1, 7), sleep: () => new Promise(() => undefined) };
const noTty = {};

describe('colour', () => {
  test.each([
    [{ isTTY: true }, {}, undefined, true],
    [noTty, {}, undefined, false],
    [noTty, {}, true, true],
    [{ isTTY: true }, {}, false, false],
    [{ isTTY: true }, { NO_COLOR: '1' }, undefined, false],
    [{ isTTY: true }, { NO_COLOR: '' }, undefined, true],
    [{ isTTY: true }, { TERM: 'dumb' }, undefined, false],
    [noTty, { FORCE_COLOR: '1' }, undefined, true],
    [{ isTTY: true }, { FORCE_COLOR: '0' }, undefined, false],
    [{ isTTY: true }, { NO_COLOR: '1', FORCE_COLOR: '1' }, true, true],
  ])('%j %j --color %s -> %s', (stream, env, flag, wanted) => expect(wantsColour(stream, env, flag)).toBe(wanted));
});

describe('streams', () => {
  const made = (options: FakeIoOptions, flags = {}) => {
    const io = fakeIo(options);
    return { io, ui: createUi(io, flags, clock) };
  };

  test('a result goes to stdout, talk to stderr', () => {
    const { io, ui } = made({});
    ui.out('result');
    ui.info('talk');
    ui.success('good');
    ui.warn('careful');
    expect(io.out()).toBe('result\n');
    expect(io.err()).toBe('talk\n✔ good\n! careful\n');
  });

  test('--json: the document alone on stdout, warnings alone on stderr', () => {
    const { io, ui } = made({}, { json: true });
    ui.out('result');
    ui.info('talk');
    ui.warn('careful');
    ui.waiting('waiting').done('done');
    ui.document('deploy', { applied: true });
    expect(JSON.parse(io.out())).toEqual({ formatVersion: 1, command: 'deploy', applied: true });
    expect(io.err()).toBe('! careful\n');
  });

  test('--quiet: no talk', () => {
    const { io, ui } = made({}, { quiet: true });
    ui.info('talk');
    ui.waiting('waiting').done('done');
    ui.out('result');
    ui.document('x', {});
    expect([io.out(), io.err()]).toEqual(['result\n', '']);
  });

  test('a person is there only at two terminals, outside CI, without --json and --no-input', () => {
    expect(made({ tty: true }).ui.interactive).toBe(true);
    expect(made({ tty: false }).ui.interactive).toBe(false);
    expect(made({ tty: true, env: { CI: 'true' } }).ui.interactive).toBe(false);
    expect(made({ tty: true, env: { CI: 'false' } }).ui.interactive).toBe(true);
    expect(made({ tty: true }, { json: true }).ui.interactive).toBe(false);
    expect(made({ tty: true }, { input: false }).ui.interactive).toBe(false);
  });

  test('width: the terminal has it, else 80', () => {
    expect(made({ tty: true, columns: 120 }).ui.width).toBe(120);
    expect(made({ columns: 120 }).ui.width).toBe(80);
  });
});

test('a wait without a terminal: a line a change, a sign of life after 5 s and each 30 s', async () => {
  const io = fakeIo();
  let now = 0;
  const wakes: (() => void)[] = [];
  const ticking: Clock = { now: () => now, sleep: () => new Promise((wake) => wakes.push(wake)) };
  const waiting = createUi(io, {}, ticking).waiting('deploying');
  waiting.update('deploying');
  waiting.update('in progress');
  for (const at of [5_000, 35_000]) {
    now = at;
    wakes.shift()?.();
    await new Promise((done) => setImmediate(done));
  }
  now = 231_000;
  waiting.done('deployed');
  wakes.shift()?.();
  await new Promise((done) => setImmediate(done));
  expect(io.err().split('\n')).toEqual([
    '00:00:00 in progress',
    '00:00:05 in progress (5 s)',
    '00:00:35 in progress (35 s)',
    '00:03:51 ✔ deployed',
    '',
  ]);
  expect(elapsed(231_000)).toBe('3 min 51 s');
});

test('a wait that is over at once is one line without a terminal', () => {
  const io = fakeIo();
  createUi(io, {}, { now: () => 0, sleep: () => new Promise(() => undefined) })
    .waiting('a role')
    .done('role made');
  expect(io.err()).toBe('00:00:00 ✔ role made\n');
});

test('diffs: changed lines with their surroundings, nothing when equal', async () => {
  expect(await diffText('a\n', 'a\n', plain)).toEqual([]);
  const policy = (...sids: string[]) =>
    JSON.stringify({ Version: '2012-10-17', Statement: sids.map((Sid) => ({ Sid })) }, null, 2);
  expect((await diffText(policy('Theirs'), policy('Theirs', 'Ours'), plain)).join('\n')).toMatchInlineSnapshot(`
    "@@ -3,6 +3,9 @@
       "Statement": [
         {
           "Sid": "Theirs"
    +    },
    +    {
    +      "Sid": "Ours"
         }
       ]
     }"
  `);
  expect(await diffText(undefined, 'new', plain)).toEqual(['@@ -0,0 +1,1 @@', '+new']);
});

test('text', () => {
  expect(pad('\u001b[31m고양이\u001b[39m', 8)).toBe('\u001b[31m고양이\u001b[39m  ');
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(printable('a\u202eb\u2028c')).toBe('a\\u202eb\\u2028c');
  expect(printable('a\u001b]0;evil\u0007\rb\tc')).toBe('a\\x1b]0;evil\\x07\\x0db\tc');
});
