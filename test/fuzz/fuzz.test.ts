/** A slice of `npm run fuzz`, and that the fuzzer finds what it is there to find. */
import fc from 'fast-check';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildViewer } from '../../build/viewer.mjs';
import { photograph } from '../builders/images.ts';
import { temporaryFolder } from '../bundle/built-handler.ts';
import { run } from '../handler/transform-kit.ts';
import { type Case, cases, ENOUGH_MS } from './case.ts';
import { checkCase, type FuzzWorld } from './check.ts';
import { makeInstallations } from './installations.ts';
import { mutate } from './mutations.ts';
import { startingOriginals } from './originals.ts';
import { startFuzzS3 } from './s3.ts';

let world: FuzzWorld;

beforeAll(async () => {
  const viewerDir = temporaryFolder();
  await buildViewer(viewerDir);
  const [installations, originals, s3] = await Promise.all([
    makeInstallations(viewerDir),
    startingOriginals(),
    startFuzzS3(),
  ]);
  world = { installations, originals, bombs: [], s3 };
});
afterAll(() => world.s3.close());

it('up to 2,000 requests: none throws, CloudFront takes every answer, each picture is what it says', async () => {
  const outcomes: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(cases(0), async (one) => {
      const [kind = ''] = (await checkCase(world, one)).split(/[:,]/);
      outcomes[kind] = (outcomes[kind] ?? 0) + 1;
    }),
    { numRuns: 2000, interruptAfterTimeLimit: 15_000, markInterruptAsFailure: false },
  );
  // That it reaches all of them.
  for (const kind of ['picture', 'original', '400', 'untouched', 'the viewer function']) {
    expect(outcomes[kind], kind).toBeGreaterThan(10);
  }
});

describe('a fault is found', () => {
  const PLAIN: Case = {
    at: 'everything',
    trigger: 'origin-response',
    viewed: true,
    accept: '',
    request: { uri: '/cat.jpg', querystring: 'd=40x30' },
    original: 0,
    mutations: [],
    reply: { status: 200, headers: {}, manner: 'whole' },
    timeoutMs: ENOUGH_MS,
    memoryMb: 1024,
  };
  const changed = (change: Partial<FuzzWorld['installations'][number]>): FuzzWorld => ({
    ...world,
    installations: world.installations.map((one) => ({ ...one, ...change })),
  });

  it('and nothing where there is none', async () => {
    expect(await checkCase(world, PLAIN)).toBe('picture: jpeg');
    expect(await checkCase(world, { ...PLAIN, trigger: 'origin-request' })).toBe('picture: jpeg');
  });

  it('when the viewer function passes on what the handler reads otherwise', async () => {
    const viewer = (event: unknown) => ({ ...(event as { request: object }).request, querystring: 'd=40X30' });
    await expect(checkCase(changed({ viewer }), PLAIN)).rejects.toThrow('the handler reads d=40x30');
  });

  it('when the viewer function has two words for one picture', async () => {
    let count = 0;
    const viewer = (event: unknown) => {
      count += 1;
      return { ...(event as { request: object }).request, querystring: `d=40x${count}` };
    };
    await expect(checkCase(changed({ viewer }), PLAIN)).rejects.toThrow('is not the last word');
  });

  it('when an answer is over the limit of CloudFront', async () => {
    const settings = { ...(world.installations[0]?.settings as FuzzWorld['installations'][number]['settings']) };
    const rules = { ...settings.rules, maxWidth: 4096, maxHeight: 4096 };
    const wide = changed({ settings: { ...settings, rules, responseLimitBytes: 10_000_000 }, viewer: same });
    const large = await sharp(photograph('hubble_deep_field.jpg')).resize(2600).jpeg({ quality: 100 }).toBuffer();
    const one = { ...PLAIN, request: { uri: '/cat.jpg', querystring: 'd=2600x2600,q=100' } };
    await expect(checkCase({ ...wide, originals: [{ name: 'large', bytes: large }] }, one)).rejects.toThrow(
      /CloudFront refuses: .*exceeded the CloudFront limit/,
    );
  });
});

const same = (event: unknown) => {
  const { request } = event as { request: { querystring: Record<string, { value: string }> } };
  return { ...request, querystring: `d=${request.querystring.d?.value}` };
};

describe('what was found', () => {
  it('a line of pixels on its side does not become a sheet of millions before it is cut', async () => {
    const column = { create: { width: 1, height: 65_500, channels: 3, background: '#369' } } as const;
    const line = await sharp(column).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await run(line, { width: 1, height: 199 })).toEqual({ refused: 'too-many-pixels' });
    expect(await run(line, { width: 199, height: 1 })).toMatchObject({ width: 199, height: 1 });
  });
});

describe('a file', () => {
  it.each(['png', 'gif', 'jpeg', 'webp', 'avif'])(
    'of %s says the size that is written into its header',
    async (name) => {
      const start = world.originals.find((one) => one.name === name);
      const bytes = mutate(start?.bytes ?? Buffer.alloc(0), { kind: 'size', width: 1500, height: 97 }, []);
      expect(await sharp(bytes).metadata()).toMatchObject({ width: 1500, height: 97 });
    },
  );

  it('of every kind is among those that are sent', async () => {
    const formatOf = async (bytes: Buffer) => (await sharp(bytes).metadata()).format;
    const all = await Promise.all(world.originals.map(({ bytes }) => formatOf(bytes).catch(() => 'none')));
    for (const format of ['jpeg', 'png', 'webp', 'gif', 'heif', 'svg', 'none']) expect(all).toContain(format);
  });
});
