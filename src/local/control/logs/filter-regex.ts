/** The regular expressions of filter patterns, and how a bad pattern is said. Pure. */

export type Matches = (message: string) => boolean;

/** A pattern that AWS would not take; the message is AWS's. */
export class PatternError extends Error {}

export const badTerm = (term: string): PatternError => new PatternError(`Invalid character(s) in term '${term}'`);

/** CloudWatch Logs user guide, "Supported regular expressions": no groups, no characters outside ASCII. */
const REGEX_CHARACTERS = /^[\w\s:#=@/;,\-^$?[\]{}|\\*+.]+$/;

/**
 * @param term the expression between its percent signs
 * @throws PatternError
 */
export function compileRegex(term: string): RegExp {
  const source = term.slice(1, -1);
  try {
    if (REGEX_CHARACTERS.test(source)) return new RegExp(source);
  } catch {
    // Not a regular expression: said below.
  }
  throw badTerm(term);
}
