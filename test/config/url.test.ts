/** What `url` of a config may say, and the rules that come of it. */
import { describe, expect, it, test } from 'vitest';
import { printRecipe, type Rules, readOpen } from '../../handler/grammar.ts';
import { rulesFrom } from '../../src/config/rules.ts';
import { validateConfig } from '../../src/config/validate.ts';
import { AppError } from '../../src/errors.ts';

type Fault = { path: string; message: string; suggestion?: string };

function config(url: Record<string, unknown>, more: Record<string, unknown> = {}) {
  return validateConfig({ bucket: 'pics', url, ...more }, 'edge-resize.config.json');
}

function faultsOf(url: Record<string, unknown>, more: Record<string, unknown> = {}): Fault[] {
  try {
    config(url, more);
  } catch (error) {
    if (error instanceof AppError && error.code === 'CONFIG_INVALID') return error.details?.faults as Fault[];
    throw error;
  }
  return [];
}

const said = (asked: ReturnType<typeof readOpen>) => (asked.kind === 'recipe' ? printRecipe(asked.recipe) : asked.kind);
const read = (value: string, rules: Rules) => said(readOpen([['d', value]], rules));
const preset = (name: string, rules: Rules) => said(readOpen([['p', name]], rules));

describe('refused, with the place and the reason', () => {
  it.each([
    [{ sizes: ['100x100', '300x', '100x100'] }, 'url.sizes.2', 'lists 100x100 again'],
    [{ sizes: [] }, 'url.sizes', 'is empty'],
    [{ sizes: ['5000x10'] }, 'url.sizes.0', 'wider than resize.maxWidth, 4096'],
    [{ sizes: ['x5000'] }, 'url.sizes.0', 'taller than resize.maxHeight, 4096'],
    [{ presets: { a: '300by200' } }, 'url.presets.a', 'must be like 300x200'],
    [{ presets: { a: '' } }, 'url.presets.a', 'must be like 300x200'],
    [{ presets: { a: '300x200,f=tiff' } }, 'url.presets.a', 'no such value of f: "300x200,f=tiff"'],
    [{ presets: { a: '300x200,quality=75' } }, 'url.presets.a', 'has an option "quality"'],
    [{ presets: { a: 'f=webp&d=1x1' } }, 'url.presets.a', 'no such value of f'],
    [{ presets: { a: '9000x' } }, 'url.presets.a', 'is larger than resize allows, 4096x4096'],
    [{ presetsOnly: true }, 'url.presetsOnly', 'leaves nothing to ask for'],
    [{ unlisted: 'refuse' }, 'url.unlisted', 'has no effect without url.sizes'],
    [{ compat: 'seed', options: ['fit'] }, 'url.options', 'has no effect with url.compat "seed"'],
    [{ compat: 'seed', presets: { a: '1x1' } }, 'url.presets', 'has no effect with url.compat "seed"'],
  ])('%j', (url, path, message) => {
    const faults = faultsOf(url);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ path, message: expect.stringContaining(message) });
  });

  it('an option of a preset by another name: its own is suggested', () => {
    expect(faultsOf({ presets: { a: '300x200,quality=75' } })[0]?.suggestion).toBe('q');
    expect(faultsOf({ presets: { a: '300x200,fitt=inside' } })[0]?.suggestion).toBe('fit');
  });

  it('signed URLs without the viewer function', () => {
    expect(faultsOf({ signed: true })).toEqual([]);
    expect(faultsOf({ signed: true }, { viewerFunction: false })[0]?.path).toBe('url.signed');
  });

  it('every fault at once', () => {
    expect(
      faultsOf({ sizes: ['1x1', '1x1'], presets: { a: 'x', b: '!' }, signed: true }, { viewerFunction: false }),
    ).toHaveLength(4);
  });
});

describe('rules', () => {
  test('what a preset uses is on, its default values too, and its size is listed', () => {
    const rules = rulesFrom(
      config({ sizes: ['100x100'], presets: { thumb: '150X150,F=auto', low: 'lqip=1,q=80', l: '40x40,lqip=1' } }),
    );
    expect(rules).toMatchObject({ families: ['format', 'placeholder'], sizes: ['100x100', '150x150'] });
    expect(preset('thumb', rules)).toBe('150x150,f=auto');
    expect(preset('low', rules)).toBe('lqip=1');
    expect(read('150x150,f=avif', rules)).toBe('150x150,f=avif');
    expect(read('160x160', rules)).toBe('150x150');
  });

  test('presets without a list of sizes leave sizes open', () => {
    const rules = rulesFrom(config({ presets: { thumb: '150x150' } }));
    expect(rules.sizes).toBeUndefined();
    expect(read('160x160', rules)).toBe('160x160');
  });

  test('a preset on the grounds of fit alone, that says the default', () => {
    const rules = rulesFrom(config({ presets: { hero: '1600x900,fit=cover,pos=c' }, presetsOnly: true }));
    expect(preset('hero', rules)).toBe('1600x900');
    expect(read('1600x900', rules)).toBe('1600x900');
  });
});
