/** Many streams in time order -> one. */

interface Timed {
  timestamp: number;
}

interface Head<T> {
  value: T;
  rest: Iterator<T>;
  /** Place among the sources: ties keep their order, so that a merge is always the same. */
  source: number;
}

/**
 * A k-way merge by a binary heap: n values of k sources take n log k steps and k values of memory.
 * Each source must be in time order by itself (`sortByTime`).
 */
export function* merge<T extends Timed>(sources: Iterable<T>[]): Generator<T> {
  const heap: Head<T>[] = [];
  sources.forEach((values, source) => {
    push(heap, values[Symbol.iterator](), source);
  });
  for (let head = heap[0]; head; head = heap[0]) {
    yield head.value;
    const next = head.rest.next();
    if (next.done) {
      const last = heap.pop();
      if (last && last !== head) heap[0] = last;
    } else heap[0] = { ...head, value: next.value };
    sink(heap);
  }
}

/** Stable: events of one millisecond stay in the order in which they were given. CloudWatch's own order is not kept to (CLI-UX 1f). */
export function sortByTime<T extends Timed>(values: readonly T[]): T[] {
  return values.toSorted((a, b) => a.timestamp - b.timestamp);
}

function push<T extends Timed>(heap: Head<T>[], rest: Iterator<T>, source: number): void {
  const first = rest.next();
  if (first.done) return;
  heap.push({ value: first.value, rest, source });
  for (let child = heap.length - 1; child > 0; ) {
    const parent = (child - 1) >> 1;
    if (!isBefore(heap[child], heap[parent])) return;
    swap(heap, child, parent);
    child = parent;
  }
}

function sink<T extends Timed>(heap: Head<T>[]): void {
  for (let parent = 0; ; ) {
    const left = 2 * parent + 1;
    const child = isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
    if (!isBefore(heap[child], heap[parent])) return;
    swap(heap, child, parent);
    parent = child;
  }
}

function isBefore<T extends Timed>(a: Head<T> | undefined, b: Head<T> | undefined): boolean {
  if (!a || !b) return false;
  return a.value.timestamp - b.value.timestamp < 0 || (a.value.timestamp === b.value.timestamp && a.source < b.source);
}

function swap<T>(list: T[], i: number, j: number): void {
  const [a, b] = [list[i], list[j]];
  if (a === undefined || b === undefined) return;
  list[i] = b;
  list[j] = a;
}
