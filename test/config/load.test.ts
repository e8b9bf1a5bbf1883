import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseJson } from '../../src/config/json.ts';
import { findConfig, loadConfig, writeConfig } from '../../src/config/load.ts';
import { nearest } from '../../src/config/nearest.ts';
import { regionOf } from '../../src/config/setup.ts';
import { nameFromBucket, validateConfig } from '../../src/config/validate.ts';
import { AppError } from '../../src/errors.ts';
import { temporaryFolder } from '../builders/cli.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const put = (name: string, text: string): string => {
  const path = join(folder.path, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
};
const where = (cwd = folder.path, config?: string) => ({ options: { config }, io: { cwd } });

async function refusal(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof AppError)) throw new Error(`expected an AppError, got ${String(error)}`);
  return error;
}

describe('finding', () => {
  test('upward from the current folder; the nearest wins', async () => {
    put('edge-resize.config.json', '{"bucket":"outer-bucket"}');
    const near = put('a/edge-resize.config.json', '{"bucket":"inner-bucket"}');
    mkdirSync(join(folder.path, 'a/b/c'), { recursive: true });
    const loaded = await loadConfig(where(join(folder.path, 'a/b/c')));
    expect(loaded?.path).toBe(near);
    expect(loaded?.config.bucket).toBe('inner-bucket');
  });

  test('--config names one, from the current folder', async () => {
    put('other.json', '{"bucket":"named-bucket"}');
    expect((await loadConfig(where(folder.path, 'other.json')))?.config.bucket).toBe('named-bucket');
    expect((await refusal(loadConfig(where(folder.path, 'gone.json')))).code).toBe('CONFIG_MISSING');
    expect(await refusal(loadConfig(where(folder.path, '')))).toMatchObject({
      code: 'CONFIG_MISSING',
      why: '--config is empty.',
    });
    expect(await refusal(loadConfig(where(folder.path, '.')))).toMatchObject({
      code: 'CONFIG_UNREADABLE',
      why: 'It is a folder.',
    });
  });

  test('none: undefined, or CONFIG_MISSING with the command that makes one', async () => {
    expect(findConfig(where())).toBeUndefined();
    expect(await loadConfig(where())).toBeUndefined();
    const error = await refusal(loadConfig(where(), { required: true }));
    expect(error).toMatchObject({ code: 'CONFIG_MISSING', fix: 'edge-resize setup --bucket NAME', exitCode: 3 });
  });
});

describe('reading', () => {
  test('.mjs and .ts, whatever the package around them is', async () => {
    put('package.json', '{"type":"commonjs"}');
    put('m/edge-resize.config.mjs', 'export default { bucket: "from-mjs" };');
    put('t/edge-resize.config.ts', 'const bucket: string = "from-ts";\nexport default { bucket };');
    expect((await loadConfig(where(join(folder.path, 'm'))))?.config.bucket).toBe('from-mjs');
    expect((await loadConfig(where(join(folder.path, 't'))))?.config.bucket).toBe('from-ts');
  });

  test('a program that throws is CONFIG_UNREADABLE, with its words', async () => {
    put('edge-resize.config.mjs', 'throw new Error("no secrets today");');
    expect(await refusal(loadConfig(where()))).toMatchObject({ code: 'CONFIG_UNREADABLE', why: 'no secrets today' });
  });

  test('flags win over the file, undefined ones do not', async () => {
    put('edge-resize.config.json', '{"bucket":"file-bucket","region":"eu-west-1"}');
    const loaded = await loadConfig(where(), { flags: { bucket: 'flag-bucket', region: undefined } });
    expect(loaded?.config).toMatchObject({ bucket: 'flag-bucket', region: 'eu-west-1', name: 'flag-bucket' });
  });

  test('a bucket by flag is config enough', async () => {
    const loaded = await loadConfig(where(), { required: true, flags: { bucket: 'only.flag' } });
    expect(loaded).toMatchObject({ path: undefined, config: { name: 'only-flag', function: { memory: 1024 } } });
  });

  test('what is written can be read, and names the schema first', async () => {
    const path = join(folder.path, 'edge-resize.config.json');
    await writeConfig(path, { name: 'x', bucket: 'b-b-b' });
    expect(readFileSync(path, 'utf8')).toBe(
      '{\n  "$schema": "./node_modules/edge-resize/edge-resize.schema.json",\n  "name": "x",\n  "bucket": "b-b-b"\n}\n',
    );
    expect((await loadConfig(where()))?.config.name).toBe('x');
  });
});

