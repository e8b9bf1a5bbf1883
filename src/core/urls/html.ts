/** An image as HTML. Pure; every value is escaped. */
import type { Recipe } from '../../../handler/grammar.ts';

export interface Picture {
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
export function pictureHtml({ recipe, src, srcset, sizes, sources }: Picture): string {
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
