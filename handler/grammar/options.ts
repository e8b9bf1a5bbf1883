/**
 * Every option of a recipe: its names, and how its value is read. The table is what the edge, the commands and the docs
 * go by. Written in the JavaScript of CloudFront Functions, where this runs too: no destructuring, spread or for-of.
 */

export type Fit = 'cover' | 'contain' | 'inside' | 'outside' | 'fill';
export type Format = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif';
export type Flip = 'h' | 'v' | 'hv';

/** What can be asked of a variant beside its size. What is left out has its default. */
export interface Options {
  /** How the original fills the size; `cover` when left out. */
  fit?: Fit;
  /** What stays in a crop: n, ne, e, se, s, sw, w, nw, attention, entropy or fp:X:Y (shares of width and height); the centre when left out. */
  pos?: string;
  /** False: never larger than the original. */
  up?: false;
  /** Six or eight hexadecimal digits, RGB or RGBA: behind what is transparent, and around `contain`. */
  bg?: string;
  /** Degrees, clockwise. */
  rot?: 90 | 180 | 270;
  flip?: Flip;
  gray?: true;
  /** Sigma of a Gaussian blur, in pixels of the variant, 1-50. */
  blur?: number;
  /** Strength of sharpening, 1-10. */
  sharp?: number;
  /** Of the variant; the original's when left out. `auto` is for the viewer function alone, which knows what a browser takes. */
  f?: Format | 'auto';
  /** 5-100 in steps of five (and 1). */
  q?: number;
  /** Colours stay in the original's profile, which stays too. */
  icc?: 'keep';
  /** Copyright and artist of the original stay. */
  keep?: 'copyright';
  /** All frames, or the first alone. */
  anim?: boolean;
  /** A placeholder: at most 32 pixels, blurred. */
  lqip?: true;
  /** Has no effect but another address. */
  v?: string;
}

export type OptionName = keyof Options;

/** Groups of options that a config switches on. Sizes (`d`, `w`, `h`, `up`) always are. */
export const FAMILIES = ['fit', 'format', 'dpr', 'effects', 'animation', 'placeholder', 'version'] as const;
export type Family = (typeof FAMILIES)[number];

/** `null`: the default was said. `undefined`: no such value. */
type Reading<Value> = Value | null | undefined;

interface Reader<Value> {
  family: Family | 'size';
  /** Other names by which URLs may ask for it. */
  aliases: string[];
  /** @param value in lower case, percent-decoded */
  read(value: string): Reading<Value>;
}

/** In canonical order. */
export const OPTIONS: { [Name in OptionName]-?: Reader<NonNullable<Options[Name]>> } = {
  fit: { family: 'fit', aliases: ['t', 'm', 'c'], read: readFit },
  pos: { family: 'fit', aliases: ['g', 'gravity', 'a', 'position'], read: readPosition },
  up: { family: 'size', aliases: ['enlarge'], read: (value) => among(value, { 0: false, 1: null }) },
  bg: { family: 'fit', aliases: ['background', 'cbg'], read: readColour },
  rot: { family: 'effects', aliases: ['ro', 'rotate'], read: (value) => among(value, ROTATIONS) },
  flip: { family: 'effects', aliases: ['flop'], read: (value) => among(value, FLIPS) },
  gray: { family: 'effects', aliases: ['grey', 'grayscale', 'greyscale'], read: readFlag },
  blur: { family: 'effects', aliases: [], read: (value) => readStrength(value, 50) },
  sharp: { family: 'effects', aliases: ['sharpen'], read: (value) => readStrength(value, 10) },
  f: { family: 'format', aliases: ['fm', 'format', 'output', 'auto'], read: (value) => among(value, FORMATS) },
  q: { family: 'format', aliases: ['quality'], read: readQuality },
  icc: { family: 'format', aliases: [], read: (value) => among(value, { keep: 'keep', srgb: null }) },
  keep: { family: 'format', aliases: [], read: (value) => among(value, { copyright: 'copyright', none: null }) },
  anim: { family: 'animation', aliases: ['n'], read: (value) => among(value, { 0: false, 1: true }) },
  lqip: { family: 'placeholder', aliases: [], read: readFlag },
  v: { family: 'version', aliases: [], read: (value) => (/^[a-z0-9]{1,12}$/.test(value) ? value : undefined) },
};

