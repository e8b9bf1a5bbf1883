/** The tokens by which answers are continued. They say where, so that they work after a restart too. */
import type { Position } from './order.ts';

/** GetLogEvents' tokens have AWS's shape: `f/` or `b/`, 56 digits, `/s`. */
export function streamToken(direction: 'f' | 'b', { timestamp, sequence }: Position): string {
  return `${direction}/${digits(timestamp, 14)}${digits(sequence, 12)}${'0'.repeat(30)}/s`;
}

export function readStreamToken(token: string): { direction: 'f' | 'b'; position: Position } | undefined {
  const [, direction, timestamp, sequence] = /^([fb])\/(\d{14})(\d{12})0{30}\/s$/.exec(token) ?? [];
  if (direction === undefined) return undefined;
  const position = { timestamp: Number(timestamp), sequence: Number(sequence) };
  return { direction: direction === 'f' ? 'f' : 'b', position };
}

export interface FilterCursor {
  group: string;
  position: Position;
  backwards: boolean;
}

/** FilterLogEvents' tokens belong to one group and one direction. */
export function filterToken({ group, position, backwards }: FilterCursor): string {
  const { timestamp, sequence } = position;
  return Buffer.from(JSON.stringify([group, timestamp, sequence, backwards])).toString('base64url');
}

export function readFilterToken(token: string, group: string): FilterCursor | undefined {
  try {
    const [of, timestamp, sequence, backwards] = JSON.parse(Buffer.from(token, 'base64url').toString());
    const whole = Number.isInteger(timestamp) && Number.isInteger(sequence) && typeof backwards === 'boolean';
    return of === group && whole ? { group, position: { timestamp, sequence }, backwards } : undefined;
  } catch {
    return undefined;
  }
}

/** Tokens of lists by name: the name of the last one given. */
export const nameToken = (name: string): string => Buffer.from(`after:${name}`).toString('base64url');

export function readNameToken(token: string): string | undefined {
  const text = Buffer.from(token, 'base64url').toString();
  return text.startsWith('after:') ? text.slice('after:'.length) : undefined;
}

/** 56 digits, as AWS's event ids have: time, number in the group, and what tells the group from all others. */
export const eventId = ({ timestamp, sequence }: Position, groupDigits: string): string =>
  `${digits(timestamp, 14)}${digits(sequence, 12)}${groupDigits}`;

const digits = (value: number, length: number): string => String(value).padStart(length, '0');
