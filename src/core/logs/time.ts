/** `--since`: how long ago, or when. */

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Milliseconds since 1970 of `10m`, `2h`, `1d`, `1w`, `1h30m` before `now`, or of an ISO time; one without a zone is UTC.
 * Undefined when it is neither.
 */
export function parseSince(text: string, now: number): number | undefined {
  if (/^(\d+[smhdw])+$/.test(text)) {
    const parts = [...text.matchAll(/(\d+)([smhdw])/g)];
    return now - parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ''] ?? 0), 0);
  }
  if (!ISO.test(text)) return undefined;
  const bare = text.includes('T') && !/(Z|[+-]\d{2}:?\d{2})$/.test(text);
  const time = Date.parse(bare ? `${text}Z` : text);
  return Number.isNaN(time) ? undefined : time;
}
