/** Others who resize pictures on a server, on the same pictures and sizes. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchIpx } from './peers/ipx.ts';
import { benchVips } from './peers/vips.ts';

const PEERS = join(import.meta.dirname, 'peers');

export async function benchPeers(): Promise<boolean> {
  installPeers();
  const kept = [await benchIpx()];
  if (spawnSync('vipsthumbnail', ['--version']).status === 0) kept.push(await benchVips());
  else console.log('  vipsthumbnail is not installed (Debian: libvips-tools): not measured');
  return kept.every(Boolean);
}

/** As bench/peers/package-lock.json has them, once. Their install scripts are not run. */
function installPeers(): void {
  const wanted = JSON.parse(readFileSync(join(PEERS, 'package.json'), 'utf8')) as { dependencies: { ipx: string } };
  const installed = join(PEERS, 'node_modules/ipx/package.json');
  if (existsSync(installed) && JSON.parse(readFileSync(installed, 'utf8')).version === wanted.dependencies.ipx) return;
  const { status } = spawnSync('npm', ['ci', '--prefix', PEERS, '--ignore-scripts', '--no-audit', '--no-fund'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('npm ci --prefix bench/peers failed: the peers need a registry once');
}
