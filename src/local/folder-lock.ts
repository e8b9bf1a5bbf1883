/** Keeps a second local AWS off a folder: each holds all of its rows in memory, so two would overwrite each other's. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '../errors.ts';
import { makeFolder } from './store.ts';

/** When a process was started, in any form that another process of the same id would not have; undefined: there is none. */
export type StartOf = (pid: number) => string | undefined;

interface Holder {
  pid: number;
  /** Numbers of processes come again, in containers at once. */
  started: string;
}

/**
 * Takes the folder for this process. What a killed process left behind does not hold it.
 * @returns gives the folder free
 * @throws AppError DATA_IN_USE; what the file system throws when the folder cannot be written
 */
export function lockFolder(folder: string, pid: number, startOf: StartOf = startOfProcess): () => void {
  makeFolder(folder);
  const file = join(folder, 'lock.json');
  const own = JSON.stringify({ pid, started: startOf(pid) ?? '' });
  if (!createFile(file, own)) {
    const holder = readHolder(file);
    if (holder && startOf(holder.pid) === holder.started) throw inUse(folder, holder.pid);
    rmSync(file, { force: true });
    if (!createFile(file, own)) throw inUse(folder, readHolder(file)?.pid);
  }
  let held = true;
  return () => {
    if (held) rmSync(file, { force: true });
    held = false;
  };
}

/** False when it is there already. */
function createFile(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Undefined when the file is gone, or was cut short. */
function readHolder(file: string): Holder | undefined {
  try {
    const { pid, started } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Holder>;
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}

function inUse(folder: string, pid: number | undefined): AppError {
  const holder = pid === undefined ? 'another process' : `process ${pid}`;
  return new AppError('DATA_IN_USE', `The folder ${folder} is kept by another local AWS, ${holder}`, {
    why: 'Two on one folder would overwrite what the other wrote.',
    fix: `${pid === undefined ? 'End that one' : `kill ${pid}`}, or give another folder: edge-resize dev --data NEW_FOLDER`,
  });
}

/** Linux tells when a process began, and keeps dead ones until their parent asks; elsewhere it has to do that one is there. */
function startOfProcess(pid: number): string | undefined {
  try {
    // The name, in brackets, may hold anything: the state is the first word after it, the start (clock ticks) the 20th.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return isThere(pid) ? '' : undefined;
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
