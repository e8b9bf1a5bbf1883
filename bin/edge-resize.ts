#!/usr/bin/env node
/** The executable: hands argv and the process's streams to `run`, sets the exit status. */
import { setMaxListeners } from 'node:events';
import nodeModule from 'node:module';

/** A compile cache halves the start on the Node versions that have one (22.8). */
(nodeModule as { enableCompileCache?: () => unknown }).enableCompileCache?.();

if (!process.argv.includes('--verbose') && !process.argv.includes('-v')) {
  // Warnings are for whoever develops this: the SDK's notice about Node 20, and any library's deprecations.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  process.removeAllListeners('warning');
}

const stop = new AbortController();
// Every request under way listens; `logs` has 26 of them at once.
setMaxListeners(0, stop.signal);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
  });
}

// `edge-resize logs | head`: the reader has gone, so the run stops, without a word.
let deserted = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  deserted = true;
  stop.abort();
});
process.stderr.on('error', () => undefined);

const { run } = await import('../src/main.ts');
const status = await run(process.argv.slice(2), {
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: stop.signal,
});
process.exitCode = deserted ? 0 : status;
// After an interrupt nothing that is still under way is waited for.
if (stop.signal.aborted) process.exit();
