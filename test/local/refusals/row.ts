/** What a refusal of the local AWS must show: that it refuses, and that it alone does. */
import type { TestAws } from '../../builders/local-aws.ts';

export interface RefusalRow {
  /** Id of the rule, as it is registered by its service. */
  id: string;
  /** Name of the error that the SDK throws while the rule is on, and does not throw while it is off. */
  error: string;
  message?: RegExp;
  /** Does with real clients what the rule refuses. */
  provoke(aws: TestAws): Promise<unknown>;
}
