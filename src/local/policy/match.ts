/** Wildcards and ARNs of the policy language. Pure. */

export const asList = <T>(value: T | T[] | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/**
 * Does `text` match `pattern`, in which `*` stands for any run of characters and `?` for one? Linear in time:
 * patterns come from policies, which anyone may write, so they are never turned into a regular expression.
 */
export function wildcardMatch(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let i = 0; i < text.length; ) {
    if (pattern[at] === '*') {
      star = at++;
      resume = i;
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[i])) {
      at++;
      i++;
    } else if (star >= 0) {
      at = star + 1;
      i = ++resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

/** Actions compare without regard to case (IAM reference, "Action"). */
export const actionMatch = (pattern: string, action: string): boolean =>
  wildcardMatch(pattern.toLowerCase(), action.toLowerCase());

/** `ArnLike` and `ArnEquals`: each of the six colon-delimited parts is matched by itself, so `*` never crosses a colon. */
export function arnMatch(pattern: string, arn: string): boolean {
  const patterns = arnParts(pattern);
  const parts = arnParts(arn);
  if (!patterns || !parts) return false;
  return patterns.every((part, i) => wildcardMatch(part, parts[i] ?? ''));
}

function arnParts(arn: string): string[] | undefined {
  const parts = arn.split(':');
  if (parts.length < 6 || parts[0] !== 'arn') return undefined;
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}
