/** Watches how much memory a child process takes. */
import { readFile } from 'node:fs/promises';

const POLL_MS = 50;
/** Bytes of a page on linux-x64 and most linux-arm64; /proc counts in pages. */
const PAGE = 4096;

export interface MemoryWatch {
  /** Largest resident set seen, in bytes. */
  peak(): number;
  stop(): void;
}

/** Resident set of a process in bytes; undefined when it is gone, or on a system without /proc. */
export async function residentBytes(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/statm`, 'utf8').catch(() => '');
  const pages = Number(text.split(' ')[1]);
  return pages > 0 ? pages * PAGE : undefined;
}

/** Looks every 50 ms and calls `over` once when the resident set passes `limit` bytes. */
export function watchMemory(pid: number, limit: number, over: () => void): MemoryWatch {
  let peak = 0;
  let done = false;
  const timer = setInterval(async () => {
    const bytes = await residentBytes(pid);
    peak = Math.max(peak, bytes ?? 0);
    if (done || peak <= limit) return;
    done = true;
    over();
  }, POLL_MS);
  return {
    peak: () => peak,
    stop() {
      done = true;
      clearInterval(timer);
    },
  };
}
