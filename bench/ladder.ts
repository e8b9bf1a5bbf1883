/** What comes out too large for a response: how often it is encoded again, and how much of the limit the result fills. */
import * as v from 'valibot';
import { settingsFrom } from '../src/bundle/settings.ts';
import { configSchema } from '../src/config/schema.ts';
import { mosaic } from './pictures.ts';
import { atLeast, atMost } from './race.ts';
import { fromMemory, handlerDeps, noteOf, request, watchEncodes } from './subject.ts';
import { table } from './table.ts';

const FORMATS = ['jpeg', 'webp'] as const;
type Format = (typeof FORMATS)[number];

/** Encodes after the first, and the mean share of the limit that is filled. */
const TARGETS = { jpeg: { again: 2, fill: 0.85 }, webp: { again: 3, fill: 0.75 } } satisfies Record<Format, object>;
const LEAST_CASES = 40;

/** Grain and blur change how bytes go with quality: a clean scan, a phone at noon, a phone at night, an old lens. */
const SCENES = [
  { name: 'no grain', grain: 0, blur: 0 },
  { name: 'grain', grain: 3, blur: 0 },
  { name: 'heavy grain', grain: 9, blur: 0 },
  { name: 'soft', grain: 2, blur: 1.2 },
] as const;
const SIZES = ['2560x1440', '3000x2000', '3840x2160', '4096x2304'];
const QUALITIES = [80, 90, 95];

interface Case {
  format: Format;
  scene: string;
  size: string;
  quality: number;
  /** Encodes after the first. */
  again: number;
  /** Base64 text over the limit; 0 when no picture came of it. */
  fill: number;
  note: string;
}

export async function benchLadder(): Promise<boolean> {
  const cases: Case[] = [];
  for (const { name, grain, blur } of SCENES) {
    const scene = await mosaic(4096, 2304, grain);
    const pixels = blur > 0 ? scene.blur(blur) : scene;
    for (const format of FORMATS) {
      const original = await pixels.clone().toFormat(format, { quality: 95, effort: 1 }).toBuffer();
      for (const size of SIZES)
        for (const quality of QUALITIES) cases.push(await oversized(original, { format, scene: name, size, quality }));
    }
  }
  return report(cases.filter(({ again }) => again > 0));
}

type Asked = Pick<Case, 'format' | 'scene' | 'size' | 'quality'>;

async function oversized(original: Buffer, asked: Asked): Promise<Case> {
  const { size, quality } = asked;
  const config = v.parse(configSchema, { name: 'bench', bucket: 'pictures', region: 'eu-west-1', resize: { quality } });
  const settings = settingsFrom(config);
  const deps = handlerDeps(fromMemory(original), settings);
  const { result, encodes } = await watchEncodes(() => request(deps, `d=${size}`));
  const fill = (result.body?.length ?? 0) / settings.responseLimitBytes;
  return { ...asked, again: encodes.length - 1, fill, note: noteOf(result) };
}

function report(cases: Case[]): boolean {
  const rows = cases.map(({ format, scene, size, quality, again, fill, note }) => [
    `${format}, ${scene}`,
    size,
    `${quality}`,
    /q=(\d+)/.exec(note)?.[1] ?? note,
    `${again}`,
    `${(100 * fill).toFixed(0)} %`,
  ]);
  console.log('results over the response limit of 1,048,576 bytes, base64 counted; encodes after the first');
  console.log(table(['picture', 'size', 'quality', 'became', 'encodes', 'filled'], rows));
  const kept = FORMATS.flatMap((format) => {
    const of = cases.filter((one) => one.format === format);
    const fills = of.map(({ fill }) => fill);
    const many = of.filter(({ again }) => again === 1).length;
    console.log(`  ${format}: ${of.length} cases, ${many} of them with a single further encode`);
    return [
      atMost(
        `${format}, most encodes after the first`,
        Math.max(...of.map(({ again }) => again)),
        TARGETS[format].again,
        0,
      ),
      atLeast(
        `${format}, mean share of the limit`,
        fills.reduce((sum, fill) => sum + fill, 0) / of.length,
        TARGETS[format].fill,
      ),
    ];
  });
  return [...kept, atLeast('cases', cases.length, LEAST_CASES, 0)].every(Boolean);
}
