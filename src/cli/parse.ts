/** argv -> which command to start with which options, by Commander. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { GlobalOptions } from '../context.ts';
import { AppError } from '../errors.ts';
import { COMMANDS, type CommandSpec, type Flag, GLOBAL_FLAGS, type Start } from './commands.ts';
import { helpText } from './help.ts';

export interface Parsed {
  options: GlobalOptions;
  start: Start;
}

/**
 * Reads the command line. A string is text that was asked for: help, or nothing when it was the version.
 * @throws AppError USAGE
 */
export function parse(argv: string[]): Parsed | string {
  let parsed: Parsed | undefined;
  let text = '';
  const program = configure(new Command('edge-resize'), GLOBAL_FLAGS, undefined)
    .exitOverride()
    .helpCommand(false)
    .on('option:version', () => {
      throw new CommanderError(0, 'commander.version', '');
    })
    .configureOutput({
      writeOut: (help) => {
        text += help;
      },
      writeErr: () => undefined,
    });
  for (const spec of COMMANDS) {
    const command = configure(new Command(spec.name), spec.flags, spec).copyInheritedSettings(program);
    if (spec.argument) command.argument(spec.argument.name);
    command.action(() => {
      const options = command.optsWithGlobals();
      refuseFlags(spec, options);
      parsed = { options: options as GlobalOptions, start: spec.start(command.args, command.opts()) };
    });
    program.addCommand(command);
  }
  const help = configure(new Command('help'), [], undefined).copyInheritedSettings(program).argument('[command]');
  help.action((name?: string) => {
    const spec = COMMANDS.find((one) => one.name === name);
    if (name !== undefined && !spec) {
      throw new CommanderError(1, 'commander.unknownCommand', `error: unknown command '${name}'`);
    }
    text = helpText(spec);
  });
  program.addCommand(help);
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw usageError(error, argv);
  }
  return parsed ?? text;
}

/** @throws CommanderError for a flag of every command that this one has no use for */
function refuseFlags({ name, without = [] }: CommandSpec, options: Record<string, unknown>): void {
  const refused = without.find((flags) => options[new Option(flags).attributeName()] !== undefined);
  if (refused) throw new CommanderError(1, 'commander.unknownOption', `error: ${name} has no ${refused}`);
}

function configure(command: Command, flags: Flag[], spec: CommandSpec | undefined): Command {
  command.helpInformation = () => helpText(spec);
  for (const flag of flags) {
    // Commander has its own --help.
    if (flag.flags !== '-h, --help') command.addOption(toOption(flag));
  }
  return command;
}

function toOption({ flags, description, parse, expects, choices }: Flag): Option {
  const option = new Option(flags, description);
  if (choices) option.choices(choices);
  if (!parse) return option;
  return option.argParser((text: string, before?: unknown) => {
    const value = parse(text);
    if (value === undefined) throw new InvalidArgumentError(`Give ${expects}.`);
    return Array.isArray(value) && Array.isArray(before) ? [...before, ...value] : value;
  });
}

/** Commander puts a suggestion on a second line: `(Did you mean --yes?)`. */
function usageError(error: CommanderError, argv: string[]): AppError {
  const [first = '', second = ''] = error.code === 'commander.help' ? ['no command given'] : error.message.split('\n');
  const meant = /Did you mean (?:one of )?(.+)\?/.exec(second)?.[1];
  const name = COMMANDS.find((spec) => argv.includes(spec.name))?.name;
  const help = `edge-resize ${name ? `${name} ` : ''}--help`;
  return new AppError('USAGE', first.replace(/^error: /, ''), {
    fix: meant ? `did you mean ${meant}? All of them: ${help}` : help,
  });
}
