/** The built CLI as a person meets it: at a terminal of 80 columns, in a pipe that closes, stopped by a signal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanEnvironment, ROOT, runProgram } from '../builders/cli.ts';
import { type Session, startSession, view } from './session.ts';

const BIN = join(ROOT, 'dist/bin/edge-resize.js');
/** Long enough that a test is sure to meet the wait. */
const DEPLOY = 4_000;

let session: Session;

beforeAll(async () => {
  session = await startSession({ delays: `role=0,deploy=${DEPLOY},lambda=0,invalidation=0,replica=0` });
}, 60_000);

afterAll(() => session.end());

/** A terminal of 80 columns around the CLI, by the pty module of python3: `answers` are typed at the questions that hold these words. */
const TERMINAL = `
import fcntl, json, os, pty, struct, sys, termios
answers, program = json.loads(sys.argv[1]), sys.argv[2:]
pid, fd = pty.fork()
if pid == 0:
    os.execvp(program[0], program)
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
seen = b''
while True:
    try:
        got = os.read(fd, 65536)
    except OSError:
        break
    if not got:
        break
    os.write(1, got)
    seen += got
    if answers and answers[0][0].encode() in seen:
        seen = seen[seen.index(answers[0][0].encode()) + len(answers[0][0]):]
        os.write(fd, answers.pop(0)[1].encode())
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

/** What a person would see, without the codes that move and colour. */
async function atTerminal(args: string[], answers: [question: string, keys: string][] = []) {
  const argv = ['-c', TERMINAL, JSON.stringify(answers), process.execPath, BIN, ...args];
  const env = { ...session.env, TERM: 'xterm-256color' };
  const { status, stdout } = await runProgram('python3', argv, { cwd: session.home, env });
  return { status, screen: stripVTControlCharacters(stdout).replaceAll('\r', ''), raw: stdout };
}

describe('a terminal of 80 columns', () => {
  test('setup asks; no writes nothing, y goes on; no line of the plan is too wide', async () => {
    const args = ['setup', '--bucket', 'terminal-photos', '--upload', join(ROOT, 'test/fixtures/images')];
    const no = await atTerminal(args, [['No', 'n']]);
    expect(no.status).toBe(5);
    expect(no.screen).toContain('nothing was written (DECLINED)');
    const yes = await atTerminal(args, [['Set this up?', 'y']]);
    expect(yes.status, yes.screen).toBe(0);
    expect(yes.screen).toContain('Next: edge-resize deploy');
    expect(yes.raw).toContain('\u001b[32m');
    const plan = yes.screen.slice(0, yes.screen.indexOf('destructive.')).split('\n');
    // A policy's lines stay whole, so that they can be copied.
    const prose = plan.filter((line) => !/^ {4}[ +@-]/.test(line) || /^ {16}/.test(line));
    expect(prose.filter((line) => line.length > 80)).toEqual([]);
  });

  test('Ctrl-C in the wait of deploy: 130, AWS goes on, the same command waits on to the end', async () => {
    const stopped = await atTerminal(['deploy', '--yes'], [['InProgress', '\u0003']]);
    expect(stopped.status, stopped.screen).toBe(130);
    expect(stopped.screen).toContain('(INTERRUPTED)');
    expect(stopped.screen).toMatch(/AWS goes on/);
    expect(stopped.screen).toMatch(/fix: {2}edge-resize deploy --yes .*waits on/);
    const again = await atTerminal(['deploy', '--yes']);
    expect(again.status, again.screen).toBe(0);
    expect(again.screen).not.toContain('lambda');
    expect(again.screen).toContain('/astronaut.png?d=100x100');
    expect((await view(session, '/astronaut.png?d=100x100')).status).toBe(200);
  }, 60_000);

  test('logs: the day once, then columns with the time of day', async () => {
    const { status, screen } = await atTerminal(['logs']);
    expect(status).toBe(0);
    expect(screen).toMatch(/^\d{4}-\d\d-\d\d, UTC$/m);
    expect(screen).toMatch(/^\d\d:\d\d:\d\dZ eu-west-1 {6}png {6}100x100 .* \/astronaut\.png$/m);
    expect(screen.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

describe('pipes', () => {
  test('`logs | head -1` ends quietly, with status 0', async () => {
    for (let size = 10; size < 40; size += 1) await view(session, `/rocket.jpg?d=${size}x${size}`);
    const line = `"${process.execPath}" "${BIN}" logs --json | head -1; echo "status \${PIPESTATUS[0]}"`;
    const { stdout, stderr } = await runProgram('bash', ['-c', line], { cwd: session.home, env: session.env });
    expect(stdout.trim().split('\n')).toEqual([expect.stringMatching(/^\{"region"/), 'status 0']);
    expect(stderr).toBe('');
  });

  test('a pipe gets whole times, no colours and no spinner; FORCE_COLOR and NO_COLOR decide, CI stays plain', async () => {
    const run = (extra: Record<string, string>) =>
      runProgram(process.execPath, [BIN, 'logs', '--filter', 'astronaut'], {
        cwd: session.home,
        env: { ...session.env, ...extra },
      });
    const plain = await run({});
    expect(plain.stdout).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z eu-west-1 /);
    expect(plain.stdout + plain.stderr).not.toContain('\u001b');
    expect((await run({ FORCE_COLOR: '1' })).stdout).toContain('\u001b[');
    expect((await run({ FORCE_COLOR: '1', NO_COLOR: '1' })).stdout).not.toContain('\u001b[');
    const ci = await runProgram('python3', ['-c', TERMINAL, '[]', process.execPath, BIN, 'invalidate', '--all'], {
      cwd: session.home,
      env: { ...session.env, CI: 'true', NO_COLOR: '1' },
    });
    expect([ci.status, ci.stdout.includes('(CONFIRM_REQUIRED)')]).toEqual([5, true]);
    expect(ci.stdout).not.toContain('\u001b[');
  });
});

describe('signals', () => {
  const ended = (child: ChildProcess) => new Promise<number | null>((done) => child.on('close', done));
  const said = (child: ChildProcess, words: string, stream: 'stdout' | 'stderr' = 'stderr') =>
    new Promise<void>((done) => {
      let text = '';
      child[stream]?.on('data', (chunk) => {
        text += String(chunk);
        if (text.includes(words)) done();
      });
    });
  const start = (args: string[], env: Record<string, string>) =>
    spawn(process.execPath, [BIN, ...args], { cwd: session.home, env, stdio: ['ignore', 'pipe', 'pipe'] });

  test('SIGINT while AWS is silent: 130, with the command to repeat', async () => {
    const config = join(session.home, 'silent.config.json');
    writeFileSync(config, JSON.stringify({ name: 'x', bucket: 'terminal-photos', distribution: 'E1234567890ABC' }));
    const { createServer } = await import('node:net');
    let asked = (): void => undefined;
    const first = new Promise<void>((done) => {
      asked = done;
    });
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => asked());
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as { port: number };
    const child = start(['logs', '--config', config, '--endpoint-url', `http://127.0.0.1:${port}`], session.env);
    let stderr = '';
    child.stderr?.on('data', (chunk) => {
      stderr += String(chunk);
    });
    const end = ended(child);
    await first;
    child.kill('SIGINT');
    expect(await end).toBe(130);
    expect(stderr).toContain('(INTERRUPTED)');
    expect(stderr).toContain('fix:  edge-resize logs --config');
    server.close();
  });

  test('a second SIGINT ends at once what does not heed the first', async () => {
    const config = join(session.home, 'endless.config.mjs');
    writeFileSync(config, "console.error('begun'); await new Promise((done) => setTimeout(done, 60_000));");
    const child = start(['logs', '--config', config], session.env);
    const end = ended(child);
    await said(child, 'begun');
    child.kill('SIGINT');
    const waited = await Promise.race([end, new Promise((done) => setTimeout(done, 500, 'still running'))]);
    expect(waited).toBe('still running');
    child.kill('SIGINT');
    expect(await end).toBe(130);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('%s is the normal end of dev: 0', async (signal) => {
    const child = start(['dev', '--port', '0', '--aws-port', '0'], cleanEnvironment(session.home));
    const end = ended(child);
    await said(child, 'Ctrl-C', 'stdout');
    child.kill(signal);
    expect(await end).toBe(0);
  });
});
