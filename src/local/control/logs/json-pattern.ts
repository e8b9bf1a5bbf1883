/**
 * Filter patterns on JSON: `{ $.level = "ERROR" && ($.ms > 100 || $.user.id NOT EXISTS) }`.
 * CloudWatch Logs user guide, "Filter pattern syntax", JSON. Pure.
 */
import { compileRegex, type Matches, PatternError } from './filter-regex.ts';

type Test = (document: unknown) => boolean;

const TOKEN = /\s*(&&|\|\||!=|<=|>=|[=<>(){}]|"(?:\\.|[^"\\])*"|%[^%]*%|[^\s=<>!&|(){}"]+)/y;
const SELECTOR = /\$|\.([\w-]+)|\[(\d+|\*)\]/y;

/** @throws PatternError */
export function compileJsonPattern(pattern: string): Matches {
  const tokens = tokenize(pattern);
  const reader = new Reader(tokens);
  reader.take('{');
  const test = anyOf(reader);
  reader.take('}');
  if (reader.peek() !== undefined) throw invalid();
  return (message) => {
    const document = parse(message);
    return document !== undefined && test(document);
  };
}

class Reader {
  #at = 0;
  readonly #tokens: string[];

  constructor(tokens: string[]) {
    this.#tokens = tokens;
  }

  peek(): string | undefined {
    return this.#tokens[this.#at];
  }

  next(): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw invalid();
    return token;
  }

  take(token: string): void {
    if (this.next().toUpperCase() !== token) throw invalid();
  }

  /** Steps over `token` when it comes next. */
  skip(token: string): boolean {
    const found = this.peek() === token;
    if (found) this.#at++;
    return found;
  }
}

function anyOf(reader: Reader): Test {
  const tests = [allOf(reader)];
  while (reader.skip('||')) tests.push(allOf(reader));
  return (document) => tests.some((test) => test(document));
}

function allOf(reader: Reader): Test {
  const tests = [condition(reader)];
  while (reader.skip('&&')) tests.push(condition(reader));
  return (document) => tests.every((test) => test(document));
}

function condition(reader: Reader): Test {
  if (reader.skip('(')) {
    const inner = anyOf(reader);
    reader.take(')');
    return inner;
  }
  const select = selector(reader.next());
  const operator = reader.next().toUpperCase();
  if (operator === 'NOT') {
    reader.take('EXISTS');
    return (document) => select(document).length === 0;
  }
  if (operator === 'IS') {
    const wanted = CONSTANTS.get(reader.next().toUpperCase());
    if (wanted === undefined) throw invalid();
    return (document) => select(document).includes(wanted);
  }
  const compare = comparison(operator, reader.next());
  return (document) => select(document).some(compare);
}

const CONSTANTS = new Map<string, unknown>([
  ['NULL', null],
  ['TRUE', true],
  ['FALSE', false],
]);

/** All values that a selector like `$.a[0].b` or `$.a[*]` finds; none when there is no such member. */
function selector(text: string): (document: unknown) => unknown[] {
  const steps: string[] = [];
  SELECTOR.lastIndex = 0;
  for (let at = 0; at < text.length; at = SELECTOR.lastIndex) {
    const [whole, name, index] = SELECTOR.exec(text) ?? [];
    if (whole === undefined || (whole === '$') !== (at === 0)) throw invalid();
    const step = name ?? index;
    if (step !== undefined) steps.push(step);
  }
  if (steps.length === 0) throw invalid();
  return (document) =>
    steps.reduce<unknown[]>((values, step) => values.flatMap((value) => member(value, step)), [document]);
}

function member(value: unknown, step: string): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (step === '*') return Array.isArray(value) ? value : [];
  return Object.hasOwn(value, step) ? [(value as Record<string, unknown>)[step]] : [];
}

function comparison(operator: string, operand: string): Test {
  const number = Number(operand);
  const numeric = operand !== '' && Number.isFinite(number);
  const order = ORDERS[operator];
  if (order && numeric) return (value) => typeof value === 'number' && order(value, number);
  if (operator !== '=' && operator !== '!=') throw invalid();
  const equal = numeric ? (value: unknown) => value === number : textTest(operand);
  return operator === '=' ? equal : (value) => !equal(value);
}

const ORDERS: Record<string, (value: number, wanted: number) => boolean> = {
  '<': (value, wanted) => value < wanted,
  '>': (value, wanted) => value > wanted,
  '<=': (value, wanted) => value <= wanted,
  '>=': (value, wanted) => value >= wanted,
};

/** A string with `*` for any run of characters, or `%regex%`. */
function textTest(operand: string): Test {
  const regex = operand.startsWith('%') ? compileRegex(operand) : wildcard(unquote(operand));
  return (value) => typeof value === 'string' && regex.test(value);
}

const unquote = (text: string): string => (text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text);

const wildcard = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split('*')
      .map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
      .join('.*')}$`,
    's',
  );

function tokenize(pattern: string): string[] {
  const tokens: string[] = [];
  const text = pattern.trimEnd();
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    const token = TOKEN.exec(text)?.[1];
    if (token === undefined) throw invalid();
    tokens.push(token);
  }
  return tokens;
}

function parse(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}

const invalid = (): PatternError => new PatternError('Invalid filter pattern');
