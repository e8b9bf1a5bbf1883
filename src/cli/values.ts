/** Values of flags, from text. Undefined when the text is none; the flag's `expects` then says what would be. */

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** `90s`, `30m`, `1h` in milliseconds; a bare number is seconds. */
export function duration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([smh]?)$/.exec(text);
  return match ? Number(match[1]) * (UNITS[match[2] || 's'] ?? 1_000) : undefined;
}

/** A TCP port; 0 means any free one. */
export function port(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}

/** A whole number from 1 to 99. */
export function count(text: string): number | undefined {
  return /^[1-9]\d?$/.test(text) ? Number(text) : undefined;
}

/** An address that requests can be sent to. */
export function endpoint(text: string): string | undefined {
  return /^https?:\/\//.test(text) && URL.canParse(text) ? text : undefined;
}

/** `a,b` as a list. */
export function list(text: string): string[] {
  return text.split(',').filter((part) => part !== '');
}
