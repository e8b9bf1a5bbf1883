/** Pictures by way of the handler, at an event as CloudFront sends it. */
import sharp from 'sharp';
import { expect } from 'vitest';
import { FAMILIES } from '../../handler/grammar.ts';
import { type Deps, handle } from '../../handler/handle.ts';
import type { Settings } from '../../handler/settings.ts';
import { originResponse } from '../builders/event.ts';
import { defaultSettings } from '../bundle/built-handler.ts';
import { brokenRules } from '../handler/cloudfront-rules.ts';

/** Every option is on. */
const SETTINGS: Settings = defaultSettings({
  build: 'b1',
  rules: { ...defaultSettings().rules, families: [...FAMILIES], presets: { small: '120x90' } },
});

export interface Answered {
  /** Of the picture; undefined where the original went out. */
  bytes: Buffer | undefined;
  type: string;
  /** The header `edge-resize`. */
  note: string;
}

/** The answer to `?d=…` (or to a whole query with a `=` before its first comma). */
export async function ask(bytes: Buffer, query: string, changes: Partial<Settings> = {}): Promise<Answered> {
  const event = originResponse({ querystring: query });
  const given = structuredClone(event.Records[0].cf.response);
  const deps: Deps = {
    settings: { ...SETTINGS, ...changes },
    fetchOriginal: async () => ({ bytes, etag: '"x"' }),
    loadSharp: () => sharp,
    memoryMb: 1769,
    now: Date.now,
    log: () => {},
  };
  const answer = await handle(event, deps, 60_000);
  expect(brokenRules(answer, given)).toEqual([]);
  const header = (name: string) => answer.headers[name]?.[0]?.value ?? '';
  const body = answer.body === undefined ? undefined : Buffer.from(answer.body, 'base64');
  return { bytes: body, type: header('content-type'), note: header('edge-resize') };
}

/** The picture itself; fails where there is none. */
export async function picture(bytes: Buffer, query: string, changes?: Partial<Settings>): Promise<Buffer> {
  const answer = await ask(bytes, query, changes);
  if (!answer.bytes) throw new Error(`?${query}: ${answer.note}`);
  return answer.bytes;
}
