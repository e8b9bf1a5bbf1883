/** An image as HTML. Pure; every value is escaped. */
import type { Recipe, Rules } from '../../../handler/grammar.ts';
import { asMade, type Candidate } from './srcset.ts';

/** The URL of a recipe of one image. */
export type Link = (recipe: Recipe) => string;

export interface Html {
  rules: Rules;
  offered: Candidate[] | undefined;
  link: Link;
  sizes: string | undefined;
}

/** An image in the sizes offered, and where formats are on and none is chosen, in AVIF and WebP beside its own. */
export function htmlOf(recipe: Recipe, { rules, offered, link, sizes }: Html): string {
  const steps = offered ?? [{ recipe, descriptor: '1x' }];
  const inFormat = (f: 'avif' | 'webp') => {
    const made = steps.flatMap((step) => {
      const variant = asMade({ ...step.recipe, f }, rules);
      return variant?.f === f ? [{ recipe: variant, descriptor: step.descriptor }] : [];
    });
    return made.length === 0 ? [] : [{ type: `image/${f}`, srcset: srcsetText(made, link) }];
  };
  const byFormat = recipe.f === undefined && rules.families.includes('format');
  return pictureHtml({
    recipe,
    src: link(recipe),
    ...(offered && { srcset: srcsetText(offered, link) }),
    // A srcset of widths means nothing without; 100vw is what a browser takes for granted.
    ...(offered?.[0]?.descriptor.endsWith('w') && { sizes: sizes ?? '100vw' }),
    sources: byFormat ? [...inFormat('avif'), ...inFormat('webp')] : [],
  });
}

/** `URL 320w, URL 640w`. */
function srcsetText(offered: Candidate[], link: Link): string {
  return offered.map(({ recipe, descriptor }) => `${link(recipe)} ${descriptor}`).join(', ');
}

interface Picture {
  recipe: Recipe;
  /** URL for browsers that know no srcset. */
  src: string;
  srcset?: string;
  /** How wide the image stands on the page, for a srcset of widths. */
  sizes?: string;
  /** The same in better formats, the best first. */
  sources: { type: string; srcset: string }[];
}

/** `<img …>`, or a `<picture>` with a `<source>` a format. The size is said where it is known, so that the page does not jump. */
function pictureHtml({ recipe, src, srcset, sizes, sources }: Picture): string {
  const img = tag('img', { src, srcset, sizes, ...knownSize(recipe), alt: '' });
  if (sources.length === 0) return img;
  const lines = sources.map(({ type, srcset }) => tag('source', { type, srcset, sizes }));
  return ['<picture>', ...[...lines, img].map((line) => `  ${line}`), '</picture>'].join('\n');
}

/** What depends on the original is not known: a side that is left out, `inside` and `outside`, `up=0`, a turn. */
function knownSize({ width, height, fit, up, rot }: Recipe): { width?: string; height?: string } {
  const depends = fit === 'inside' || fit === 'outside' || up === false || rot !== undefined;
  return width && height && !depends ? { width: String(width), height: String(height) } : {};
}

function tag(name: string, attributes: Record<string, string | undefined>): string {
  const words = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}="${escaped(value)}"`],
  );
  return `<${[name, ...words].join(' ')}>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
