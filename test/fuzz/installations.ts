/** Configurations that requests meet: what URLs may ask for, limits, and the viewer function that goes with each. */
import type { Rules } from '../../handler/grammar.ts';
import type { Settings } from '../../handler/settings.ts';
import { makeViewerCode } from '../../src/bundle/viewer.ts';
import { defaultSettings } from '../bundle/built-handler.ts';
import { compiled } from '../handler/viewer-kit.ts';

export interface Installation {
  name: string;
  settings: Settings;
  /** The deployed viewer function, in a context of its own. */
  viewer(event: unknown): unknown;
}

/** Sizes small enough that many pictures can be made. */
const SMALL: Rules = {
  ...defaultSettings().rules,
  maxWidth: 240,
  maxHeight: 240,
  families: ['fit', 'format', 'dpr', 'effects', 'animation', 'placeholder', 'version'],
  presets: { thumb: '15x15,f=webp', wide: '160x', any: '99x99,f=auto' },
};

const CHOICES: Record<string, Partial<Settings> & { rules: Rules }> = {
  everything: { rules: SMALL },
  'sizes alone': { rules: { ...SMALL, families: [], presets: {} } },
  'a list of sizes, the nearest': { rules: { ...SMALL, sizes: ['100x100', '200x', 'x50'] } },
  'a list of sizes, no others': {
    rules: { ...SMALL, sizes: ['100x100', '32x'], unlisted: 'refuse' },
    onInvalid: '400',
  },
  'presets alone': { rules: { ...SMALL, presetsOnly: true }, onInvalid: '400' },
  'the original guide': { rules: { ...SMALL, compat: 'seed' } },
  'responses of 6 kB': { rules: SMALL, responseLimitBytes: 6000, serverTiming: true },
  'responses of 30 kB': { rules: SMALL, responseLimitBytes: 30_000, cacheControl: 'public, max-age=60' },
  'small originals': {
    rules: SMALL,
    maxInputBytes: 4000,
    maxInputPixels: 5000,
    maxAnimationPixels: 5000,
    maxAvifPixels: 900,
  },
  'full size': { rules: { ...SMALL, maxWidth: 4096, maxHeight: 4096 } },
};

export const INSTALLATION_NAMES = Object.keys(CHOICES);

/** @param viewerDir folder with the viewer functions as they were built */
export function makeInstallations(viewerDir: string): Promise<Installation[]> {
  return Promise.all(
    Object.entries(CHOICES).map(async ([name, changes]) => {
      const settings = defaultSettings({ build: 'b1', ...changes });
      const { rules, onInvalid } = settings;
      const { code } = await makeViewerCode({ folder: viewerDir, rules, onInvalid, signed: false });
      return { name, settings, viewer: compiled(code) };
    }),
  );
}
