/** Which distribution a Host header means. Pure. */
import type { LiveDistribution } from '../world.ts';

export type HostAnswer =
  | { kind: 'distribution'; live: LiveDistribution }
  /** Nothing is there yet. */
  | { kind: 'none' }
  /** A bare loopback host, and several distributions. */
  | { kind: 'several'; hosts: string[] }
  /** Somebody else's name: a page elsewhere may have pointed its name here (DNS rebinding). */
  | { kind: 'foreign' };

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** By domain name, alias or `ID.localhost`; a bare loopback host means the only distribution there is. */
export function findDistribution(all: LiveDistribution[], hostHeader: string): HostAnswer {
  const host = hostHeader.toLowerCase().replace(/:\d+$/, '');
  const named = all.find((live) => hostsOf(live).includes(host));
  if (named) return { kind: 'distribution', live: named };
  if (!LOOPBACK.has(host)) return { kind: 'foreign' };
  const [only, ...others] = all;
  if (!only) return { kind: 'none' };
  if (others.length === 0) return { kind: 'distribution', live: only };
  return { kind: 'several', hosts: all.map(localHost) };
}

/** Where a distribution is seen: the bare address while it is the only one, else one with a host name of its own. */
export function viewerUrl(all: LiveDistribution[], cdn: string, domainName: string | undefined): string {
  const live = all.length > 1 ? all.find((one) => one.domainName === domainName) : undefined;
  return live ? cdn.replace('127.0.0.1', localHost(live)) : cdn;
}

const localHost = (live: LiveDistribution) => `${live.id.toLowerCase()}.localhost`;

function hostsOf(live: LiveDistribution): string[] {
  const aliases = live.config?.Aliases?.Items ?? [];
  return [live.domainName, localHost(live), ...aliases].map((name) => name.toLowerCase());
}
