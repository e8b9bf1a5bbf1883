/** One thing that is wrong with a config. */
export interface ConfigFault {
  /** `function.memory`; empty for the config as a whole. */
  path: string;
  message: string;
  /** What was probably meant. */
  suggestion?: string;
}
