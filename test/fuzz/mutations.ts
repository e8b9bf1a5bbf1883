/** Ways to spoil a file: anywhere, and where its header says how large it is. */
import { crc32 } from 'node:zlib';
import fc from 'fast-check';

/** Positions are counted modulo the length of the file. */
export type Mutation =
  | { kind: 'flip'; at: number; bit: number }
  | { kind: 'set'; at: number; bytes: number[] }
  | { kind: 'cut'; at: number }
  | { kind: 'remove'; at: number; length: number }
  | { kind: 'repeat'; at: number; length: number }
  | { kind: 'zero'; at: number; length: number }
  /** From here on the file is another. */
  | { kind: 'splice'; at: number; other: number }
  | { kind: 'append'; other: number }
  /** The header's width and height. */
  | { kind: 'size'; width: number; height: number };

const at = fc.oneof({ weight: 3, arbitrary: fc.nat(200) }, fc.nat(100_000));
const length = fc.integer({ min: 1, max: 400 });
const side = fc.constantFrom(
  0,
  1,
  2,
  95,
  97,
  4097,
  16_383,
  16_384,
  32_768,
  65_500,
  65_535,
  99_999,
  0x7fff_ffff,
  0xffff_ffff,
);
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('flip' as const), at, bit: fc.nat(7) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('set' as const),
      at,
      bytes: fc.array(fc.oneof(fc.constantFrom(0, 255, 128, 127), fc.nat(255)), { minLength: 1, maxLength: 8 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const), at }) },
  fc.record({ kind: fc.constantFrom('remove' as const, 'repeat' as const, 'zero' as const), at, length }),
  fc.record({ kind: fc.constant('splice' as const), at, other: fc.nat(100) }),
  fc.record({ kind: fc.constant('append' as const), other: fc.nat(100) }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('size' as const), width: side, height: side }) },
);

export const mutations: fc.Arbitrary<Mutation[]> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Mutation[]>([]) },
  { weight: 4, arbitrary: fc.array(mutation, { minLength: 1, maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(mutation, { minLength: 4, maxLength: 30 }) },
);

/** @param others files that parts are taken from */
export function mutate(bytes: Buffer, mutation: Mutation, others: Buffer[]): Buffer {
  const start = 'at' in mutation ? mutation.at % Math.max(1, bytes.length) : 0;
  const other = 'other' in mutation ? (others[mutation.other % others.length] ?? Buffer.alloc(0)) : Buffer.alloc(0);
  const [before, after] = [bytes.subarray(0, start), bytes.subarray(start)];
  switch (mutation.kind) {
    case 'flip':
      return Buffer.concat([before, after.subarray(0, 1).map((byte) => byte ^ (1 << mutation.bit)), after.subarray(1)]);
    case 'set':
      return Buffer.concat([before, Buffer.from(mutation.bytes), after.subarray(mutation.bytes.length)]);
    case 'cut':
      return before;
    case 'remove':
      return Buffer.concat([before, after.subarray(mutation.length)]);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, mutation.length), after]);
    case 'zero':
      return Buffer.concat([before, Buffer.alloc(mutation.length), after.subarray(mutation.length)]);
    case 'splice':
      return Buffer.concat([before, other.subarray(start)]);
    case 'append':
      return Buffer.concat([bytes, other]);
    case 'size':
      return resized(bytes, mutation.width, mutation.height);
  }
}

/** The file with another size in its header, as far as its format has room for it; checksums are right again. */
function resized(bytes: Buffer, width: number, height: number): Buffer {
  const changed = Buffer.from(bytes);
  const word = (offset: number, value: number) =>
    offset + 2 <= changed.length && changed.writeUInt16LE(value & 0xffff, offset);
  const text = changed.toString('latin1');
  if (text.startsWith('\x89PNG') && changed.length > 33) {
    changed.writeUInt32BE(width, 16);
    changed.writeUInt32BE(height, 20);
    changed.writeUInt32BE(crc32(changed.subarray(12, 29)), 29);
  } else if (text.startsWith('GIF')) {
    word(6, width);
    word(8, height);
  } else if (text.startsWith('\xff\xd8')) {
    const frame = /\xff[\xc0-\xc2][\s\S]{3}/.exec(text);
    if (frame && frame.index + 9 <= changed.length) {
      changed.writeUInt16BE(height & 0xffff, frame.index + 5);
      changed.writeUInt16BE(width & 0xffff, frame.index + 7);
    }
  } else if (text.startsWith('VP8X', 12) && changed.length >= 30) {
    changed.writeUIntLE((width - 1) & 0xff_ffff, 24, 3);
    changed.writeUIntLE((height - 1) & 0xff_ffff, 27, 3);
  } else if (text.startsWith('VP8 ', 12)) {
    word(26, width & 0x3fff);
    word(28, height & 0x3fff);
  } else {
    const box = text.indexOf('ispe');
    if (box >= 0 && box + 16 <= changed.length) {
      changed.writeUInt32BE(width, box + 8);
      changed.writeUInt32BE(height, box + 12);
    }
  }
  return changed;
}
