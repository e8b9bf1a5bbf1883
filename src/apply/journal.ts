/**
 * The history of what was written, beside the config: a line before and after each write. Nothing reads it to decide
 * anything; it tells a person what an interrupted run did. Never in the bucket, where the CDN could serve it.
 */
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface JournalEntry {
  command: string;
  name: string;
  account: string;
  step: string;
  kind: string;
  phase: 'begin' | 'done' | 'failed';
  /** What the step said at its end, or the error's message. */
  text?: string;
}

export interface Journal {
  record(entry: JournalEntry): Promise<void>;
  /** Saves a bucket's policy before it is replaced, and says where. */
  backupPolicy(bucket: string, policy: string): Promise<string>;
}

/**
 * A journal in `folder` (made on the first write, with a .gitignore: it names accounts).
 * @param now milliseconds since 1970
 */
export function openJournal(folder: string, now: () => number): Journal {
  const stamp = () => new Date(now()).toISOString();
  const made = lazily(async () => {
    await mkdir(join(folder, 'backups'), { recursive: true });
    await writeFile(join(folder, '.gitignore'), '*\n');
  });
  return {
    async record(entry) {
      await made();
      await appendFile(join(folder, 'journal.ndjson'), `${JSON.stringify({ at: stamp(), ...entry })}\n`);
    },
    async backupPolicy(bucket, policy) {
      await made();
      const path = join(folder, 'backups', `${bucket}-${stamp().replaceAll(':', '-')}.json`);
      await writeFile(path, `${policy}\n`);
      return path;
    },
  };
}

function lazily(make: () => Promise<void>): () => Promise<void> {
  let made: Promise<void> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
