/** Which cache behavior serves a request, and whether it may be asked this way. Pure. */
import type { DistributionConfig } from '@aws-sdk/client-cloudfront';
import { wildcardMatch } from '../policy/match.ts';
import type { Behavior } from './types.ts';

/**
 * The first behavior whose path pattern matches, in the distribution's order, else the default one. Patterns are
 * case-sensitive; `*` stands for 0 or more characters, `?` for exactly one; the leading slash is optional
 * (CFDG "Path pattern"). The path is matched as sent, without its query string.
 */
export function matchBehavior(config: DistributionConfig, path: string): Behavior {
  const listed = config.CacheBehaviors?.Items ?? [];
  const found = listed.find(({ PathPattern }) => PathPattern !== undefined && pathMatches(PathPattern, path));
  const behavior = found ?? config.DefaultCacheBehavior;
  if (!behavior) throw new Error('a distribution without a default behavior');
  return behavior;
}

export function pathMatches(pattern: string, path: string): boolean {
  return wildcardMatch(pattern.replace(/^\//, ''), path.replace(/^\//, ''));
}

const DEFAULT_METHODS = ['HEAD', 'GET'];

/** Is the method among the behavior's allowed ones? Otherwise CloudFront answers 403 without asking the origin. */
export function methodAllowed(behavior: Behavior, method: string): boolean {
  return (behavior.AllowedMethods?.Items ?? DEFAULT_METHODS).includes(method as 'GET');
}

/** What the viewer protocol policy does with a request: pass it, send it to https (301), or refuse it (403). */
export function protocolAction(behavior: Behavior, protocol: 'http' | 'https'): 'pass' | 'redirect' | 'refuse' {
  if (protocol === 'https') return 'pass';
  if (behavior.ViewerProtocolPolicy === 'redirect-to-https') return 'redirect';
  return behavior.ViewerProtocolPolicy === 'https-only' ? 'refuse' : 'pass';
}

/** The path that is fetched: the default root object for `/` alone, never for a folder (CFDG "Default root object"). */
export function originPath(config: DistributionConfig, path: string): string {
  const root = config.DefaultRootObject;
  return path === '/' && root ? `/${root.replace(/^\//, '')}` : path;
}
