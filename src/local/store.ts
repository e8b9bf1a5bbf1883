/** Where the local AWS keeps its state: JSON rows in named tables, and bytes by their SHA-256. In memory, or in a folder. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Rows are JSON-safe values. A row that is changed must be `set` again to be kept. */
export interface Table<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
  delete(key: string): boolean;
  entries(): [string, T][];
  values(): T[];
}

export interface Store {
  table<T>(name: string): Table<T>;
  /** Keeps bytes and returns their SHA-256 in hex. */
  putBlob(bytes: Uint8Array): string;
  /** The bytes of a hash that `putBlob` returned. Throws when they are gone. */
  getBlob(sha256: string): Uint8Array;
}

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** A store that is gone with the process. */
export function memoryStore(): Store {
  const tables = new Map<string, Table<unknown>>();
  const blobs = new Map<string, Uint8Array>();
  return {
    table<T>(name: string): Table<T> {
      const known = tables.get(name) ?? mapTable(new Map());
      tables.set(name, known);
      return known as Table<T>;
    },
    putBlob(bytes) {
      const hash = sha256(bytes);
      blobs.set(hash, bytes);
      return hash;
    },
    getBlob(hash) {
      const bytes = blobs.get(hash);
      if (!bytes) throw new Error(`no blob ${hash}`);
      return bytes;
    },
  };
}

/** A store in `folder`. Every row is written through at once, by rename, so a killed process leaves whole rows only. */
export function folderStore(folder: string): Store {
  const tables = new Map<string, Table<unknown>>();
  const blobs = join(folder, 'blobs');
  makeFolder(blobs);
  return {
    table<T>(name: string): Table<T> {
      const known = tables.get(name) ?? folderTable(join(folder, 'tables', name));
      tables.set(name, known);
      return known as Table<T>;
    },
    putBlob(bytes) {
      const hash = sha256(bytes);
      const file = join(blobs, hash);
      if (!existsSync(file)) writeWhole(file, bytes);
      return hash;
    },
    getBlob: (hash) => readFileSync(join(blobs, hash)),
  };
}

/** Makes a folder and those above it. Node's own `recursive` never returns where none can be made, as in /proc. */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  mkdirSync(folder);
}

function mapTable<T>(rows: Map<string, T>): Table<T> {
  return {
    get: (key) => rows.get(key),
    set: (key, value) => void rows.set(key, value),
    delete: (key) => rows.delete(key),
    entries: () => [...rows],
    values: () => [...rows.values()],
  };
}

function folderTable(folder: string): Table<unknown> {
  makeFolder(folder);
  const rows = new Map<string, unknown>();
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.json'))) {
    const row = readRow(join(folder, name));
    rows.set(row.key, row.value);
  }
  // Keys can be longer than a file name may be (S3 allows 1,024 bytes), so files are named by the key's hash.
  const fileOf = (key: string) => join(folder, `${sha256(key).slice(0, 40)}.json`);
  return {
    ...mapTable(rows),
    set(key, value) {
      rows.set(key, value);
      writeWhole(fileOf(key), JSON.stringify({ key, value }));
    },
    delete(key) {
      rmSync(fileOf(key), { force: true });
      return rows.delete(key);
    },
  };
}

function readRow(file: string): { key: string; value: unknown } {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { key: string; value: unknown };
  } catch (error) {
    throw new Error(`${file}: ${String(error)}`);
  }
}

function writeWhole(file: string, content: string | Uint8Array): void {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, file);
}
