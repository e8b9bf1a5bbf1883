/** How a service refuses: by a rule with an id, which a test may switch off. */
import { AwsError, type AwsErrorParts } from '../wire/service.ts';
import type { World } from '../world.ts';

/** Throws the error when `broken` is true and the rule is enforced. */
export type Refuse<Id extends string> = (
  rule: Id,
  broken: boolean,
  code: string,
  message: string,
  parts?: AwsErrorParts,
) => void;

/** The `refuse` of a service whose rules have the ids `Id`. */
export function refuserOf<Id extends string>(world: World): Refuse<Id> {
  return (rule, broken, code, message, parts) => {
    if (broken && world.enforces(rule)) throw new AwsError(code, message, parts);
  };
}
