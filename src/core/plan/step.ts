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

/** Columns that a member may take before it is broken into lines. */
const LINE = 88;

/** JSON text laid out so that a changed member is a changed line, and no longer than it has to be. */
export function pretty(json: string): string {
  return layOut(JSON.parse(json), '');
}

function layOut(value: unknown, indent: string): string {
  const flat = JSON.stringify(value);
  if (typeof value !== 'object' || value === null || indent.length + flat.length <= LINE) return flat;
  const deeper = `${indent}  `;
  const lines = Array.isArray(value)
    ? value.map((item) => deeper + layOut(item, deeper))
    : Object.entries(value).map(([key, member]) => `${deeper}${JSON.stringify(key)}: ${layOut(member, deeper)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}
