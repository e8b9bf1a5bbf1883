/** Configs as a user would have them after the defaults are filled in. */
import * as v from 'valibot';
import { type Config, type ConfigInput, configSchema } from '../../src/config/schema.ts';

export function defaultsOf(input: ConfigInput): Config {
  return v.parse(configSchema, input);
}
