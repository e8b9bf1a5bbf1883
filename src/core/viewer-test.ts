/** What the viewer function is asked before it is published, and what it must answer. */
import { type Rules, readQuery, variantQuery } from '../../handler/grammar.ts';

export interface ViewerTest {
  /** Parameters of the request, in their order. */
  query: Record<string, string>;
  /** The query string that must come back, or the status of an answer in place of the image. */
  expects: { query: string } | { status: number };
}

/** What tells a viewer function's answers apart. */
export interface ViewerRules {
  rules: Rules;
  signed: boolean;
  /** What is not ours is passed on. */
  keepOthers: boolean;
}

/** Not canonical in any setting: another parameter stands before `d`, whose size is spelled with a capital X. */
const NOISE = { utm_source: 'test' };

/**
 * A request that every setting answers with one variant's key; signed URLs alone, one without a signature, which must
 * be refused. Where nothing but presets is made it asks for the first of them.
 */
export function viewerTest({ rules, signed, keepOthers }: ViewerRules): ViewerTest {
  const size = rules.sizes?.[0] ?? `${Math.min(300, rules.maxWidth)}x${Math.min(200, rules.maxHeight)}`;
  const preset = rules.presetsOnly ? Object.keys(rules.presets)[0] : undefined;
  const query: Record<string, string> =
    preset === undefined ? { ...NOISE, d: size.replace('x', 'X') } : { ...NOISE, p: preset };
  const asked = readQuery(queryText(query), rules);
  const others = keepOthers ? [queryText(NOISE)] : [];
  // Where nothing can be made there is no variant to ask for: what is not ours goes, or is all there is.
  if (asked.kind !== 'recipe') return { query: NOISE, expects: { query: others.join('&') } };
  if (signed) return { query, expects: { status: 403 } };
  return { query, expects: { query: [variantQuery(asked.recipe), ...others].join('&') } };
}

/** The event of the test, as CloudFront would send it. @param path of an image that need not exist */
export function testEvent({ query }: ViewerTest, path = '/edge-resize-test.jpg') {
  return {
    version: '1.0',
    context: { eventType: 'viewer-request' },
    viewer: { ip: '198.51.100.11' },
    request: {
      method: 'GET',
      uri: path,
      querystring: Object.fromEntries(Object.entries(query).map(([name, value]) => [name, { value }])),
      headers: { host: { value: 'example.com' } },
      cookies: {},
    },
  };
}

/** Why an output of the function is not what the test expects; undefined when it is. */
export function testFault({ expects }: ViewerTest, output: unknown): string | undefined {
  const { request, response } = returned(output);
  if ('status' in expects) {
    const status = members(response).statusCode;
    return status === expects.status ? undefined : `it answered ${status ?? 'no status'} in place of ${expects.status}`;
  }
  if (request === undefined)
    return `it answered ${String(members(response).statusCode)} in place of passing the request on`;
  const query = decoded(returnedQuery(members(request).querystring));
  return query === expects.query ? undefined : `it made "${query}" of the query string, not "${expects.query}"`;
}

/** AWS says which of the two it is (API reference, TestFunction); the object alone is understood too. */
function returned(output: unknown): { request?: unknown; response?: unknown } {
  const own = members(output);
  if (own.request !== undefined || own.response !== undefined) return own;
  return own.statusCode === undefined ? { request: output } : { response: output };
}

/** A function may give the query string as text or as an object (CloudFront Developer Guide, "Event structure"). */
function returnedQuery(querystring: unknown): string {
  if (typeof querystring === 'string') return querystring;
  return queryText(
    Object.fromEntries(
      Object.entries(members(querystring)).map(([name, member]) => [name, String(members(member).value ?? '')]),
    ),
  );
}

/** An output may escape what the function left as it is, such as commas (INF). */
function decoded(query: string): string {
  try {
    return decodeURIComponent(query);
  } catch {
    return query;
  }
}

function queryText(query: Record<string, string>): string {
  return Object.entries(query)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
