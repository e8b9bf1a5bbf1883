/** A small npm registry over HTTP that serves installed packages. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface Registry {
  url: string;
  /** Paths asked for. */
  seen: string[];
  close(): Promise<void>;
}

/** Serves the packages `names` of a `node_modules` folder, each at its installed version; 404 for the rest. */
export async function startRegistry(modules: string, names: string[], work: string): Promise<Registry> {
  const seen: string[] = [];
  let url = '';
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '').slice(1);
    seen.push(path);
    const tarball = /^tarball\/(.+)$/.exec(path)?.[1];
    if (names.includes(path)) response.setHeader('content-type', 'application/json').end(packument(path));
    else if (tarball && names.includes(tarball)) response.end(pack(tarball));
    else response.writeHead(404).end('{}');
  });

  function pack(name: string): Buffer {
    const file = join(work, `${name.replaceAll('/', '-')}.tgz`);
    const folder = join(modules, ...name.split('/'));
    // Sorted and undated, so that a package has the same integrity whenever it is packed.
    const stable = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--transform=s,^\\.,package,'];
    execFileSync('tar', ['-I', 'gzip -n -1', ...stable, '-cf', file, '-C', folder, '.']);
    return readFileSync(file);
  }

  function packument(name: string): string {
    const manifest = JSON.parse(readFileSync(join(modules, ...name.split('/'), 'package.json'), 'utf8'));
    const integrity = `sha512-${createHash('sha512').update(pack(name)).digest('base64')}`;
    const version = { ...manifest, dist: { tarball: `${url}/tarball/${encodeURIComponent(name)}`, integrity } };
    return JSON.stringify({
      name,
      'dist-tags': { latest: manifest.version },
      versions: { [manifest.version]: version },
    });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    seen,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
