/** One process at a time on a --data folder: a second is refused and named the first, a killed one leaves no lock. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { lockFolder } from '../../src/local/folder-lock.ts';
import { startTestAws } from '../builders/local-aws.ts';

const ending: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0).reverse()) await end();
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'edge-resize-test-'));
  ending.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A process that does nothing, and its end. */
function idle() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)']);
  const gone = new Promise((done) => child.once('exit', done));
  const kill = () => {
    child.kill('SIGKILL');
    return gone;
  };
  ending.push(kill);
  return { pid: child.pid ?? 0, kill };
}

test('a second local AWS on a folder is refused and told of the first; after its end the folder is free', async () => {
  const data = newFolder();
  const first = await startTestAws({ data });
  ending.push(first.close);
  await expect(startTestAws({ data })).rejects.toMatchObject({
    code: 'DATA_IN_USE',
    message: expect.stringContaining(`process ${process.pid}`),
    fix: expect.stringContaining(`kill ${process.pid}`),
  });
  await first.close();
  await (await startTestAws({ data })).close();
});

test('one that could not start leaves the folder free', async () => {
  const data = newFolder();
  const holder = await startTestAws();
  ending.push(holder.close);
  const taken = Number(new URL(holder.cdn).port);
  await expect(startTestAws({ data, port: taken })).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  await (await startTestAws({ data })).close();
});

test('a process that was killed does not hold the folder, one that runs does', async () => {
  const folder = newFolder();
  const { pid, kill } = idle();
  lockFolder(folder, pid);
  expect(() => lockFolder(folder, process.pid)).toThrow(expect.objectContaining({ code: 'DATA_IN_USE' }));
  await kill();
  lockFolder(folder, process.pid)();
  expect(readdirSync(folder)).toEqual([]);
});

test('nor does another process that came to have its number', () => {
  const folder = newFolder();
  lockFolder(folder, 7, () => 'before');
  expect(() => lockFolder(folder, 8, () => 'before')).toThrow(expect.objectContaining({ code: 'DATA_IN_USE' }));
  lockFolder(folder, 7, () => 'after')();
});

test('nor does a lock that was cut short', () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'lock.json'), '{"pid"');
  lockFolder(folder, process.pid)();
});
