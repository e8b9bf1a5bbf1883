/** Times as people give them: how long ago or from now (`10m`, `1h30m`), or when. */

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * Milliseconds since 1970 of `10m`, `2h`, `1d`, `1w`, `1h30m` before `now`, or of an ISO time; one without a zone is UTC.
 * Undefined when it is neither.
 */
export function parseSince(text: string, now: number): number | undefined {
  const span = parseSpan(text);
  return span === undefined ? parseIso(text) : now - span;
}

/** The same from `now` on. */
export function parseUntil(text: string, now: number): number | undefined {
  const span = parseSpan(text);
  return span === undefined ? parseIso(text) : now + span;
}

function parseSpan(text: string): number | undefined {
  if (!/^(\d+[smhdw])+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)([smhdw])/g)];
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNITS[unit ?? ''] ?? 0), 0);
}

function parseIso(text: string): number | undefined {
  if (!ISO.test(text)) return undefined;
  const bare = text.includes('T') && !/(Z|[+-]\d{2}:?\d{2})$/.test(text);
  const time = Date.parse(bare ? `${text}Z` : text);
  return Number.isNaN(time) ? undefined : time;
}
