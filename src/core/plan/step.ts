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

/** JSON text laid out so that a changed member is a changed line. */
export function pretty(json: string): string {
  return JSON.stringify(JSON.parse(json), null, 2);
}
