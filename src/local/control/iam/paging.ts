/** IAM's pages: `MaxItems` entries from `Marker`, 100 when not said. */
import { AwsError } from '../../wire/service.ts';

export interface PageRequest {
  Marker?: string | undefined;
  MaxItems?: number | undefined;
}

export interface Page<T> {
  items: T[];
  IsTruncated: boolean;
  Marker?: string;
}

/** Sorts by name, so that a page goes on where the last one ended whatever came or went meanwhile. */
export function pageOf<T>(all: T[], nameOf: (item: T) => string, { Marker, MaxItems = 100 }: PageRequest): Page<T> {
  if (MaxItems < 1 || MaxItems > 1000) {
    const side = MaxItems < 1 ? 'greater than or equal to 1' : 'less than or equal to 1000';
    const message = `1 validation error detected: Value '${MaxItems}' at 'maxItems' failed to satisfy constraint: Member must have value ${side}`;
    throw new AwsError('ValidationError', message);
  }
  const after = Marker === undefined ? undefined : readMarker(Marker);
  const sorted = all
    .filter((item) => after === undefined || nameOf(item) > after)
    .sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const items = sorted.slice(0, MaxItems);
  const last = items.at(-1);
  if (last === undefined || items.length === sorted.length) return { items, IsTruncated: false };
  return { items, IsTruncated: true, Marker: Buffer.from(`after:${nameOf(last)}`).toString('base64') };
}

function readMarker(marker: string): string {
  const text = Buffer.from(marker, 'base64').toString();
  if (!text.startsWith('after:')) throw new AwsError('ValidationError', 'Invalid Marker.');
  return text.slice('after:'.length);
}
