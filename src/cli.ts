/**
 * What the command line asks for. The table is in cli/commands; plain requests for help or the version are answered
 * here, everything else is parsed by Commander, which is loaded for it.
 */
import { COMMANDS } from './cli/commands.ts';
import { helpText } from './cli/help.ts';
import type { Parsed } from './cli/parse.ts';

const HELP = new Set(['--help', '-h', 'help']);

/**
 * The command to start; a string is text to print, with status 0.
 * @throws AppError USAGE
 */
export async function readArgv(argv: string[], version: () => string): Promise<Parsed | string> {
  const [first, second, ...rest] = argv;
  const versionText = () => (argv.includes('--json') ? versionDocument(version()) : `${version()}\n`);
  if (first === undefined) return helpText();
  if (first === '--version') return versionText();
  if (second === undefined && HELP.has(first)) return helpText();
  const asked = HELP.has(second ?? '') ? first : first === 'help' ? second : undefined;
  const spec = COMMANDS.find(({ name }) => name === asked);
  if (spec && rest.length === 0) return helpText(spec);
  const { parse } = await import('./cli/parse.ts');
  const parsed = parse(argv);
  return parsed !== '' ? parsed : versionText();
}

function versionDocument(version: string): string {
  return `${JSON.stringify({ formatVersion: 1, command: 'version', version }, null, 2)}\n`;
}
