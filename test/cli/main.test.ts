/** The program in this process: help, usage errors, the one catch-all. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { AwsPorts } from '../../src/aws/ports/index.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { AppError } from '../../src/errors.ts';
import { docsOf } from '../../src/ui/error-view.ts';
import { temporaryFolder } from '../builders/cli.ts';
import { runInProcess } from '../builders/io.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

describe('help', () => {
  test('of the program', async () => {
    const { status, stdout, stderr } = await runInProcess(['--help']);
    expect([status, stderr]).toEqual([0, '']);
    await expect(stdout).toMatchFileSnapshot('help/program.txt');
  });

  test.each(COMMANDS.map(({ name }) => name))('of %s', async (name) => {
    const { status, stdout } = await runInProcess([name, '--help']);
    expect(status).toBe(0);
    await expect(stdout).toMatchFileSnapshot(`help/${name}.txt`);
  });

  test('is the same however it is asked for', async () => {
    const program = (await runInProcess(['--help'])).stdout;
    for (const argv of [[], ['-h'], ['help'], ['--no-color', '--help'], ['help', '--help']]) {
      expect(await runInProcess(argv)).toMatchObject({ status: 0, stdout: program });
    }
    const logs = (await runInProcess(['logs', '--help'])).stdout;
    for (const argv of [
      ['help', 'logs'],
      ['logs', '-h'],
      ['--json', 'logs', '--help'],
      ['logs', '--follow', '-h'],
    ]) {
      expect(await runInProcess(argv)).toMatchObject({ status: 0, stdout: logs });
    }
  });

  test('no line is wider than 80 columns, and every command has examples', async () => {
    for (const argv of [['--help'], ...COMMANDS.map(({ name }) => [name, '--help'])]) {
      const { stdout } = await runInProcess(argv);
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
      expect(stdout).toContain('Examples:\n  $ edge-resize');
    }
  });

  test('--version, wherever it stands', async () => {
    for (const argv of [['--version'], ['--quiet', '--version'], ['deploy', '--version']]) {
      const { status, stdout } = await runInProcess(argv);
      expect(status).toBe(0);
      expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    }
    for (const argv of [
      ['--version', '--json'],
      ['--json', '--version'],
    ]) {
      const { status, stdout } = await runInProcess(argv);
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toEqual({
        formatVersion: 1,
        command: 'version',
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      });
    }
  });
});

describe('usage errors', () => {
  test.each([
    [['deploy', '--yess'], /unknown option '--yess' \(USAGE\)\n {2}fix: {2}did you mean --yes\?/],
    [['deplyo'], /unknown command 'deplyo' \(USAGE\)\n {2}fix: {2}did you mean deploy\?/],
    [['help', 'nope'], /unknown command 'nope' \(USAGE\)/],
    [['--no-color', 'help', 'nope'], /unknown command 'nope' \(USAGE\)/],
    [['dev', '--dry-run'], /dev has no --dry-run \(USAGE\)/],
    [['--dry-run', 'dev'], /dev has no --dry-run \(USAGE\)/],
    [['deploy', 'now'], /too many arguments for 'deploy'/],
    [['dev', '--port', 'high'], /Give a port, 0 to 65535/],
    [['deploy', '--wait-timeout', 'long'], /Give a time like 90s, 30m or 1h/],
    [['deploy', '--endpoint-url', 'localhost:4566'], /Give an address like http:/],
    [['setup', '--grant', 'all'], /Allowed choices are bucket-policy, role-policy/],
    [['setup', '--bucket'], /argument missing/],
    [['--json'.replace('json', 'quiet')], /no command given/],
  ])('%j', async (argv, message) => {
    const { status, stdout, stderr } = await runInProcess(argv);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/\n {2}fix: {2}.*edge-resize/);
    expect([status, stdout]).toEqual([3, '']);
  });

  test('as a document under --json, wherever that stands', async () => {
    for (const argv of [
      ['--json', 'deplyo'],
      ['deploy', '--yess', '--json'],
    ]) {
      const { status, stdout, stderr } = await runInProcess(argv);
      expect(JSON.parse(stdout)).toMatchObject({
        formatVersion: 1,
        error: { code: 'USAGE', docs: 'docs/messages.md#usage' },
      });
      expect([status, stderr]).toEqual([3, '']);
    }
  });
});

describe('whatever is thrown', () => {
  const cwd = join(folder.path, 'configured');
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'edge-resize.config.json'), '{"bucket":"some-bucket","distribution":"E1234567890"}');
  const throwing = (error: unknown): AwsPorts =>
    ({ logs: () => Promise.reject(error), identity: () => Promise.reject(error) }) as unknown as AwsPorts;
  const logs = (error: unknown, argv: string[] = [], signal?: AbortSignal) =>
    runInProcess(['logs', ...argv], { cwd, signal }, { aws: () => throwing(error) });

  test('an AppError: what, code, why, fix, docs, its status', async () => {
    const error = new AppError('ACCESS_DENIED', 'could not read', {
      why: 'No.',
      fix: 'ask',
      details: { requestId: 'r-1' },
    });
    const { status, stderr, stdout } = await logs(error);
    expect(stderr).toBe(
      '✖ could not read (ACCESS_DENIED)\n  why:  No.\n  fix:  ask\n  docs: docs/messages.md#access_denied\n',
    );
    expect([status, stdout]).toEqual([4, '']);
    expect((await logs(error, ['--verbose'])).stderr).toContain('requestId: r-1');
    expect((await logs(error, ['--color'])).stderr).toContain('\u001b[31m✖');
    expect(docsOf(error)).toBe('docs/messages.md#access_denied');
  });

  test('anything else: INTERNAL, without a stack unless --verbose', async () => {
    const error = new TypeError('x is not a function');
    const { status, stderr } = await logs(error);
    expect(status).toBe(1);
    expect(stderr).toContain('an error inside edge-resize: x is not a function (INTERNAL)');
    expect(stderr).not.toMatch(/\n\s+at /);
    expect((await logs(error, ['-v'])).stderr).toMatch(/TypeError: x is not a function\n\s+at /);
    expect(await logs('a string')).toMatchObject({ status: 1 });
  });

  test('an interrupt: 130, whatever the request under way threw', async () => {
    const { status, stderr } = await logs(new Error('socket hang up'), [], AbortSignal.abort());
    expect(status).toBe(130);
    expect(stderr).toContain('(INTERRUPTED)');
  });

  test('control characters in what AWS said stay harmless', async () => {
    const { stderr } = await logs(new AppError('AWS_ERROR', 'no \u001b[2Jsuch thing', { why: 'a\u0007b' }));
    for (const control of ['\u0007', '\u001b']) expect(stderr).not.toContain(control);
  });
});
