/** What is wrong with `url` beyond its shape: what does not go together, and presets that stand for nothing. */
import { FAMILIES, OPTION_NAMES, OPTIONS, type Rules, readOpen } from '../../handler/grammar.ts';
import type { ConfigFault } from './fault.ts';
import { nearest } from './nearest.ts';
import type { Config } from './schema.ts';

/** Every fault of a config whose shape is right. */
export function urlFaults(config: Config): ConfigFault[] {
  return [...sizeFaults(config), ...presetFaults(config), ...clashes(config)];
}

function sizeFaults({ url, resize }: Config): ConfigFault[] {
  const { sizes } = url;
  if (!sizes) return [];
  const faults = sizes.map((size, index): ConfigFault | undefined => {
    const path = `url.sizes.${index}`;
    const [width, height] = size.split('x').map(Number);
    if (sizes.indexOf(size) !== index) return { path, message: `lists ${size} again` };
    if ((width ?? 0) > resize.maxWidth) return { path, message: `is wider than resize.maxWidth, ${resize.maxWidth}` };
    if ((height ?? 0) > resize.maxHeight)
      return { path, message: `is taller than resize.maxHeight, ${resize.maxHeight}` };
    return undefined;
  });
  const empty = sizes.length === 0 && Object.keys(url.presets).length === 0;
  return [
    ...(empty
      ? [{ path: 'url.sizes', message: 'is empty, so nothing could be asked for: leave it out to allow any size' }]
      : []),
    ...faults.filter((fault) => fault !== undefined),
  ];
}

function presetFaults({ url, resize }: Config): ConfigFault[] {
  const { maxWidth, maxHeight, quality } = resize;
  const limits = { maxWidth, maxHeight, quality };
  const rules: Rules = { ...limits, families: [...FAMILIES], unlisted: 'snap', presets: {}, presetsOnly: false };
  return Object.entries(url.presets).flatMap(([name, value]): ConfigFault[] => {
    const path = `url.presets.${name}`;
    const asked = readOpen([['d', encodeURIComponent(value)]], rules);
    const why = asked.kind === 'invalid' ? asked.why : value === '' && 'd';
    if (why) return [{ path, ...presetFault(value, why) }];
    const [, width, height] = /^(\d*)x?(\d*)/.exec(value.toLowerCase()) ?? [];
    const capped = Number(width) > maxWidth || Number(height) > maxHeight;
    return capped ? [{ path, message: `is larger than resize allows, ${maxWidth}x${maxHeight}` }] : [];
  });
}

/** @param why the option whose value is none, or `d` for a part that is neither size nor option */
function presetFault(value: string, why: string): Omit<ConfigFault, 'path'> {
  if (why !== 'd') return { message: `has no such value of ${why}: ${JSON.stringify(value)}` };
  const parts = value.toLowerCase().split(',');
  const unknown = parts
    .map((part) => part.split('=')[0] ?? '')
    .find((name, index) => !isOption(name) && (index > 0 || parts[0]?.includes('=')));
  if (unknown === undefined) return { message: `must be like 300x200,fit=inside,f=webp, not ${JSON.stringify(value)}` };
  const own = OPTION_NAMES.find((name) => OPTIONS[name].aliases.includes(unknown)) ?? nearest(unknown, OPTION_NAMES);
  return { message: `has an option ${JSON.stringify(unknown)}, which there is not`, ...(own && { suggestion: own }) };
}

function isOption(name: string): boolean {
  return OPTION_NAMES.some((own) => own === name);
}

/** Settings that say different things. */
function clashes({ url, viewerFunction }: Config): ConfigFault[] {
  const faults: ConfigFault[] = [];
  const presets = Object.keys(url.presets).length;
  if (url.presetsOnly && presets === 0) {
    faults.push({ path: 'url.presetsOnly', message: 'leaves nothing to ask for: there are no url.presets' });
  }
  if (url.unlisted === 'refuse' && !url.sizes) {
    faults.push({ path: 'url.unlisted', message: 'has no effect without url.sizes: any size is made' });
  }
  if (url.signed && !viewerFunction) {
    faults.push({ path: 'url.signed', message: 'needs the viewer function, which "viewerFunction": false leaves out' });
  }
  if (url.compat === 'seed') {
    const idle = [...(url.options.length > 0 ? ['options'] : []), ...(presets > 0 ? ['presets'] : [])];
    const message = 'has no effect with url.compat "seed", which reads d=WxH and nothing else';
    faults.push(...idle.map((key) => ({ path: `url.${key}`, message })));
  }
  return faults;
}
