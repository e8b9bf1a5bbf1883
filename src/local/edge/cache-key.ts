/** What of a request is in the cache key, and what goes on to the origin. Pure. */
import type { CachePolicyConfig, ForwardedValues, OriginRequestPolicyConfig } from '@aws-sdk/client-cloudfront';
import type { ViewerRequest } from './types.ts';

/** How a behavior selects query strings, headers and cookies: all of them, or by a test of the name. */
interface Selection {
  query: Choice;
  headers: Choice;
  cookies: Choice;
  /** `br`, `gzip`: encodings that a normalised Accept-Encoding may name. */
  encodings: string[];
}

type Choice = 'all' | ((name: string) => boolean);

export interface CacheKey {
  /** Two requests with the same key get the same object. */
  key: string;
  /** Query string that is part of the key, without `?`: invalidation paths are compared with it. */
  keyQuery: string;
  /** What the origin and the function see, without `?`. */
  querystring: string;
  /** Viewer headers that go to the origin. */
  headers: Record<string, string>;
}

export interface KeyRules {
  cachePolicy?: CachePolicyConfig;
  originRequestPolicy?: OriginRequestPolicyConfig;
  /** Legacy settings of a behavior without a cache policy. */
  forwardedValues?: ForwardedValues;
}

const none: Choice = () => false;

/** Key and forwarded parts of a request. Names are compared with case, except headers'; order is kept (AWS-FACTS 3.2). */
export function cacheKey(request: ViewerRequest, path: string, rules: KeyRules): CacheKey {
  const inKey = rules.cachePolicy ? policySelection(rules.cachePolicy) : legacySelection(rules.forwardedValues);
  const forwarded = forwardedSelection(inKey, rules);
  const keyQuery = selectQuery(request.querystring, inKey.query);
  const keyHeaders = selectHeaders(request.headers, inKey);
  const keyCookies = selectCookies(request.headers.cookie, inKey.cookies);
  const cookies = selectCookies(request.headers.cookie, forwarded.cookies);
  const headers = selectHeaders(request.headers, forwarded);
  return {
    key: JSON.stringify([path, keyQuery, Object.entries(keyHeaders).sort(), keyCookies]),
    keyQuery,
    querystring: selectQuery(request.querystring, forwarded.query),
    headers: cookies ? { ...headers, cookie: cookies } : headers,
  };
}

function policySelection(policy: CachePolicyConfig): Selection {
  const parameters = policy.ParametersInCacheKeyAndForwardedToOrigin;
  const query = parameters?.QueryStringsConfig;
  const headers = parameters?.HeadersConfig;
  const cookies = parameters?.CookiesConfig;
  return {
    query: choice(query?.QueryStringBehavior, query?.QueryStrings?.Items),
    headers: headerChoice(headers?.HeaderBehavior, headers?.Headers?.Items),
    cookies: choice(cookies?.CookieBehavior, cookies?.Cookies?.Items),
    encodings: [
      ...(parameters?.EnableAcceptEncodingBrotli ? ['br'] : []),
      ...(parameters?.EnableAcceptEncodingGzip ? ['gzip'] : []),
    ],
  };
}

/** QueryStringCacheKeys narrow the key alone: with QueryString true everything goes to the origin. */
function legacySelection(values: ForwardedValues | undefined): Selection {
  const keys = values?.QueryStringCacheKeys?.Items ?? [];
  const cookies = values?.Cookies;
  return {
    query: values?.QueryString ? choice(keys.length > 0 ? 'whitelist' : 'all', keys) : none,
    headers: headerChoice('whitelist', values?.Headers?.Items),
    cookies: choice(cookies?.Forward, cookies?.WhitelistedNames?.Items),
    encodings: [],
  };
}

/** Whatever is in the key goes to the origin; an origin request policy adds to it. */
function forwardedSelection(inKey: Selection, rules: KeyRules): Selection {
  if (!rules.cachePolicy) return rules.forwardedValues?.QueryString ? { ...inKey, query: 'all' } : inKey;
  const extra = rules.originRequestPolicy;
  if (!extra) return inKey;
  const { QueryStringsConfig: query, HeadersConfig: headers, CookiesConfig: cookies } = extra;
  return {
    ...inKey,
    query: either(inKey.query, choice(query?.QueryStringBehavior, query?.QueryStrings?.Items)),
    headers: either(inKey.headers, headerChoice(headers?.HeaderBehavior, headers?.Headers?.Items)),
    cookies: either(inKey.cookies, choice(cookies?.CookieBehavior, cookies?.Cookies?.Items)),
  };
}

function choice(behavior: string | undefined, names: string[] = []): Choice {
  if (behavior === 'all' || behavior === 'allViewer') return 'all';
  if (behavior === 'whitelist') return (name) => names.includes(name);
  if (behavior === 'allExcept') return (name) => !names.includes(name);
  return none;
}

function headerChoice(behavior: string | undefined, names: string[] = []): Choice {
  if (names.includes('*')) return 'all';
  const kind = behavior === 'allViewerAndWhitelistCloudFront' ? 'allViewer' : behavior;
  return choice(
    kind,
    names.map((name) => name.toLowerCase()),
  );
}

function either(a: Choice, b: Choice): Choice {
  if (a === 'all' || b === 'all') return 'all';
  return (name) => a(name) || b(name);
}

function selectQuery(querystring: string, which: Choice): string {
  if (which === 'all') return querystring;
  const parts = querystring.split('&').filter((part) => part !== '' && which(part.split('=', 1)[0] ?? ''));
  return parts.join('&');
}

// Never forwarded because they are selected: CloudFront makes its own of these (CFDG RequestAndResponseBehaviorCustomOrigin).
const OWN_HEADERS = new Set([
  'host',
  'connection',
  'cookie',
  'range',
  'if-range',
  'accept-encoding',
  'x-edge-location',
]);

function selectHeaders(
  headers: Record<string, string>,
  { headers: which, encodings }: Selection,
): Record<string, string> {
  const selected = Object.entries(headers).filter(
    ([name]) => !OWN_HEADERS.has(name) && (which === 'all' || which(name)),
  );
  const asked = headers['accept-encoding'] ?? '';
  const accepted = encodings.filter((name) => new RegExp(`\\b${name}\\b`).test(asked));
  if (accepted.length > 0) selected.push(['accept-encoding', accepted.join(',')]);
  return Object.fromEntries(selected);
}

function selectCookies(cookie: string | undefined, which: Choice): string {
  const parts = (cookie ?? '').split(/;\s*/).filter(Boolean);
  return parts.filter((part) => which === 'all' || which(part.split('=', 1)[0] ?? '')).join('; ');
}
