/** The row of `url` in the table of commands: a flag for every option of the grammar. */
import { OPTION_DOCS, OPTION_NAMES, type OptionName } from '../../handler/grammar.ts';
import type { UrlOptions } from '../commands/url.ts';
import type { CommandSpec, Flag } from './commands.ts';

/** Where the grammar's name is a letter, which says little on a command line. */
const LONG: Partial<Record<OptionName, string>> = { f: 'format', q: 'quality' };

export const URL_COMMAND: CommandSpec = {
  name: 'url',
  summary: 'print the addresses of images, for pages',
  argument: { name: '[path...]', description: 'images as their URL says: /photos/cat.jpg' },
  flags: [
    { flags: '--size <size>', description: 'WxH, Wx or xH in pixels, a preset, or a whole d: 300x200,fit=inside' },
    { flags: '--dpr <ratio>', description: 'device pixel ratio, 1 to 4, by which the size is multiplied' },
    ...OPTION_NAMES.map(optionFlag),
    {
      flags: '--srcset [widths]',
      description: 'print a srcset: of widths such as 320,640,1280, or of the usual ones',
      parse: widths,
      expects: 'widths in pixels such as 320,640, or auto',
    },
    { flags: '--html', description: 'print an <img>, or a <picture> where formats are on' },
    { flags: '--sizes <sizes>', description: 'sizes of the <img> (default: 100vw)' },
    { flags: '--host <host>', description: 'begin with this domain or address' },
    { flags: '--full', description: "ask AWS for the distribution's domain and begin with it" },
    { flags: '--sign', description: 'sign them, for "url.signed" in the config' },
    {
      flags: '--expires <time>',
      description: 'signed URLs hold this long (1h, 7d), or until an ISO time (default: as long as their key)',
    },
  ],
  without: ['--dry-run'],
  notes: [
    'Only the config is read, no AWS (unless --full or --sign is given): without --host, paths are printed. Options must be on in the config (url.options). docs/url-api.md has them all.',
    'The key that signs is read from AWS, or from EDGE_RESIZE_SIGNING_KEY where that is set: then AWS is not asked. docs/signed-urls.md shows how to sign in programs.',
  ],
  examples: [
    'edge-resize url /cat.jpg --size 300x200',
    'edge-resize url /cat.jpg --size 300x200 --fit inside --format webp --dpr 2',
    'edge-resize url /cat.jpg --size 640x --srcset --html --host cdn.example.com',
    'edge-resize url /cat.jpg --size 300x200 --sign --expires 1h',
  ],
  start: (paths, options) => async (context) => {
    const { url } = await import('../commands/url.ts');
    return url(context, { ...options, paths } as UrlOptions);
  },
};

function optionFlag(name: OptionName): Flag {
  const { does, values } = OPTION_DOCS[name];
  return { flags: `--${LONG[name] ?? name} <value>`, description: `${does}: ${values}` };
}

function widths(text: string): number[] | 'auto' | undefined {
  if (text === 'auto') return text;
  const parts = text.split(',');
  return parts.every((part) => /^[1-9]\d{0,4}$/.test(part)) ? parts.map(Number) : undefined;
}
