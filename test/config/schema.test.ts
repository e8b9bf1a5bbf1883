import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configJsonSchema } from '../../src/config/json-schema.ts';

/** `npx vitest run test/config/schema.test.ts -u` writes the file anew. */
test('edge-resize.schema.json is what the config schema says', async () => {
  const text = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot(join(import.meta.dirname, '../../edge-resize.schema.json'));
});

test('every key is described', () => {
  const undescribed: string[] = [];
  const walk = (schema: Record<string, unknown>, path: string): void => {
    for (const [key, value] of Object.entries((schema.properties ?? {}) as Record<string, Record<string, unknown>>)) {
      if (!value.description) undescribed.push(`${path}${key}`);
      walk(value, `${path}${key}.`);
    }
  };
  walk(configJsonSchema(), '');
  expect(undescribed).toEqual([]);
});
