/** How many bytes CloudFront lets a generated response have (AWS-FACTS 1.2). */
import type { Headers } from './event.ts';

/** Room kept for the headers that are written once the picture is known. */
const OWN_HEADERS = 512;

/** Bytes of the headers as HTTP/1.1 lines: `name: value` and a line end each. */
export function headerBytes(headers: Headers): number {
  let total = 0;
  for (const [name, entries] of Object.entries(headers)) {
    for (const { key, value } of entries) total += Buffer.byteLength(key ?? name) + Buffer.byteLength(value) + 4;
  }
  return total;
}

/** Bytes of a response under the strictest reading of the limit: base64 text + headers. */
export function responseBytes(body: string, headers: Headers): number {
  return Buffer.byteLength(body) + headerBytes(headers);
}

/** Most bytes of an encoded picture (before base64) that keep the response within `limit`, given the source's headers. */
export function pictureBudget(limit: number, sourceHeaders: Headers): number {
  const text = limit - headerBytes(sourceHeaders) - OWN_HEADERS;
  return Math.max(0, Math.floor(text / 4) * 3);
}
