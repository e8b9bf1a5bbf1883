/** The config that a setup works with: the file's, the flags', or one made from the flags alone. */
import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Context } from '../context.ts';
import { AppError } from '../errors.ts';
import { parseJson } from './json.ts';
import { CONFIG_FILES, loadConfig } from './load.ts';
import type { Config, ConfigInput } from './schema.ts';
import { validateConfig } from './validate.ts';

/** Flags that say what the config says too. */
export interface SetupFlags {
  bucket?: string;
  distribution?: string;
  name?: string;
  region?: string;
  grant?: 'bucket-policy' | 'role-policy';
}

export interface SetupConfig {
  config: Config;
  /** Path of the config file that is there, or will be. */
  path: string | undefined;
  /** The file to be written; undefined when it stays as it is. */
  file: { path: string; before: string | null; fields: Record<string, unknown> } | undefined;
  /** Who said which region the bucket is in; undefined when nobody did, so the bucket's own counts. */
  regionGiven: 'flag' | 'config' | undefined;
}

type Where = Pick<Context, 'options'> & { io: Pick<Context['io'], 'cwd' | 'env'> };

/**
 * Flags win over the file. Flags that name another bucket or another installation than the file does leave the file
 * out of it: its distribution would be the wrong one.
 * @throws AppError USAGE without a bucket; CONFIG_MISSING, CONFIG_UNREADABLE, CONFIG_INVALID
 */
export async function readSetupConfig(context: Where, options: SetupFlags): Promise<SetupConfig> {
  const { bucket, distribution, name, region, grant } = options;
  const flags = defined({ bucket, distribution, name, region, grant });
  const loaded = await loadConfig(context);
  if (!loaded?.path) {
    const path = join(context.io.cwd, CONFIG_FILES[0]);
    const config = fromFlags(flags, context);
    return { config, path, file: { path, before: null, fields: fieldsOf(config) }, regionGiven: given(region) };
  }
  const another =
    (bucket ?? loaded.config.bucket) !== loaded.config.bucket || (name ?? loaded.config.name) !== loaded.config.name;
  if (another) {
    const config = fromFlags({ bucket: loaded.config.bucket, ...flags }, context);
    return { config, path: undefined, file: undefined, regionGiven: given(region) };
  }
  const { config } = await loadConfig(context, { required: true, flags });
  const file = await completed(loaded.path, loaded.config, config);
  return { config, path: loaded.path, file, regionGiven: given(region) ?? 'config' };
}

function given(region: string | undefined): 'flag' | undefined {
  return region === undefined ? undefined : 'flag';
}

function fromFlags(flags: Partial<ConfigInput>, { io }: Where): Config {
  if (flags.bucket === undefined) {
    throw new AppError('USAGE', 'setup needs a bucket', {
      why: 'There is no config file that names one.',
      fix: 'edge-resize setup --bucket NAME',
    });
  }
  const region = flags.region ?? regionOf(io.env);
  return validateConfig({ ...flags, region });
}

/** The user's own region, as aws tools look for it; undefined when only a profile says it. */
export function regionOf(env: Context['io']['env']): string | undefined {
  return env.AWS_REGION || env.AWS_DEFAULT_REGION || undefined;
}

/** What a new file says; what is left out has its default. */
function fieldsOf({ name, bucket, grant }: Config): Record<string, unknown> {
  return { name, bucket, ...(grant !== 'bucket-policy' && { grant }) };
}

/**
 * A JSON file that lacks the distribution, which `invalidate` and `logs` need, is given it, and a grant that a flag
 * changed: without it the next run would change it back. Programs are left alone.
 */
async function completed(path: string, before: Config, after: Config): Promise<SetupConfig['file']> {
  const regranted = before.grant !== after.grant;
  const complete = before.distribution !== undefined && before.distribution === after.distribution && !regranted;
  if (complete || extname(path) !== '.json') return undefined;
  const text = await readFile(path, 'utf8');
  const parsed = parseJson(text);
  if ('fault' in parsed) throw new AppError('CONFIG_UNREADABLE', `could not read ${basename(path)}`);
  const fields = parsed.value as Record<string, unknown>;
  return { path, before: text, fields: { ...fields, ...(regranted && { grant: after.grant }) } };
}

function defined(flags: SetupFlags): Partial<ConfigInput> {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== undefined));
}
