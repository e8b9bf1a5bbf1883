import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { sniffFormat } from '../../handler/formats.ts';
import { geometryOf } from '../../handler/geometry.ts';
import { type Fit, type OPTIONS, type Recipe, type Rules, readQuery, type Size } from '../../handler/grammar.ts';
import { halfClear, oriented, photograph } from '../builders/images.ts';
import { run } from './transform-kit.ts';

const RULES: Rules = {
  maxWidth: 120,
  maxHeight: 90,
  quality: 80,
  families: ['fit', 'format', 'effects', 'animation', 'placeholder', 'version'],
  unlisted: 'snap',
  presets: {},
  presetsOnly: false,
};

const values: Record<keyof typeof OPTIONS, string[]> = {
  fit: ['cover', 'contain', 'inside', 'outside', 'fill'],
  pos: ['n', 'ne', 'w', 'sw', 'c', 'attention', 'entropy', 'fp:0:0', 'fp:1:1', 'fp:0.3:0.8'],
  up: ['0', '1'],
  bg: ['f00', 'ffffff80', 'transparent'],
  rot: ['90', '180', '270'],
  flip: ['h', 'v', 'hv'],
  gray: ['1'],
  blur: ['1', '8'],
  sharp: ['1', '10'],
  f: ['jpeg', 'png', 'webp', 'gif'],
  q: ['5', '60', '100'],
  icc: ['keep'],
  keep: ['copyright'],
  anim: ['0', '1'],
  lqip: ['1'],
  v: ['2'],
};

const side = fc.integer({ min: 1, max: 150 });
const size = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(side, side).map(([w, h]) => `${w}x${h}`) },
  side.map((w) => `${w}x`),
  side.map((h) => `x${h}`),
);
const options = fc.record(
  Object.fromEntries(Object.entries(values).map(([name, all]) => [name, fc.constantFrom(...all)])),
  { requiredKeys: [] },
);
const recipe = fc
  .tuple(fc.option(size), options)
  .map(([first, rest]) =>
    [first ?? [], Object.entries(rest).map(([name, value]) => `${name}=${value}`)].flat().join(','),
  )
  .map((d) => readQuery(`d=${d}`, RULES))
  .filter((asked) => asked.kind === 'recipe')
  .map((asked) => (asked.kind === 'recipe' ? asked.recipe : {}));

/** The size that docs/transforms.md promises, said another way than the code does. */
function promised(original: Size, recipe: Recipe): Size {
  const { rot } = recipe;
  const { width, height } = recipe.width && recipe.height ? boxed(original, recipe) : proportional(original, recipe);
  return rot === 90 || rot === 270 ? { width: height, height: width } : { width, height };
}

function times({ width, height }: Size, scale: number): Size {
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

function proportional(original: Size, { width, height, up, lqip }: Recipe): Size {
  const box = lqip ? { width: width ?? 32, height: height ?? 32 } : { width, height };
  const scales = [(box.width ?? 0) / original.width, (box.height ?? 0) / original.height].filter((scale) => scale > 0);
  const scale = scales.length > 0 ? Math.min(...scales) : 1;
  return times(original, up === false ? Math.min(1, scale) : scale);
}

function boxed(original: Size, { width = 0, height = 0, fit, up }: Recipe): Size {
  const [across, down] = [width / original.width, height / original.height];
  const most = up === false ? 1 : Number.POSITIVE_INFINITY;
  if (fit === 'inside') return times(original, Math.min(most, across, down));
  if (fit === 'outside') return times(original, Math.min(most, Math.max(across, down)));
  if (fit === 'contain') return { width, height };
  return times({ width, height }, Math.min(1, most / across, most / down));
}

const small = await sharp(photograph('coffee.png')).resize(97, 61).png().toBuffer();
const originals: { bytes: Buffer; size: Size }[] = [
  { bytes: small, size: { width: 97, height: 61 } },
  { bytes: await sharp(small).jpeg().toBuffer(), size: { width: 97, height: 61 } },
  { bytes: await sharp(small).greyscale().toColourspace('b-w').jpeg().toBuffer(), size: { width: 97, height: 61 } },
  { bytes: await sharp(small).withIccProfile('p3').withMetadata().jpeg().toBuffer(), size: { width: 97, height: 61 } },
  { bytes: await oriented(small, 6), size: { width: 97, height: 61 } },
  { bytes: await halfClear('webp'), size: { width: 100, height: 100 } },
];

describe('any recipe within the rules', () => {
  it('comes out at the very size that is documented, in the format asked', { timeout: 60_000 }, async () => {
    const each = fc.asyncProperty(recipe, fc.constantFrom(...originals), async (asked, original) => {
      const made = await run(original.bytes, asked);
      if ('refused' in made) throw new Error(`refused: ${made.refused}`);
      const { width, height, format } = await sharp(made.bytes).metadata();
      expect({ width, height }).toEqual(promised(original.size, asked));
      expect({ width: made.width, height: made.height }).toEqual({ width, height });
      expect(format).toBe(made.format);
      expect(format).toBe(asked.lqip ? 'webp' : (asked.f ?? sniffFormat(original.bytes)));
    });
    await fc.assert(each, { numRuns: 400 });
  });

  it('has sides of at least a pixel, and a crop within what it is cut from', () => {
    const asked = fc.record({
      width: fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }),
      height: fc.option(fc.integer({ min: 1, max: 5000 }), { nil: undefined }),
      fit: fc.constantFrom('cover', 'contain', 'inside', 'outside', 'fill') as fc.Arbitrary<Fit>,
      position: fc.oneof(
        fc.constant('centre'),
        fc.record({ x: fc.double({ min: 0, max: 1, noNaN: true }), y: fc.double({ min: 0, max: 1, noNaN: true }) }),
      ),
      enlarge: fc.boolean(),
    });
    const whole = fc.record({
      width: fc.integer({ min: 1, max: 20_000 }),
      height: fc.integer({ min: 1, max: 20_000 }),
    });
    const property = fc.property(whole, asked, (original, plan) => {
      const caps = { width: 4000, height: 3000 };
      const { size, crop } = geometryOf(original, plan, caps);
      if (!plan.width !== !plan.height || (plan.width && plan.height && /inside|outside/.test(plan.fit))) {
        expect(size.width).toBeLessThanOrEqual(caps.width);
        expect(size.height).toBeLessThanOrEqual(caps.height);
      }
      expect(Math.min(size.width, size.height)).toBeGreaterThanOrEqual(1);
      if (!plan.enlarge && plan.fit !== 'contain') {
        expect(size.width).toBeLessThanOrEqual(original.width);
        expect(size.height).toBeLessThanOrEqual(original.height);
      }
      if (!crop) return;
      expect(crop.left).toBeGreaterThanOrEqual(0);
      expect(crop.top).toBeGreaterThanOrEqual(0);
      expect(crop.left + size.width).toBeLessThanOrEqual(crop.from.width);
      expect(crop.top + size.height).toBeLessThanOrEqual(crop.from.height);
    });
    fc.assert(property, { numRuns: 3000 });
  });
});
