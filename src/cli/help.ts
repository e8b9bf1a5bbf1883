/** Help texts, drawn from the table at 80 columns. Commander is not asked, so that help does not wait for it to load. */
import { COMMANDS, type CommandSpec, type Flag, GLOBAL_FLAGS } from './commands.ts';

const WIDTH = 80;

const STATUSES = `Exit status:
  0  done                           5    confirmation needed or declined
  1  failed                         124  wait timed out
  3  usage or config                130  interrupted
  4  credentials or permission`;

const ENVIRONMENT = `Environment:
  AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN,
  AWS_REGION, AWS_DEFAULT_REGION, AWS_MAX_ATTEMPTS, AWS_ENDPOINT_URL and
  AWS_ENDPOINT_URL_<SERVICE>, as the AWS tools have them.
  NO_COLOR, FORCE_COLOR, TERM and CI are honoured.`;

const EXAMPLES = [
  'edge-resize dev --images ./photos   # an AWS of your own, no account',
  'edge-resize setup --bucket my-photos',
  'edge-resize deploy',
  "curl -O 'https://CDN/cat.jpg?d=100x100'",
];

/** The help of a command, or of the program. */
export function helpText(spec?: CommandSpec): string {
  return `${(spec ? commandHelp(spec) : programHelp()).join('\n\n')}\n`;
}

function programHelp(): string[] {
  return [
    'Turns an S3 bucket and CloudFront into an image CDN: /cat.jpg?d=100x100',
    'Usage: edge-resize <command> [options]',
    section('Examples', example(EXAMPLES)),
    section('Commands', columns(COMMANDS.map(({ name, summary }) => [name, summary]))),
    section('Options', columns(GLOBAL_FLAGS.map(row))),
    'edge-resize <command> --help says more about a command. The config is\nedge-resize.config.json (or .mjs, .ts) in this folder or one above it.',
    STATUSES,
    ENVIRONMENT,
  ];
}

function commandHelp({ name, summary, argument, flags, without, notes, examples }: CommandSpec): string[] {
  const usage = ['edge-resize', name, ...(argument ? [argument.name] : []), '[options]'].join(' ');
  const own = [...(argument ? [[argument.name, argument.description] as const] : []), ...flags.map(row)];
  const shared = GLOBAL_FLAGS.filter((flag) => !without?.includes(flag.flags));
  return [
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    `Usage: ${usage}`,
    section('Examples', example(examples)),
    ...(own.length > 0 ? [section('Options', columns(own))] : []),
    section('Options of every command', columns(shared.map(row))),
    ...(notes ?? []).map((note) => wrap(note, WIDTH).join('\n')),
  ];
}

function section(title: string, lines: string[]): string {
  return [`${title}:`, ...lines].join('\n');
}

function example(commands: string[]): string[] {
  return commands.map((line) => `  $ ${line}`);
}

function row({ flags, description, choices }: Flag): readonly [string, string] {
  return [flags, choices ? `${description}: ${choices.join(' or ')}` : description];
}

/** Two columns; the right one is wrapped and stays in its place. */
function columns(rows: (readonly [string, string])[]): string[] {
  const left = Math.max(...rows.map(([term]) => term.length)) + 4;
  return rows.flatMap(([term, text]) =>
    wrap(text, WIDTH - left).map((line, index) => `${(index === 0 ? `  ${term}` : '').padEnd(left)}${line}`),
  );
}

function wrap(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? '';
    if (last !== '' && last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`;
  }
  return lines;
}
