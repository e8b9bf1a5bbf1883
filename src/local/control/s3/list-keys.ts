/** One page of a bucket's keys, in S3's order: that of their UTF-8 bytes. Pure. */

export interface ListWish {
  prefix: string;
  delimiter: string;
  /** Entries after this one only; '' = from the start. */
  after: string;
  /** `after` is a common prefix of the page before: skip all that it stands for. */
  afterPrefix: boolean;
  /** Keys and common prefixes together. */
  maxKeys: number;
}

/** A key, or the prefix that several keys share up to the delimiter. */
export type ListEntry = { key: string } | { commonPrefix: string };

export interface ListPage {
  entries: ListEntry[];
  truncated: boolean;
}

export function listPage(keys: Iterable<string>, wish: ListWish): ListPage {
  const entries: ListEntry[] = [];
  let shared: string | undefined;
  for (const key of inByteOrder([...keys].filter((name) => name.startsWith(wish.prefix)))) {
    const skipped = wish.afterPrefix ? key.startsWith(wish.after) : false;
    if (skipped || compareBytes(key, wish.after) <= 0) continue;
    const commonPrefix = commonPrefixOf(key, wish);
    if (commonPrefix !== undefined && commonPrefix === shared) continue;
    if (entries.length >= wish.maxKeys) return { entries, truncated: wish.maxKeys > 0 };
    shared = commonPrefix;
    entries.push(commonPrefix === undefined ? { key } : { commonPrefix });
  }
  return { entries, truncated: false };
}

function commonPrefixOf(key: string, { prefix, delimiter }: ListWish): string | undefined {
  const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return at < 0 ? undefined : key.slice(0, at + delimiter.length);
}

const inByteOrder = (keys: string[]): string[] => keys.sort(compareBytes);

/** UTF-16 order differs from UTF-8's only where surrogates are; ASCII decides without encoding. */
function compareBytes(a: string, b: string): number {
  if (a === b) return 0;
  const surrogates = /[\ud800-\udfff]/;
  if (!surrogates.test(a) && !surrogates.test(b)) return a < b ? -1 : 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
