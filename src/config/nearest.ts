import { distance } from 'fastest-levenshtein';

/** The candidate that was probably meant; undefined when none is close (a third of the word's length, at least 2 edits). */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const allowed = Math.min(word.length - 1, Math.max(2, Math.floor(word.length / 3)));
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ edits }) => edits <= allowed)
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.candidate;
}
