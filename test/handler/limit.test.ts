import fc from 'fast-check';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { handle } from '../../handler/handle.ts';
import { originResponse } from '../builders/event.ts';
import { noise, photograph } from '../builders/images.ts';
import { defaultSettings } from '../bundle/built-handler.ts';

const sizes = fc.record({ width: fc.integer({ min: 1, max: 300 }), height: fc.integer({ min: 1, max: 300 }) });
const headers = fc.dictionary(fc.stringMatching(/^X-Amz-Meta-[A-Za-z]{1,20}$/), fc.stringMatching(/^[!-~]{0,2000}$/), {
  maxKeys: 8,
});

it('a generated response never has more bytes than the limit, headers included', async () => {
  const loud = await noise(300, 300);
  const originals = [
    photograph('coffee.png'),
    loud,
    await sharp(loud).jpeg({ quality: 95 }).toBuffer(),
    await sharp(loud).webp().toBuffer(),
    await sharp(loud).gif().toBuffer(),
  ];
  const seen = { pictures: 0, limited: 0, refused: 0 };
  const property = fc.asyncProperty(
    sizes,
    headers,
    fc.constantFrom(...originals),
    fc.integer({ min: 1000, max: 60_000 }),
    async ({ width, height }, extra, bytes, responseLimitBytes) => {
      const lines: string[] = [];
      const deps = {
        settings: defaultSettings({ responseLimitBytes, build: 'b' }),
        fetchOriginal: async () => ({ bytes, etag: '"x"' }),
        loadSharp: () => sharp,
        memoryMb: 1024,
        now: Date.now,
        log: (line: string) => void lines.push(line),
      };
      const event = originResponse({ querystring: `d=${width}x${height}`, headers: extra });
      const { body, headers: sent } = await handle(event, deps, 30_000);
      if (body === undefined) {
        seen.refused += 1;
        expect(lines.join()).toContain('"why":"limit"');
        return;
      }
      const names = Object.entries(sent).flatMap(([name, all]) => all.map(({ value }) => `${name}: ${value}\r\n`));
      expect(body.length + names.join('').length).toBeLessThanOrEqual(responseLimitBytes);
      seen.pictures += 1;
      if (lines.join().includes('"why":"limit"')) seen.limited += 1;
    },
  );
  await fc.assert(property, { numRuns: 150 });
  for (const [kind, count] of Object.entries(seen)) expect(count, kind).toBeGreaterThan(5);
});
