/**
 * Filter patterns on text: CloudWatch Logs user guide, "Filter pattern syntax". Pure.
 * `a b` needs both, `"a b"` the phrase, `-a` its absence, `?a ?b` any one, `%re%` a match; case matters.
 * That a term matches inside a word too is inferred: the guide only says that the message contains it.
 */
import { badTerm, compileRegex, type Matches, PatternError } from './filter-regex.ts';
import { compileJsonPattern } from './json-pattern.ts';

type Mode = 'needed' | 'unwanted' | 'optional';

const TERM = /\s*([-?]?)("(?:\\.|[^"\\])*"|%[^%]*%|[^\s"]+)/y;
const MODES: Record<string, Mode> = { '': 'needed', '-': 'unwanted', '?': 'optional' };

/** @throws PatternError */
export function compilePattern(pattern: string): Matches {
  const text = pattern.trim();
  if (text === '') return () => true;
  if (text.startsWith('{')) return compileJsonPattern(text);
  if (text.startsWith('[')) throw new PatternError('The local AWS does not have space-delimited filter patterns');
  return combine(readTerms(text));
}

/** Optional terms count only among themselves: beside needed or unwanted ones they have no effect (guide, "Match terms"). */
function combine(terms: Map<Mode, Matches[]>): Matches {
  const needed = terms.get('needed') ?? [];
  const unwanted = terms.get('unwanted') ?? [];
  if (needed.length + unwanted.length === 0) {
    const optional = terms.get('optional') ?? [];
    return (message) => optional.some((matches) => matches(message));
  }
  return (message) => needed.every((matches) => matches(message)) && !unwanted.some((matches) => matches(message));
}

function readTerms(text: string): Map<Mode, Matches[]> {
  const terms = new Map<Mode, Matches[]>();
  for (let at = 0; at < text.length; ) {
    TERM.lastIndex = at;
    const [whole, sign = '', term = ''] = TERM.exec(text) ?? [];
    if (whole === undefined) throw badTerm(text.slice(at));
    const mode = MODES[sign] ?? 'needed';
    terms.set(mode, [...(terms.get(mode) ?? []), compileTerm(term)]);
    at += whole.length;
  }
  return terms;
}

function compileTerm(term: string): Matches {
  if (term.startsWith('"')) return phrase(term.slice(1, -1).replace(/\\(.)/g, '$1'), term);
  if (term.length > 1 && term.startsWith('%') && term.endsWith('%')) {
    const regex = compileRegex(term);
    return (message) => regex.test(message);
  }
  if (/^\w+$/.test(term)) return (message) => message.includes(term);
  throw badTerm(term);
}

function phrase(text: string, term: string): Matches {
  if (text === '') throw badTerm(term);
  return (message) => message.includes(text);
}
