/** Fresh processes of the function, as it lies in the zip. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { OriginResponseEvent } from '../handler/event.ts';
import { type Bundle, makeBundle } from '../src/bundle/index.ts';
import { unpack } from '../src/local/runtime/unpack.ts';
import { buildHandler, defaultSettings, PACKAGE_ROOT } from '../test/bundle/built-handler.ts';

/** Memory of the function by default, in MB. */
export const MEMORY_MB = 1024;

export interface Edge {
  /** Where the zip is unpacked. */
  folder: string;
  bundle: Bundle;
  /** Runs the events in one new process. */
  run(events: OriginResponseEvent[], node?: string): Promise<Ran>;
  /** Removes the unpacked zip. */
  close(): void;
}

export interface Ran {
  /** Resident memory at its highest, in MB. */
  peakMb: number;
  /** The `edge-resize` header of each answer. */
  notes: string[];
  /** Milliseconds that each event took. */
  times: number[];
  /** From the start of the process to its end. */
  milliseconds: number;
}

/** @param endpoint of the store that holds the originals */
export async function startEdge(endpoint: string): Promise<Edge> {
  const root = mkdtempSync(join(tmpdir(), 'edge-resize-bench-zip-'));
  const handlerDir = await buildHandler();
  const bundle = await makeBundle({ handlerDir, packageRoot: PACKAGE_ROOT, settings: defaultSettings() });
  rmSync(handlerDir, { recursive: true });
  const folder = await unpack(bundle.zip, root, 'function');
  const file = join(root, 'events.json');
  return {
    folder,
    bundle,
    run(events, node = process.execPath) {
      writeFileSync(file, JSON.stringify(events));
      return run(node, [join(import.meta.dirname, 'edge-process.cjs'), folder, file], endpoint);
    },
    close: () => rmSync(root, { recursive: true, force: true }),
  };
}

async function run(node: string, args: string[], endpoint: string): Promise<Ran> {
  const began = performance.now();
  const env = {
    PATH: process.env.PATH ?? '',
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: 'AKIABENCH',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: `${MEMORY_MB}`,
  };
  const child = spawn(node, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [printed, [status]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  if (status !== 0) throw new Error(`the process of the function ended with ${status}`);
  const ran = JSON.parse(printed) as Omit<Ran, 'milliseconds'>;
  return { ...ran, milliseconds: performance.now() - began };
}
