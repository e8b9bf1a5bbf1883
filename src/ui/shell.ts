/** Commands that are shown to be copied into a shell. */
import type { GlobalOptions } from '../context.ts';

/** A word as a POSIX shell takes it. */
export function quoted(word: string): string {
  return /^[\w./:@=,+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** `--flag value` for each value that was given. */
export function flagWords(flags: Record<string, string | undefined>): string[] {
  return Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag} ${quoted(value)}`]));
}

/** A command with the global flags that decide what it works on. */
export function sameAim(command: string, { config, profile, endpointUrl }: GlobalOptions): string {
  return [command, ...flagWords({ config, profile, 'endpoint-url': endpointUrl })].join(' ');
}
