/** What packaging needs to know of the machine it runs on. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface Host {
  /** The binary that runs this program, used to try the zip out. */
  node: string;
  /** Its version, such as `22.22.0`, where that is known without asking it. */
  nodeVersion?: string;
  platform: string;
  arch: string;
  /** GNU's C library, as in Lambda. */
  glibc: boolean;
  /** Where downloads are kept. */
  cacheDir: string;
  env: Record<string, string | undefined>;
}

/** The host of a process. */
export function hostOf({ execPath, versions, platform, arch, env, report }: NodeJS.Process): Host {
  return {
    node: execPath,
    nodeVersion: versions.node,
    platform,
    arch,
    glibc: platform === 'linux' && hasGlibc(report),
    cacheDir: join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'edge-resize'),
    env,
  };
}

function hasGlibc(report: NodeJS.ProcessReport | undefined): boolean {
  const header = (report?.getReport() as { header?: Record<string, unknown> } | undefined)?.header;
  return header?.glibcVersionRuntime !== undefined;
}

/** Can this host run what Lambda runs (x86_64, glibc)? */
export function runsLambdaBinaries(host: Host): boolean {
  return host.platform === 'linux' && host.arch === 'x64' && host.glibc;
}
