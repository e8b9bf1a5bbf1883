/** Lambda's pages: a marker, and 50 items at most. */

/** The marker is the position of the next item. */
export function page<T>(
  all: T[],
  { Marker, MaxItems }: { Marker?: string | undefined; MaxItems?: number | undefined },
): { items: T[]; next: string | undefined } {
  const from = Number(Marker ?? 0) || 0;
  const to = from + Math.min(Math.max(MaxItems ?? 50, 1), 50);
  return { items: all.slice(from, to), next: to < all.length ? String(to) : undefined };
}
