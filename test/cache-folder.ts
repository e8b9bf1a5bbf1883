/** One cache folder for all tests of a run, so that a zip with the same settings is packed once; gone when the run is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Called by vitest before the first worker starts: workers, and programs that tests start, inherit the environment. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'edge-resize-cache-'));
  process.env.XDG_CACHE_HOME = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
