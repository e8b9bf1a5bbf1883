/** argv -> which command to start with which options. Built of the table in cli/commands; loads nothing but Commander. */
import { Command, CommanderError, Option } from 'commander';
import { COMMANDS, type CommandSpec, type Start } from './cli/commands.ts';
import { endpoint } from './cli/values.ts';
import type { GlobalOptions } from './context.ts';
import { AppError } from './errors.ts';

export interface Parsed {
  options: GlobalOptions;
  start: Start;
}

export interface Screen {
  /** Takes help and version texts. */
  write(text: string): void;
  /** Columns of help texts. */
  width: number;
  version(): string;
}

const GLOBAL_FLAGS: Option[] = [
  new Option('--config <file>', 'config file (default: edge-resize.config.{json,mjs,ts} upward)'),
  new Option('--profile <name>', 'AWS profile'),
  new Option('--endpoint-url <url>', 'send AWS calls there, such as a local AWS').argParser(endpoint),
  new Option('--json', 'print one JSON document (logs: a line an event), errors too'),
  new Option('-y, --yes', 'do not ask'),
  new Option('--dry-run', 'show the plan and stop'),
  new Option('--no-input', 'never ask; without --yes a change ends with status 5'),
  new Option('--color', 'colour even where no terminal is'),
  new Option('--no-color', 'no colour'),
  new Option('-q, --quiet', 'print results and warnings only'),
  new Option('-v, --verbose', 'print request ids, causes and warnings of libraries'),
  new Option('--version', 'print the version'),
];

const CLOSING = `
Exit status:
  0  done                           4    credentials or permission
  1  failed                         5    confirmation needed or declined
  2  differences (--exit-code)      124  wait timed out
  3  usage or config                130  interrupted

Environment:
  AWS_PROFILE, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN,
  AWS_REGION, AWS_DEFAULT_REGION, AWS_ENDPOINT_URL[_<SERVICE>], AWS_MAX_ATTEMPTS:
  as the AWS tools have them. NO_COLOR, FORCE_COLOR and CI are honoured.

Examples:
  $ edge-resize dev --images ./photos          # an AWS of your own, no account
  $ edge-resize setup --bucket my-photos
  $ edge-resize deploy
  $ curl -O 'https://CDN/cat.jpg?d=100x100'
`;

/**
 * Reads the command line. Undefined when help or the version was asked for and written.
 * @throws AppError USAGE
 */
export function parseArgv(argv: string[], screen: Screen): Parsed | undefined {
  let parsed: Parsed | undefined;
  const program = buildProgram(screen, (value) => {
    parsed = value;
  });
  try {
    program.parse(argv.length === 0 ? ['--help'] : argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw usageError(error, argv);
  }
  return parsed;
}

function buildProgram(screen: Screen, chosen: (parsed: Parsed) => void): Command {
  const program = new Command('edge-resize')
    .description('Turns an S3 bucket of images and CloudFront into an image CDN: /image.jpg?d=100x100')
    .usage('<command> [options]')
    .exitOverride()
    .helpCommand('help [command]', 'help for a command')
    .helpOption('-h, --help', 'print this help')
    .configureOutput({
      writeOut: (text) => screen.write(text),
      writeErr: () => undefined,
      getOutHelpWidth: () => screen.width,
    })
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', CLOSING)
    .on('option:version', () => {
      screen.write(`${screen.version()}\n`);
      throw new CommanderError(0, 'commander.version', '');
    });
  for (const flag of GLOBAL_FLAGS) program.addOption(flag);
  for (const spec of COMMANDS) program.addCommand(buildCommand(spec, chosen).copyInheritedSettings(program));
  return program;
}

function buildCommand(spec: CommandSpec, chosen: (parsed: Parsed) => void): Command {
  const command = new Command(spec.name).description(spec.summary);
  if (spec.argument) command.argument(spec.argument.name, spec.argument.description);
  for (const { flags, description, parse, choices } of spec.flags) {
    const option = new Option(flags, description);
    if (parse) option.argParser(parse as (text: string) => unknown);
    if (choices) option.choices(choices);
    command.addOption(option);
  }
  const examples = spec.examples.map((line) => `  $ ${line}`);
  const notes = spec.notes ? [...spec.notes, ''] : [];
  return command.addHelpText('after', ['', ...notes, 'Examples:', ...examples].join('\n')).action(() => {
    chosen({
      options: command.optsWithGlobals() as GlobalOptions,
      start: spec.start(command.args, command.opts()),
    });
  });
}

/** Commander puts a suggestion on a second line: `(Did you mean --yes?)`. */
function usageError(error: CommanderError, argv: string[]): AppError {
  const [first = '', second = ''] = error.message.split('\n');
  const meant = /Did you mean (?:one of )?(.+)\?/.exec(second)?.[1];
  const name = COMMANDS.find((spec) => argv.includes(spec.name))?.name;
  const help = `edge-resize ${name ? `${name} ` : ''}--help`;
  return new AppError('USAGE', first.replace(/^error: /, ''), {
    fix: meant ? `did you mean ${meant}? See: ${help}` : help,
  });
}
