// A contender in a process of its own: makes one picture for each message and answers what that took.
import { readFileSync } from 'node:fs';

/** @param {(bytes: Buffer, asked: { size: string, format: string, quality?: number }) => Promise<{ length: number }>} make */
export function takeTurns(make) {
  const read = { path: '', bytes: Buffer.alloc(0) };
  process.on('message', async ({ path, ...asked }) => {
    if (read.path !== path) Object.assign(read, { path, bytes: readFileSync(path) });
    const cpu = process.cpuUsage();
    const began = performance.now();
    const made = await make(read.bytes, asked).catch((error) => ({ error: String(error) }));
    const wall = performance.now() - began;
    const { user, system } = process.cpuUsage(cpu);
    process.send(made.error ? { error: made.error } : { cpu: (user + system) / 1000, wall, length: made.length });
  });
  process.on('disconnect', () => process.exit());
  process.send('ready');
}
