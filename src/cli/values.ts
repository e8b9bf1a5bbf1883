/** Values of flags, from text. A text that is none is a usage error, which Commander words with the flag's name. */
import { InvalidArgumentError } from 'commander';

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** `90s`, `30m`, `1h` in milliseconds; a bare number is seconds. */
export function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(text);
  if (!match) throw new InvalidArgumentError('Give a time like 90s, 30m or 1h.');
  return Number(match[1]) * (UNITS[match[2] || 's'] ?? 1_000);
}

/** A TCP port; 0 means any free one. */
export function port(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 65_535) throw new InvalidArgumentError('Give a port, 0 to 65535.');
  return number;
}

/** An address that requests can be sent to. */
export function endpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text;
  throw new InvalidArgumentError('Give an address like http://127.0.0.1:4566.');
}

/** Collects `a,b --flag c` into one list. */
export function list(text: string, before: string[] = []): string[] {
  return [...before, ...text.split(',').filter((part) => part !== '')];
}
