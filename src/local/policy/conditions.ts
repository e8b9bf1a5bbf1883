/** Condition operators of the policy language (IAM reference, "Condition operators"). Pure. */
import { isIPv4 } from 'node:net';
import { arnMatch, asList, wildcardMatch } from './match.ts';

type Test = (wanted: string, given: string) => boolean;

const TESTS: Record<string, Test> = {
  StringEquals: (wanted, given) => wanted === given,
  StringEqualsIgnoreCase: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(),
  StringLike: wildcardMatch,
  ArnEquals: arnMatch,
  ArnLike: arnMatch,
  Bool: (wanted, given) => wanted.toLowerCase() === given.toLowerCase(),
  IpAddress: inRange,
};

const NEGATED: Record<string, string> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
  NotIpAddress: 'IpAddress',
};

const IF_EXISTS = 'IfExists';

/** Operators of AWS that this evaluator does not have: known, so that a policy may hold them, but never guessed. */
const UNSUPPORTED =
  /^(For(All|Any)Values:.+|Numeric(Not)?(Equals)|Numeric(Less|Greater)Than(Equals)?|Date(Not)?(Equals)|Date(Less|Greater)Than(Equals)?|BinaryEquals)$/;

/** Thrown by an operator that cannot be evaluated. The caller must not read it as permission. */
export class UnsupportedOperatorError extends Error {
  readonly operator: string;

  constructor(operator: string) {
    super(`The local AWS cannot evaluate the condition operator ${operator}`);
    this.operator = operator;
  }
}

/** `true`: evaluated here; `false`: AWS has it and this does not; `undefined`: no such operator. */
export function knowsOperator(operator: string): boolean | undefined {
  const base = withoutIfExists(operator);
  if (base in TESTS || base in NEGATED || operator === 'Null') return true;
  return UNSUPPORTED.test(base) ? false : undefined;
}

export type ConditionBlock = Record<string, Record<string, string | string[] | boolean | boolean[]>>;

/** Do all operators and keys of a statement's Condition hold? Values of one key are alternatives; a negated operator wants none of them. */
export function conditionsHold(conditions: ConditionBlock | undefined, context: Record<string, string>): boolean {
  const keys = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  return Object.entries(conditions ?? {}).every(([operator, entries]) =>
    Object.entries(entries).every(([key, wanted]) =>
      holds(operator, asList<string | boolean>(wanted as string[]).map(String), keys.get(key.toLowerCase())),
    ),
  );
}

function holds(operator: string, wanted: string[], given: string | undefined): boolean {
  if (operator === 'Null') return wanted.some((value) => (value.toLowerCase() === 'true') === (given === undefined));
  const base = withoutIfExists(operator);
  const positive = NEGATED[base];
  const test = TESTS[positive ?? base];
  if (!test) throw new UnsupportedOperatorError(operator);
  // A key that the request lacks fails a positive operator and satisfies a negated one.
  if (given === undefined) return positive !== undefined || operator !== base;
  const matched = wanted.some((value) => test(value, given));
  return positive ? !matched : matched;
}

const withoutIfExists = (operator: string): string =>
  operator.endsWith(IF_EXISTS) ? operator.slice(0, -IF_EXISTS.length) : operator;

function inRange(range: string, address: string): boolean {
  const [network = '', bits = '32'] = range.split('/');
  if (!isIPv4(network) || !isIPv4(address)) return network === address;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(ipv4(network) / size) === Math.floor(ipv4(address) / size);
}

const ipv4 = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
