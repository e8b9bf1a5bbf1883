/** JSON with a line and a column for its faults, which `JSON.parse` of Node 20 names for some of them only. */
import { type ParseError, parse, printParseErrorCode } from 'jsonc-parser';

export interface JsonFault {
  /** 1-based. */
  line: number;
  /** 1-based, in UTF-16 code units. */
  column: number;
  message: string;
}

/** The value, or where the text stops being JSON. */
export function parseJson(text: string): { value: unknown } | { fault: JsonFault } {
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  try {
    return { value: JSON.parse(source) };
  } catch {
    return { fault: firstFault(source) };
  }
}

function firstFault(source: string): JsonFault {
  const errors: ParseError[] = [];
  parse(source, errors, { disallowComments: true });
  const first = errors[0];
  const before = source.slice(0, first?.offset ?? source.length).split('\n');
  const message = first ? worded(printParseErrorCode(first.error)) : 'not JSON';
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message };
}

/** `PropertyNameExpected` as `property name expected`. */
function worded(code: string): string {
  if (code === 'InvalidCommentToken') return 'a comment, which JSON does not have; a .mjs config may have them';
  return code.replace(/\B[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
