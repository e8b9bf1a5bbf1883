/** What of a folder is not put into a bucket, as a count a kind. */
export interface LeftOut {
  /** Files that are no images by their names. */
  others: number;
  /** Files and folders whose names begin with a dot; what is in such a folder is not counted. */
  hidden: number;
  /** Symbolic links, to files and to folders. */
  links: number;
  /** Names that are not UTF-8: there is no key for them. */
  unnamed: number;
}

export const NOTHING_LEFT_OUT: LeftOut = { others: 0, hidden: 0, links: 0, unnamed: 0 };

/** `left out: 2 other files, 1 symbolic link`; undefined when all was taken. */
export function leftOutWords({ others, hidden, links, unnamed }: LeftOut): string | undefined {
  const kinds = [
    others > 0 && `${others} other ${others === 1 ? 'file' : 'files'}`,
    hidden > 0 && `${hidden} hidden`,
    links > 0 && `${links} symbolic ${links === 1 ? 'link' : 'links'}`,
    unnamed > 0 && `${unnamed} with a name that is not UTF-8`,
  ].filter((words) => words !== false);
  return kinds.length === 0 ? undefined : `left out: ${kinds.join(', ')}`;
}
