import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { reportLine, streamName } from '../../../src/local/runtime/lines.ts';
import { Crowded, createPool } from '../../../src/local/runtime/pool.ts';
import { unpack } from '../../../src/local/runtime/unpack.ts';
import { zipOf } from '../edge/site.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'edge-resize-test-'));
  folders.push(folder);
  return folder;
}

describe('unpacking', () => {
  test('files and folders come out, once', async () => {
    const root = newFolder();
    const zip = await zipOf({ 'index.js': 'one', 'node_modules/x/index.js': 'two' });
    const folder = await unpack(zip, root, 'hash');
    expect(readFileSync(join(folder, 'node_modules/x/index.js'), 'utf8')).toBe('two');
    expect(await unpack(new Uint8Array(), root, 'hash')).toBe(folder);
    expect(readdirSync(root)).toEqual(['hash']);
  });

  test('at once, several times', async () => {
    const root = newFolder();
    const zip = await zipOf({ 'index.js': 'one' });
    const all = await Promise.all([1, 2, 3].map(() => unpack(zip, root, 'hash')));
    expect(new Set(all).size).toBe(1);
    expect(readdirSync(root)).toEqual(['hash']);
  });

  test.each(['../out.js', '/etc/out.js', 'a/../../out.js', 'C:/out.js', 'a\\..\\out.js'])(
    '%s is refused',
    async (name) => {
      const root = newFolder();
      // The archiver cleans names, so the name is put into the bytes afterwards.
      const innocent = 'x'.repeat(name.length);
      const zip = Buffer.from(await zipOf({ [innocent]: 'bad' }));
      const hostile = Buffer.from(zip.toString('latin1').replaceAll(innocent, name), 'latin1');
      await expect(unpack(hostile, root, 'hash')).rejects.toThrow();
      expect(readdirSync(root)).toEqual([]);
      expect(existsSync(join(root, '../out.js'))).toBe(false);
    },
  );

  test('a link is refused', async () => {
    const root = newFolder();
    const { ZipArchive } = await import('archiver');
    const zip = new ZipArchive();
    zip.symlink('passwd', '/etc/passwd');
    const chunks: Uint8Array[] = [];
    zip.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    await zip.finalize();
    await expect(unpack(Buffer.concat(chunks), root, 'hash')).rejects.toThrow('symbolic link');
  });
});

describe('pool', () => {
  function makePool(most = 2, idleMs = 1000, waitMs = 10_000) {
    const ended: string[] = [];
    let count = 0;
    const pool = createPool({
      most,
      idleMs,
      waitMs,
      start: async (region) => {
        const name = `${region}#${++count}`;
        return { name, usable: () => !ended.includes(name), end: () => void ended.push(name) };
      },
    });
    return { pool, ended };
  }

  test('warm ones are used again in their region, and give way to another', async () => {
    const { pool, ended } = makePool(1);
    const first = await pool.acquire('a');
    first.release();
    const second = await pool.acquire('a');
    expect([first.item.name, second.item.name, second.cold]).toEqual(['a#1', 'a#1', false]);
    second.release();
    const other = await pool.acquire('b');
    expect([other.item.name, other.cold, ended]).toEqual(['b#2', true, ['a#1']]);
  });

  test('who waits gets the next free place, first in the same region', async () => {
    const { pool } = makePool(1);
    const first = await pool.acquire('a');
    const [b, a] = [pool.acquire('b'), pool.acquire('a')];
    first.release();
    const served = await a;
    expect([served.item.name, served.cold]).toEqual(['a#1', false]);
    served.release();
    expect((await b).item.name).toBe('b#2');
  });

  test('a dead one is not handed on', async () => {
    const { pool } = makePool(1);
    const first = await pool.acquire('a');
    const waiting = pool.acquire('a');
    first.item.end();
    first.release();
    expect((await waiting).item.name).toBe('a#2');
  });

  test('never more than the most, all are served in the end', async () => {
    const { pool } = makePool(3);
    let running = 0;
    let peak = 0;
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const lease = await pool.acquire(['a', 'b', 'c', 'd'][i % 4] ?? 'a');
        peak = Math.max(peak, ++running);
        await new Promise((done) => setTimeout(done, i % 3));
        running--;
        lease.release();
      }),
    );
    expect(peak).toBeLessThanOrEqual(3);
  });

  test('idle ones end, and their place is free again', async () => {
    vi.useFakeTimers();
    try {
      const { pool, ended } = makePool(1, 1000);
      (await pool.acquire('a')).release();
      await vi.advanceTimersByTimeAsync(1001);
      expect(ended).toEqual(['a#1']);
      expect((await pool.acquire('a')).item.name).toBe('a#2');
    } finally {
      vi.useRealTimers();
    }
  });

  test('who waits too long is sent away, and takes no place from those behind', async () => {
    const { pool } = makePool(1, 1000, 20);
    const first = await pool.acquire('a');
    await expect(pool.acquire('a')).rejects.toThrow(Crowded);
    const next = pool.acquire('a');
    first.release();
    expect((await next).item.name).toBe('a#1');
  });

  test('a failed start frees its place', async () => {
    let fail = true;
    const start = async () => {
      if (fail) throw new Error('no role');
      return { usable: () => true, end: () => undefined };
    };
    const pool = createPool({ most: 1, idleMs: 1000, waitMs: 1000, start });
    await expect(pool.acquire('a')).rejects.toThrow('no role');
    fail = false;
    expect((await pool.acquire('a')).cold).toBe(true);
  });
});

test('the REPORT line of a cold start bills its initialisation', () => {
  const parts = {
    requestId: 'id',
    durationMs: 79.674,
    memoryMB: 128,
    peakBytes: 73 * 1_048_576,
    status: 'success' as const,
  };
  expect(reportLine({ ...parts, initMs: undefined })).toBe(
    'REPORT RequestId: id\tDuration: 79.67 ms\tBilled Duration: 80 ms\tMemory Size: 128 MB\tMax Memory Used: 73 MB\t\n',
  );
  expect(reportLine({ ...parts, initMs: 166.62 })).toContain('Billed Duration: 247 ms');
});

test('streams are named by day, function, version and environment', () => {
  expect(streamName(Date.parse('2026-11-22T23:59:59Z'), 'f', '7', 'abc')).toBe('2026/11/22/f[7]abc');
});
