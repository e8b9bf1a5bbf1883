/** Is an ICC profile plain sRGB? Then converting from it changes no pixel, and costs up to two thirds of the time (PERFORMANCE 2a). */

/** Red, green and blue of sRGB as profiles store them: XYZ under D50 (ICC.1, Annex on sRGB). */
const COLORANTS: Record<string, readonly [number, number, number]> = {
  rXYZ: [0.4361, 0.2225, 0.0139],
  gXYZ: [0.3851, 0.7169, 0.0971],
  bXYZ: [0.1431, 0.0606, 0.7141],
};
const CURVES = ['rTRC', 'gTRC', 'bTRC'];
/** Points of sRGB's curve that tell it from a plain gamma of 2.2 and from linear light. */
const CURVE_POINTS = [0.03, 0.1, 0.5, 0.8];
const TOLERANCE = 0.001;

/** True only for a matrix profile with the primaries and the curve of sRGB; false for everything else, a broken profile included. */
export function isSrgb(icc: Buffer): boolean {
  try {
    if (icc.toString('latin1', 16, 20) !== 'RGB ') return false;
    const tags = tagsOf(icc);
    if (tags.has('A2B0')) return false; // its table would count, not the matrix
    return (
      Object.entries(COLORANTS).every(([name, expected]) => isColorant(tags.get(name), expected)) &&
      CURVES.every((name) => isSrgbCurve(tags.get(name)))
    );
  } catch {
    return false; // an offset that leads out of the profile
  }
}

/** The data of each tag, from its type on. */
function tagsOf(icc: Buffer): Map<string, Buffer> {
  const tags = new Map<string, Buffer>();
  const count = Math.min(icc.readUInt32BE(128), 100);
  for (let at = 132; at < 132 + 12 * count; at += 12) {
    const offset = icc.readUInt32BE(at + 4);
    tags.set(icc.toString('latin1', at, at + 4), icc.subarray(offset, offset + icc.readUInt32BE(at + 8)));
  }
  return tags;
}

function isColorant(tag: Buffer | undefined, expected: readonly number[]): boolean {
  return tag !== undefined && expected.every((value, index) => near(fixed(tag, 8 + 4 * index), value));
}

function isSrgbCurve(tag: Buffer | undefined): boolean {
  const type = tag?.toString('latin1', 0, 4);
  if (!tag || (type !== 'curv' && type !== 'para')) return false;
  const curve = type === 'curv' ? sampled(tag) : parametric(tag);
  return CURVE_POINTS.every((x) => near(curve(x), x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
}

/** A table; one of fewer than 16 entries is a gamma or too coarse, which no sRGB profile is. */
function sampled(tag: Buffer): (x: number) => number {
  const last = tag.readUInt32BE(8) - 1;
  const entry = (index: number) => tag.readUInt16BE(12 + 2 * Math.min(index, last)) / 65_535;
  return (x) => {
    if (last < 15) return Number.NaN;
    const low = Math.floor(x * last);
    return entry(low) + (entry(low + 1) - entry(low)) * (x * last - low);
  };
}

/** Function type 3: (ax + b) ** g, and cx below d. The others cannot be sRGB's. */
function parametric(tag: Buffer): (x: number) => number {
  if (tag.readUInt16BE(8) !== 3) return () => Number.NaN;
  const [g, a, b, c, d] = [12, 16, 20, 24, 28].map((at) => fixed(tag, at)) as [number, number, number, number, number];
  return (x) => (x >= d ? (a * x + b) ** g : c * x);
}

/** s15Fixed16Number. */
function fixed(tag: Buffer, at: number): number {
  return tag.readInt32BE(at) / 65_536;
}

function near(value: number, expected: number): boolean {
  return Math.abs(value - expected) <= TOLERANCE;
}
