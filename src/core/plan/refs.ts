/** Values that are not known until an earlier step has run. */
import type { Ref, Value } from './types.ts';

/** What steps have made so far. */
export type Outputs = Partial<Record<Ref['ref'] | 'distribution.domainName', string>>;

export function isRef(value: Value): value is Ref {
  return typeof value !== 'string';
}

/** The value as people are shown it before the plan runs. */
export function shown(value: Value): string {
  return isRef(value) ? `<${value.ref}>` : value;
}

/** The value itself. A plan whose steps are in order always has it. */
export function resolved(value: Value, outputs: Outputs): string {
  if (!isRef(value)) return value;
  const output = outputs[value.ref];
  if (output === undefined) throw new Error(`the plan uses ${value.ref} before a step has made it`);
  return output;
}
