/** The JSON Schema of the config file, for editors. edge-resize.schema.json is this, checked by a test. */
import { toJsonSchema } from '@valibot/to-json-schema';
import { configSchema } from './schema.ts';

export function configJsonSchema(): Record<string, unknown> {
  const schema = toJsonSchema(configSchema, { typeMode: 'input', errorMode: 'throw' });
  // A name that is left out is made from the bucket before the config is validated.
  const required = schema.required?.filter((key) => key !== 'name');
  return { $schema: 'http://json-schema.org/draft-07/schema#', ...schema, title: 'edge-resize config', required };
}
