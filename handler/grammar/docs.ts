/** What docs/url-api.md, the help and the messages say of each option. Not part of what runs at the edge. */
import type { Family, OptionName } from './options.ts';

export interface OptionDoc {
  /** Values as they are written in `d`, and their other spellings. */
  values: string;
  /** What holds when it is left out. */
  default: string;
  /** One line, no full stop. */
  does: string;
}

export const OPTION_DOCS = {
  fit: {
    values: 'cover (crop), contain (pad), inside (max, clip, scale-down), outside (min), fill (stretch, scale)',
    default: 'cover',
    does: 'how the original fills the size, when both sides are given',
  },
  pos: {
    values: 'c, n, ne, e, se, s, sw, w, nw (top, left …), attention (smart), entropy, fp:X:Y with shares from 0 to 1',
    default: 'c',
    does: 'what stays in a crop, or where the image stands in a pad',
  },
  up: { values: '0, 1', default: '1 with d, 0 with w and h', does: '0 never enlarges' },
  bg: {
    values: 'three, six or eight hexadecimal digits, white, black, gray, transparent',
    default: 'none',
    does: 'colour behind transparent parts, and around contain',
  },
  rot: { values: '0, 90, 180, 270', default: '0', does: 'degrees of rotation, clockwise' },
  flip: { values: 'h, v, hv (both)', default: 'none', does: 'mirrors left and right, top and bottom, or both' },
  gray: { values: '1, 0', default: '0', does: '1 makes it grayscale' },
  blur: { values: '0 to 50', default: '0', does: 'sigma of a Gaussian blur, in pixels of the variant' },
  sharp: { values: '0 to 10', default: '0', does: 'strength of sharpening' },
  f: {
    values: 'jpeg (jpg), png, webp, avif, gif, auto',
    default: "the original's",
    does: 'format; auto takes AVIF or WebP where the browser does, and needs the viewer function',
  },
  q: {
    values: '1 to 100, taken to the nearest five unless it is the default, or auto',
    default: 'resize.quality of the config',
    does: 'quality of lossy formats',
  },
  icc: { values: 'keep, srgb', default: 'srgb', does: "keep leaves colours in the original's profile" },
  keep: { values: 'copyright, none', default: 'none', does: 'copyright keeps copyright and artist of the original' },
  anim: {
    values: '1, 0',
    default: '0 with a size, 1 without',
    does: '1 keeps all frames of an animation, 0 the first alone',
  },
  lqip: { values: '1, 0', default: '0', does: '1 makes a blurred placeholder of at most 32 pixels' },
  v: { values: '1 to 12 of a-z and 0-9', default: 'none', does: 'changes nothing but the address, to pass by caches' },
} as const satisfies Record<OptionName, OptionDoc>;

export const FAMILY_DOCS = {
  fit: 'how the original fills a size',
  format: 'format, quality, and what stays of the metadata',
  dpr: 'device pixel ratios',
  effects: 'rotation, mirroring, grayscale, blur, sharpening',
  animation: 'frames of animations',
  placeholder: 'small blurred placeholders',
  version: 'versions in addresses',
} as const satisfies Record<Family, string>;
