/** Checks that hold for any config: counted lists and enumerations. */
import type { CloudFrontRoom } from './room.ts';

/** Looks through every list of `value`. @throws InconsistentQuantities */
export function checkQuantities(room: CloudFrontRoom, name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if ('Quantity' in value && typeof value.Quantity === 'number') {
    const items = 'Items' in value && Array.isArray(value.Items) ? value.Items.length : 0;
    room.refuse(
      'cloudfront.quantities',
      value.Quantity !== items,
      'InconsistentQuantities',
      `The specified quantity of ${name} (${value.Quantity}) does not match the actual quantity supplied (${items}).`,
    );
  }
  for (const [member, inner] of Object.entries(value)) {
    checkQuantities(room, Array.isArray(value) || member === 'Items' ? name : member, inner);
  }
}

/** @throws InvalidArgument. INF: AWS words a wrong member of an enumeration in several ways. */
export function checkValue(
  room: CloudFrontRoom,
  member: string,
  value: string | undefined,
  known: readonly string[],
): void {
  room.refuse(
    'cloudfront.values',
    value !== undefined && !known.includes(value),
    'InvalidArgument',
    `Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy enum value set: [${known.join(', ')}]`,
  );
}
