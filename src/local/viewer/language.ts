/**
 * The language of CloudFront Functions: what the guide lists, and nothing else (CFDG functions-javascript-runtime-20:
 * ES 5.1, let and const, template literals, arrow functions, rest parameters, `**`, async and await; 1.0 has neither let
 * and const nor async). The engine is nginx's njs: its words for what it does not parse are known from bug reports.
 * What the guide leaves open is refused (inferred: a function that runs here should run there).
 */
import { type Node, parse } from 'acorn';

export type ViewerRuntimeName = 'cloudfront-js-1.0' | 'cloudfront-js-2.0';

/** Bytes of source (AWS-FACTS 3.5). */
export const CODE_LIMIT = 10_240;

/** Modules of `require` and `import`; `cloudfront` is imported alone. */
const MODULES: Record<string, string[]> = {
  'cloudfront-js-1.0': ['crypto', 'querystring'],
  'cloudfront-js-2.0': ['crypto', 'querystring', 'buffer', 'cloudfront'],
};

/** A node of any type: its other members are looked at by name. */
type AnyNode = Node & Record<string, unknown>;

interface Place {
  runtime: string;
  /** Functions around the node, the innermost last. */
  functions: AnyNode[];
  /** Is it, through no function, within the arguments of a call? */
  inArguments: boolean;
}

type Rule = (node: AnyNode, place: Place) => string | undefined;

const unsupported = (token: string) => `Token "${token}" not supported in this version`;
const no =
  (token: string): Rule =>
  () =>
    unsupported(token);

/** By type of node: what is wrong with it. */
const RULES: Record<string, Rule> = {
  ForOfStatement: no('of'),
  ClassDeclaration: no('class'),
  ClassExpression: no('class'),
  ObjectPattern: no('{'),
  ArrayPattern: no('['),
  SpreadElement: no('...'),
  AssignmentPattern: no('='),
  ChainExpression: no('?.'),
  YieldExpression: no('yield'),
  TaggedTemplateExpression: no('`'),
  ImportExpression: no('import'),
  MetaProperty: no('.'),
  Super: no('super'),
  PrivateIdentifier: no('#'),
  ExportNamedDeclaration: no('export'),
  ExportDefaultDeclaration: no('export'),
  ExportAllDeclaration: no('export'),
  WithStatement: no('with'),
  CatchClause: ({ param }) => (param ? undefined : unsupported('{')),
  LogicalExpression: ({ operator }) => (operator === '??' ? unsupported('??') : undefined),
  AssignmentExpression: ({ operator }) =>
    ['??=', '||=', '&&='].includes(String(operator)) ? unsupported(String(operator)) : undefined,
  Property: (node) => {
    if (node.shorthand || node.method) return unsupported('}');
    return node.computed ? unsupported('[') : undefined;
  },
  Literal: literal,
  VariableDeclaration: ({ kind }, { runtime }) =>
    kind === 'var' || (runtime !== 'cloudfront-js-1.0' && kind !== 'using')
      ? undefined
      : `Unexpected token "${String(kind)}"`,
  FunctionDeclaration: asyncOrGenerator,
  FunctionExpression: asyncOrGenerator,
  ArrowFunctionExpression: asyncOrGenerator,
  AwaitExpression: (_node, { functions, inArguments }) => {
    if (functions.length === 0) return 'await is only valid in async functions';
    return inArguments ? 'await in arguments not supported' : undefined;
  },
  ImportDeclaration: importProblem,
};

function literal(node: AnyNode): string | undefined {
  if (node.bigint !== undefined) return 'Invalid numeric literal';
  const { flags = '' } = (node.regex ?? {}) as { flags?: string };
  // Of ES 6 and later the guide names sticky alone.
  return /[sudv]/.test(flags) ? `Invalid RegExp flags "${flags}"` : undefined;
}

/** Async closures are not supported (CFDG): an async function stands by itself at the top. */
function asyncOrGenerator(node: AnyNode, { functions, runtime }: Place): string | undefined {
  if (node.generator) return unsupported('*');
  if (!node.async) return undefined;
  if (runtime === 'cloudfront-js-1.0') return unsupported('async');
  return functions.length > 0 ? 'async closures are not supported' : undefined;
}

function importProblem(node: AnyNode, { runtime }: Place): string | undefined {
  const name = (node.source as { value?: string }).value ?? '';
  if (runtime === 'cloudfront-js-1.0') return unsupported('import');
  if (!MODULES[runtime]?.includes(name)) return `Cannot find module "${name}"`;
  const specifiers = node.specifiers as AnyNode[];
  const single = specifiers.length === 1 && specifiers[0]?.type === 'ImportDefaultSpecifier';
  return single ? undefined : 'Non-default import is not supported';
}

/** Names of the modules that `require` gives in a runtime. */
export const requirable = (runtime: string): string[] =>
  (MODULES[runtime] ?? []).filter((name) => name !== 'cloudfront');

/**
 * What is wrong with a function's source, as the engine would say it (`SyntaxError: … in LINE`), or undefined. CloudFront
 * takes such code and fails when it runs: TestFunction says this, a viewer gets a 503 (bug reports).
 */
export function languageProblem(code: string, runtime: string): string | undefined {
  let program: AnyNode;
  try {
    program = parse(code, { ecmaVersion: 'latest', sourceType: 'module', locations: true }) as unknown as AnyNode;
  } catch (error) {
    const { message, loc } = error as Error & { loc?: { line: number } };
    return `SyntaxError: ${message.replace(/ \(\d+:\d+\)$/, '')} in ${loc?.line ?? 1}`;
  }
  return firstProblem(program, { runtime, functions: [], inArguments: false });
}

function firstProblem(node: AnyNode, place: Place): string | undefined {
  const problem = RULES[node.type]?.(node, place);
  if (problem) return `SyntaxError: ${problem} in ${node.loc?.start.line ?? 1}`;
  for (const [name, child] of childrenOf(node)) {
    const found = firstProblem(child, placeOf(node, name, place));
    if (found) return found;
  }
  return undefined;
}

const isFunction = ({ type }: AnyNode) => type.endsWith('FunctionExpression') || type === 'FunctionDeclaration';

function placeOf(parent: AnyNode, member: string, place: Place): Place {
  if (isFunction(parent)) return { ...place, functions: [...place.functions, parent], inArguments: false };
  return { ...place, inArguments: place.inArguments || member === 'arguments' };
}

/** Nodes right under a node, each with the member that holds it. */
function childrenOf(node: AnyNode): [string, AnyNode][] {
  return Object.entries(node).flatMap(([name, value]) => {
    const list = Array.isArray(value) ? (value as unknown[]) : [value];
    return list.filter(isNode).map((child): [string, AnyNode] => [name, child]);
  });
}

const isNode = (value: unknown): value is AnyNode =>
  typeof (value as { type?: unknown } | null)?.type === 'string' && typeof (value as Node).start === 'number';

/**
 * The source as the body of a function that returns `handler`, in strict mode as always (CFDG). It is called anew for
 * every request: nothing at the top level lives longer. Imports become calls of `$import`; lines keep their numbers.
 */
export function wrapped(code: string): string {
  const program = parse(code, { ecmaVersion: 'latest', sourceType: 'module' });
  let text = code;
  for (const node of program.body.toReversed()) {
    if (node.type !== 'ImportDeclaration') continue;
    const name = node.specifiers[0]?.local.name ?? '';
    const call = `const ${name} = $import(${JSON.stringify(node.source.value)});`;
    text = text.slice(0, node.start) + call + text.slice(node.end);
  }
  return `(function ($import) { 'use strict'; ${text}\nreturn handler; })`;
}
