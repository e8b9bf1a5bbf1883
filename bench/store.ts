/** A store of the originals in a process of its own, so that what it costs is not counted to the handler. Started by `startStore`. */
import { type ChildProcess, fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Store {
  /** http://127.0.0.1:PORT, path style. */
  endpoint: string;
  close(): void;
}

/** Serves the files of a folder as objects of any bucket. It asks for a signature, and does not recompute it. */
export async function startStore(folder: string): Promise<Store> {
  const child: ChildProcess = fork(fileURLToPath(import.meta.url), [folder]);
  const [endpoint] = (await once(child, 'message')) as [string];
  return { endpoint, close: () => child.kill() };
}

async function serve(folder: string): Promise<void> {
  const objects = new Map(
    readdirSync(folder).map((name) => {
      const bytes = readFileSync(join(folder, name));
      return [name, { bytes, etag: `"${createHash('md5').update(bytes).digest('hex')}"` }] as const;
    }),
  );
  const server = createServer(({ url = '', headers }, response) => {
    const object = objects.get(url.split('/').at(-1) ?? '');
    if (!headers.authorization?.startsWith('AWS4-HMAC-SHA256 ')) response.writeHead(403).end();
    else if (!object) response.writeHead(404).end();
    else response.writeHead(200, { 'content-length': object.bytes.length, etag: object.etag }).end(object.bytes);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  process.on('disconnect', () => process.exit());
}

const [, script, folder] = process.argv;
if (script === fileURLToPath(import.meta.url) && folder !== undefined) await serve(folder);
