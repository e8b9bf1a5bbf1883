/** Making steps. */
import type { Step } from './types.ts';

/** The members that most steps leave as they are. */
export function base<Kind extends Step['kind']>(kind: Kind, resource: string, reason: string) {
  return { id: `${kind} ${resource}`, kind, resource, reason, changes: [], destructive: false, needs: [] };
}

/** Each step needs the one before it: the order of the list is the order in which an interrupted run goes on. */
export function inOrder(steps: Step[]): Step[] {
  return steps.map((step, at) => ({ ...step, needs: at === 0 ? [] : [steps[at - 1]?.id ?? ''] }));
}

/** Columns that a member of a statement may take before it is broken into lines. */
const LINE = 88;
/** Document, list of statements, statement: always broken, so that a statement looks the same before and after a change. */
const ALWAYS_BROKEN = 3;

/** JSON text of a policy, laid out so that a changed member is a changed line. */
export function pretty(json: string): string {
  return layOut(JSON.parse(json), 0);
}

function layOut(value: unknown, depth: number): string {
  const flat = JSON.stringify(value);
  const indent = '  '.repeat(depth);
  if (typeof value !== 'object' || value === null || flat.length === 2) return flat;
  if (depth >= ALWAYS_BROKEN && indent.length + flat.length <= LINE) return flat;
  const lines = Array.isArray(value)
    ? value.map((item) => layOut(item, depth + 1))
    : Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${layOut(member, depth + 1)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return [open, lines.map((line) => `${indent}  ${line}`).join(',\n'), `${indent}${close}`].join('\n');
}
