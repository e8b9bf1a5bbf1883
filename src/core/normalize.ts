/**
 * One form for what AWS spells in several ways, so that comparing finds differences of meaning alone: one string for a
 * list of one, sets sorted, condition operators' keys without regard to case, AWS's defaults filled in.
 */

/** JSON text of a value with the keys of every object sorted. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    isRecord(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)))
      : member,
  );
}

/** Do two statements of a policy mean the same, whatever their Sids? */
export function sameStatement(one: object, other: object): boolean {
  return canonicalJson(normalStatement(one)) === canonicalJson(normalStatement(other));
}

/** Do two policy documents (JSON text) hold the same statements in the same order? False when either is no JSON. */
export function samePolicy(one: string, other: string): boolean {
  const [left, right] = [statementsOf(one), statementsOf(other)];
  if (!left || !right || left.length !== right.length) return false;
  return left.every((statement, at) => sameStatement(statement, right[at] ?? {}));
}

/** The statements of a policy document, undefined when the text is none. */
export function statementsOf(text: string): object[] | undefined {
  try {
    const document: unknown = JSON.parse(text);
    if (!isRecord(document) || document.Statement === undefined) return undefined;
    return [document.Statement].flat().filter(isRecord);
  } catch {
    return undefined;
  }
}

function normalStatement(statement: object): Record<string, unknown> {
  const { Sid: _sid, ...members } = statement as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(members).map(([member, value]) => [member, normalMember(member, value)] as const),
  );
}

function normalMember(member: string, value: unknown): unknown {
  if (member === 'Principal' || member === 'NotPrincipal') return normalPrincipal(value);
  if (member === 'Condition' && isRecord(value)) return mapValues(value, normalOperator);
  if (member === 'Action' || member === 'NotAction') return asSet(value).map((action) => action.toLowerCase());
  return Array.isArray(value) || typeof value === 'string' ? asSet(value) : value;
}

/** `"*"` and `{"AWS":"*"}` are not one for every service, so they stay apart. */
function normalPrincipal(value: unknown): unknown {
  return isRecord(value) ? mapValues(value, asSet) : value;
}

/** Condition keys are case-insensitive, and scalars stand for their text. */
function normalOperator(keys: unknown): unknown {
  if (!isRecord(keys)) return keys;
  return Object.fromEntries(Object.entries(keys).map(([key, values]) => [key.toLowerCase(), asSet(values)]));
}

function asSet(value: unknown): string[] {
  return [...new Set([value].flat().map(String))].sort();
}

function mapValues(record: Record<string, unknown>, change: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
