/** Finding, reading and writing the config file. Flags win over the file. */
import { existsSync, statSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context, LoadedConfig } from '../context.ts';
import { AppError } from '../errors.ts';
import { parseJson } from './json.ts';
import type { ConfigInput } from './schema.ts';
import { validateConfig } from './validate.ts';

/** In the order in which they are looked for in a folder. */
export const CONFIG_FILES = ['edge-resize.config.json', 'edge-resize.config.mjs', 'edge-resize.config.ts'] as const;

export interface LoadOptions {
  /** Throw CONFIG_MISSING when there is no config. */
  required?: boolean;
  /** What was given by flags: members that are not undefined win over the file's. */
  flags?: Partial<ConfigInput>;
}

type Where = Pick<Context, 'options'> & { io: Pick<Context['io'], 'cwd'> };

/**
 * The config of `--config FILE`, else of the nearest file upward from the current folder, with flags over it and
 * defaults filled in. Without a file the flags alone make the config if they name a bucket.
 * @throws AppError CONFIG_MISSING, CONFIG_UNREADABLE, CONFIG_INVALID
 */
export async function loadConfig(context: Where, options: LoadOptions & { required: true }): Promise<LoadedConfig>;
export async function loadConfig(context: Where, options?: LoadOptions): Promise<LoadedConfig | undefined>;
export async function loadConfig(context: Where, options: LoadOptions = {}): Promise<LoadedConfig | undefined> {
  const flags = Object.fromEntries(Object.entries(options.flags ?? {}).filter(([, value]) => value !== undefined));
  const path = findConfig(context);
  if (path === undefined) {
    if ('bucket' in flags) return { config: validateConfig(flags), path: undefined };
    if (options.required) throw missing(context.io.cwd);
    return undefined;
  }
  const input = await readConfig(path);
  const merged = isObject(input) ? { ...input, ...flags } : input;
  return { config: validateConfig(merged, basename(path)), path };
}

/** Path of the config file, if there is one. @throws AppError CONFIG_MISSING, CONFIG_UNREADABLE when --config names none */
export function findConfig({ options, io }: Where): string | undefined {
  if (options.config !== undefined) {
    const path = resolve(io.cwd, options.config);
    if (options.config !== '' && existsSync(path)) {
      if (!statSync(path).isDirectory()) return path;
      throw unreadable(path, 'It is a folder.', undefined, 'correct --config: name the file in it');
    }
    throw new AppError('CONFIG_MISSING', `there is no config file ${options.config || '""'}`, {
      why: options.config === '' ? '--config is empty.' : `--config names ${path}.`,
      fix: 'correct --config, or leave it out to look for edge-resize.config.json upward from here',
    });
  }
  for (let folder = resolve(io.cwd); ; folder = dirname(folder)) {
    const found = CONFIG_FILES.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined || dirname(folder) === folder) return found;
  }
}

/** Writes a config file whole, JSON with its `$schema` first. */
export async function writeConfig(path: string, input: ConfigInput): Promise<void> {
  const $schema = input.$schema ?? './node_modules/edge-resize/edge-resize.schema.json';
  const text = `${JSON.stringify({ ...input, $schema: undefined }, null, 2)}\n`;
  // A rename leaves either the old file or the new one, whenever the program is stopped.
  const temporary = `${path}.tmp`;
  await writeFile(temporary, text.replace('{', `{\n  "$schema": ${JSON.stringify($schema)},`));
  await rename(temporary, path);
}

async function readConfig(path: string): Promise<unknown> {
  const kind = extname(path);
  if (kind === '.json') return readJson(path);
  try {
    const url = pathToFileURL(path).href;
    const module = kind === '.ts' || kind === '.mts' ? await importTypeScript(path) : await import(url);
    return (module as { default?: unknown }).default;
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error), error);
  }
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: Error) => {
    throw unreadable(path, error.message, error);
  });
  const parsed = parseJson(text);
  if ('value' in parsed) return parsed.value;
  const { line, column, message } = parsed.fault;
  throw unreadable(path, `line ${line}, column ${column}: ${message}`);
}

/** Node 20 does not read TypeScript, and later versions refuse it under "type": "commonjs" (CLI-UX 3); jiti does. */
async function importTypeScript(path: string): Promise<unknown> {
  const { createJiti } = await import('jiti');
  return createJiti(pathToFileURL(path).href).import(path);
}

function unreadable(path: string, why: string, cause?: unknown, fix = `correct ${path}`): AppError {
  return new AppError('CONFIG_UNREADABLE', `could not read ${basename(path)}`, {
    why,
    fix,
    cause,
  });
}

function missing(cwd: string): AppError {
  return new AppError('CONFIG_MISSING', 'there is no config file', {
    why: `${CONFIG_FILES[0]} (or .mjs, .ts) was looked for in ${cwd} and every folder above it.`,
    fix: 'edge-resize setup --bucket NAME',
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
