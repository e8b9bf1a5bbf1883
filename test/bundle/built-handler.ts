/** The handler as `npm run build` makes it, in a folder of the test's own. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { buildHandler as build } from '../../build/handler.mjs';
import type { Settings } from '../../handler/settings.ts';
import { settingsFrom } from '../../src/bundle/settings.ts';
import { configSchema } from '../../src/config/schema.ts';

export const PACKAGE_ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Settings of a config with every default. */
export function defaultSettings(changes: Partial<Settings> = {}): Settings {
  const config = v.parse(configSchema, { name: 'test', bucket: 'pictures', region: 'eu-west-1' });
  return { ...settingsFrom(config), ...changes };
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'edge-resize-test-'));
}

/** Folder with what `npm run build` makes for the edge. */
export async function buildHandler(): Promise<string> {
  const folder = temporaryFolder();
  await build(folder);
  return folder;
}
