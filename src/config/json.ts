/**
 * JSON with a line and a column for its faults. `JSON.parse` of Node 20 names a position for some faults only, so
 * a text that it refuses is read again by a scanner that only looks for the place.
 */

export interface JsonFault {
  /** 1-based. */
  line: number;
  /** 1-based, in UTF-16 code units. */
  column: number;
  message: string;
}

/** The value, or where the text stops being JSON. */
export function parseJson(text: string): { value: unknown } | { fault: JsonFault } {
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  try {
    return { value: JSON.parse(source) };
  } catch {
    const { at, message } = findFault(source);
    const before = source.slice(0, at).split('\n');
    return { fault: { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message } };
  }
}

/** The first rule of the grammar that does not hold. */
class Fault {
  readonly at: number;
  readonly message: string;

  constructor(at: number, message: string) {
    this.at = at;
    this.message = message;
  }
}

const SPACE = /[ \t\r\n]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them inside strings.
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;

function findFault(text: string): Fault {
  try {
    const end = skip(text, value(text, skip(text, 0)));
    return new Fault(end, end < text.length ? `${seen(text, end)} after the end of the value` : 'not JSON');
  } catch (fault) {
    if (fault instanceof Fault) return fault;
    throw fault;
  }
}

function value(text: string, at: number): number {
  if (text[at] === '{') return members(text, at, '}');
  if (text[at] === '[') return members(text, at, ']');
  const end = match(STRING, text, at) ?? match(NUMBER, text, at) ?? match(WORD, text, at);
  if (end !== undefined) return end;
  if (text[at] === '"') throw new Fault(at, 'a string that does not end, or has a character that must be escaped');
  throw new Fault(at, `expected a value, found ${seen(text, at)}`);
}

/** The inside of an object or an array, up to and with its closing mark. */
function members(text: string, open: number, close: '}' | ']'): number {
  let at = skip(text, open + 1);
  if (text[at] === close) return at + 1;
  for (;;) {
    at = skip(text, close === '}' ? member(text, at) : value(text, at));
    if (text[at] === close) return at + 1;
    if (text[at] !== ',') throw new Fault(at, `expected , or ${close}, found ${seen(text, at)}`);
    const next = skip(text, at + 1);
    if (text[next] === close) throw new Fault(at, `a comma before ${close}`);
    at = next;
  }
}

function member(text: string, at: number): number {
  const end = match(STRING, text, at);
  if (end === undefined) throw new Fault(at, `expected a key in double quotes, found ${seen(text, at)}`);
  const colon = skip(text, end);
  if (text[colon] !== ':') throw new Fault(colon, `expected : after the key, found ${seen(text, colon)}`);
  return value(text, skip(text, colon + 1));
}

function skip(text: string, at: number): number {
  return match(SPACE, text, at) ?? at;
}

function match(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function seen(text: string, at: number): string {
  if (at >= text.length) return 'the end of the file';
  if (text.startsWith('//', at) || text.startsWith('/*', at))
    return 'a comment (JSON has none; use a .mjs config for them)';
  return JSON.stringify(text[at]);
}
