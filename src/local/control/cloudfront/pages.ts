/** CloudFront's pages: 100 items at most, continued after the item that the marker names. */

export interface PageRequest {
  Marker?: string | undefined;
  MaxItems?: number | undefined;
}

export interface Page<T> {
  items: T[];
  max: number;
  /** Key of the last item here, when there are more. */
  next: string | undefined;
}

/** A page of items in the order of their keys, so that deleting what a page lists does not skip the next one. */
export function pageByKey<T>(all: T[], key: (item: T) => string, request: PageRequest): Page<T> {
  const sorted = [...all].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const marker = request.Marker;
  return take(marker ? sorted.filter((item) => key(item) > marker) : sorted, key, request);
}

/** A page of items in their own order. */
export function pageInOrder<T>(all: T[], key: (item: T) => string, request: PageRequest): Page<T> {
  const from = request.Marker ? all.findIndex((item) => key(item) === request.Marker) + 1 : 0;
  return take(all.slice(from), key, request);
}

function take<T>(rest: T[], key: (item: T) => string, request: PageRequest): Page<T> {
  const max = Math.min(Math.max(Number(request.MaxItems ?? 100), 1), 100);
  const items = rest.slice(0, max);
  const last = items.at(-1);
  return { items, max, next: last !== undefined && rest.length > max ? key(last) : undefined };
}

/** The members that lists with markers have in common. */
export function listMembers<T>(page: Page<T>, request: PageRequest) {
  return {
    Marker: request.Marker ?? '',
    MaxItems: page.max,
    IsTruncated: page.next !== undefined,
    NextMarker: page.next,
    Quantity: page.items.length,
  };
}
