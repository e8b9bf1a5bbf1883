/** Query strings as a viewer function sees them: one field a name, values as they were sent. Pure. */

/** A query string parameter, header or cookie; `multiValue` holds all values when there are several (CFDG functions-event-structure). */
export interface FieldValue {
  value: string;
  multiValue?: { value: string }[];
}

export type Fields = Record<string, FieldValue>;

/** Adds a value to a field. Of several the first stands in `value` (inferred from the guide's example). */
export function addValue(fields: Fields, name: string, value: string): void {
  const known = fields[name];
  if (!known) define(fields, name, { value });
  else known.multiValue = [...(known.multiValue ?? [{ value: known.value }]), { value }];
}

/** Also under names such as `__proto__`, which an assignment would not store. */
function define(fields: Fields, name: string, value: FieldValue): void {
  Object.defineProperty(fields, name, { value, enumerable: true, writable: true, configurable: true });
}

/**
 * Nothing is decoded (bug reports: a viewer's `%E5` reaches the function so), and names keep their case: the guide has
 * said that they are lower-cased, the cache key compares them with case (inferred).
 */
export function parseQuery(querystring: string): Fields {
  const fields: Fields = Object.create(null);
  for (const part of querystring.split('&')) {
    if (part === '') continue;
    const at = part.indexOf('=');
    addValue(fields, at < 0 ? part : part.slice(0, at), at < 0 ? '' : part.slice(at + 1));
  }
  return fields;
}

/** As it is, in the order of the fields: a `multiValue` counts instead of the `value` beside it. */
export function writeQuery(fields: Fields): string {
  const parts = Object.entries(fields).flatMap(([name, field]) =>
    (field.multiValue ?? [field]).map(({ value }) => (value === '' ? name : `${name}=${value}`)),
  );
  return parts.join('&');
}