describe('faults', () => {
  const faultsOf = (input: unknown): string => {
    try {
      validateConfig(input, 'x.json');
    } catch (error) {
      if (error instanceof AppError) return `${error.code}: ${error.message}\n${error.why}`;
    }
    return 'valid';
  };

  test('all of them at once, unknown keys with the nearest one', () => {
    const input = {
      bucket: 'Bad_Name',
      functoin: {},
      function: { memroy: 1, memory: 1, runtime: 'nodejs12.x' },
      resize: { quality: '80' },
    };
    expect(faultsOf(input)).toMatchInlineSnapshot(`
      "CONFIG_INVALID: x.json has 6 faults
      bucket must be a bucket name: 3-63 characters of a-z, 0-9, . and -, not "Bad_Name"
      function.runtime must be "nodejs22.x" or "nodejs24.x", not "nodejs12.x"
      function.memory must be at least 128, not 1
      function.memroy is not a key of the config (did you mean memory?)
      resize.quality must be a number, not "80"
      functoin is not a key of the config (did you mean function?)"
    `);
  });

  test('what is missing', () => {
    expect(faultsOf({})).toMatchInlineSnapshot(`
      "CONFIG_INVALID: x.json has a fault
      bucket is missing"
    `);
    expect(faultsOf([])).toMatchInlineSnapshot(`
      "CONFIG_INVALID: x.json has a fault
      the config must be an object"
    `);
    expect(faultsOf(undefined)).toMatchInlineSnapshot(`
      "CONFIG_INVALID: x.json has a fault
      the config must be an object"
    `);
  });
});

describe('JSON with the place of its fault', () => {
  test.each([
    ['{ "name": "x",, }', 1, 15],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3],
    ['{"a": tru}', 1, 7],
    ['{"a": 1', 1, 8],
    ['', 1, 1],
    ['[1, 2,]', 1, 7],
    ['{"a": 1} x', 1, 10],
    ["{'a': 1}", 1, 2],
    ['{"a": "x\ny"}', 1, 7],
    ['{"a": 01}', 1, 8],
    ['{\n  // why\n  "a": 1}', 2, 3],
  ])('%j', (text, line, column) => {
    expect(parseJson(text)).toMatchObject({ fault: { line, column } });
  });

  test('every JSON text is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual({ value: JSON.parse(text) });
      }),
    );
  });

  test('whatever JSON.parse refuses has a place within the text', () => {
    const broken = fc.tuple(fc.json(), fc.nat(), fc.string({ maxLength: 3 })).map(([text, at, patch]) => {
      const cut = at % (text.length + 1);
      return text.slice(0, cut) + patch + text.slice(cut + 1);
    });
    fc.assert(
      fc.property(broken, (text) => {
        const parsed = parseJson(text);
        if ('value' in parsed) return;
        const lines = text.split('\n');
        expect(parsed.fault.message).not.toBe('not JSON');
        expect(parsed.fault.line).toBeLessThanOrEqual(lines.length);
        expect(parsed.fault.column).toBeLessThanOrEqual((lines[parsed.fault.line - 1]?.length ?? 0) + 1);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a byte order mark is no fault', () => {
    expect(parseJson('\ufeff{"a":1}')).toEqual({ value: { a: 1 } });
  });
});

test('a bucket of any name makes a name that the schema takes', () => {
  const bucket = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/);
  fc.assert(
    fc.property(bucket, (text) => {
      expect(nameFromBucket(text)).toMatch(/^[a-z0-9][a-z0-9-]{0,31}$/);
    }),
  );
});

test('the region of the environment: AWS_REGION, then AWS_DEFAULT_REGION', () => {
  expect(regionOf({ AWS_REGION: 'a', AWS_DEFAULT_REGION: 'b' })).toBe('a');
  expect(regionOf({ AWS_REGION: '', AWS_DEFAULT_REGION: 'b' })).toBe('b');
  expect(regionOf({})).toBeUndefined();
});

test('nearest: close words only', () => {
  expect(nearest('functoin', ['function', 'behavior'])).toBe('function');
  expect(nearest('zzz', ['function', 'name'])).toBeUndefined();
});