export const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[];

const FITS: Record<string, string> = {
  cover: 'cover crop',
  contain: 'contain pad',
  inside: 'inside clip max scale-down',
  outside: 'outside min',
  fill: 'fill scale stretch squeeze force',
};
const ROTATIONS = { 0: null, 90: 90, 180: 180, 270: 270, '-90': 270, 360: null } as const;
const FLIPS = { 0: null, h: 'h', v: 'v', hv: 'hv', vh: 'hv', both: 'hv', 1: 'h' } as const;
const FORMATS = {
  jpeg: 'jpeg',
  jpg: 'jpeg',
  png: 'png',
  webp: 'webp',
  avif: 'avif',
  gif: 'gif',
  auto: 'auto',
  format: 'auto',
  'compress,format': 'auto',
  'format,compress': 'auto',
  compress: null,
} as const;
const COLOURS: Record<string, string> = { white: 'ffffff', black: '000000', gray: '808080', transparent: '00000000' };

/** An object's own member; `Object.hasOwn` is not in CloudFront Functions (CFDG functions-javascript-runtime-20). */
export function among<Value>(name: string, values: Record<string, Value>): Value | undefined {
  return Object.keys(values).includes(name) ? values[name] : undefined;
}

function readFlag(value: string): Reading<true> {
  return among(value, { 0: null, 1: true, true: true, false: null });
}

function readFit(value: string): Reading<Fit> {
  const name = Object.keys(FITS).find((fit) => (FITS[fit] as string).split(' ').includes(value));
  return name === 'cover' ? null : (name as Fit | undefined);
}

function readPosition(value: string): Reading<string> {
  const focal = /^fp:([01]?\.?\d{1,4})[:,]([01]?\.?\d{1,4})$/.exec(value);
  if (focal) return readFocalPoint(Number(focal[1]), Number(focal[2]));
  if (value === 'smart' || value === 'attention') return 'attention';
  if (value === 'entropy') return value;
  if (/^(c|center|centre|middle)$/.test(value)) return null;
  const compass = value
    .replace(/north|top/, 'n')
    .replace(/south|bottom/, 's')
    .replace(/east|right/, 'e')
    .replace(/west|left/, 'w')
    .replace(/[-_+ ]/g, '');
  const ordered = /^[ew][ns]$/.test(compass) ? compass.charAt(1) + compass.charAt(0) : compass;
  return /^([ns][ew]?|[ew])$/.test(ordered) ? ordered : undefined;
}

/** Shares of width and height, to the hundredth; the middle is the default. */
function readFocalPoint(x: number, y: number): Reading<string> {
  if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) return undefined;
  const point = `fp:${Math.round(x * 100) / 100}:${Math.round(y * 100) / 100}`;
  return point === 'fp:0.5:0.5' ? null : point;
}

function readColour(value: string): Reading<string> {
  const digits = COLOURS[value] || value.replace(/^#/, '');
  const long = /^[0-9a-f]{3}$/.test(digits) ? digits.replace(/./g, '$&$&') : digits;
  if (!/^([0-9a-f]{6}|[0-9a-f]{8})$/.test(long)) return undefined;
  return long.length === 8 && long.slice(6) === 'ff' ? long.slice(0, 6) : long;
}

function readStrength(value: string, most: number): Reading<number> {
  const strength = readWhole(value);
  if (strength === 0) return null;
  return strength !== undefined && strength <= most ? strength : undefined;
}

/** In steps of five, so that 79, 80 and 81 are one variant. */
function readQuality(value: string): Reading<number> {
  if (value === 'auto') return null;
  const quality = readWhole(value);
  if (quality === undefined || quality < 1 || quality > 100) return undefined;
  return Math.max(1, Math.round(quality / 5) * 5);
}

/** Strict decimals of at most five digits: no sign, exponent, fraction or space. */
export function readWhole(value: string): number | undefined {
  return /^\d{1,5}$/.test(value) ? Number(value) : undefined;
}
