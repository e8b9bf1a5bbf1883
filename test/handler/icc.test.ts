import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { isSrgb } from '../../handler/icc.ts';
import { photograph } from '../builders/images.ts';

async function profileOf(picture: Buffer): Promise<Buffer> {
  const { icc } = await sharp(picture).metadata();
  if (!icc) throw new Error('no profile');
  return icc;
}

const tagged = (profile: string) => sharp(photograph('coffee.png')).withIccProfile(profile).png().toBuffer();
const srgb = await profileOf(await tagged('srgb'));

describe('an ICC profile', () => {
  it('is sRGB by its primaries and curves, whoever made it', async () => {
    expect(isSrgb(srgb)).toBe(true);
    expect(isSrgb(await profileOf(photograph('hubble_deep_field.jpg')))).toBe(true);
  });

  it('is not sRGB with other primaries, whatever it is called', async () => {
    expect(isSrgb(await profileOf(await tagged('p3')))).toBe(false);
    const cmyk = await sharp(photograph('coffee.png')).withIccProfile('cmyk').jpeg().toBuffer();
    expect(isSrgb(await profileOf(cmyk))).toBe(false);
  });

  it.each([
    [2.2, false],
    [1, false],
    [undefined, true],
  ])('with sRGB primaries and a curve table of gamma %s: %s', (gamma, expected) => {
    const curve = (x: number) => {
      if (gamma) return x ** gamma;
      return x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4;
    };
    expect(isSrgb(withCurve(srgb, curve))).toBe(expected);
  });

  it('that is broken is none', () => {
    for (let length = 0; length < srgb.length; length += 7) expect(isSrgb(srgb.subarray(0, length))).toBe(false);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => !isSrgb(Buffer.from(bytes))));
    const change = fc.tuple(fc.nat(srgb.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { maxLength: 9 }), (changes) => {
        const mutated = Buffer.from(srgb);
        for (const [at, value] of changes) mutated[at] = value;
        expect(typeof isSrgb(mutated)).toBe('boolean');
      }),
    );
  });
});

/** The profile with all three curves replaced by a table of 1,024 entries, as the commonest sRGB profiles have it. */
function withCurve(icc: Buffer, curve: (x: number) => number): Buffer {
  const table = Buffer.alloc(12 + 2 * 1024);
  table.write('curv');
  table.writeUInt32BE(1024, 8);
  for (let index = 0; index < 1024; index += 1) {
    table.writeUInt16BE(Math.round(curve(index / 1023) * 65_535), 12 + 2 * index);
  }
  const changed = Buffer.concat([icc, table]);
  for (let at = 132; at < 132 + 12 * icc.readUInt32BE(128); at += 12) {
    if (!/^[rgb]TRC$/.test(icc.toString('latin1', at, at + 4))) continue;
    changed.writeUInt32BE(icc.length, at + 4);
    changed.writeUInt32BE(table.length, at + 8);
  }
  return changed;
}
