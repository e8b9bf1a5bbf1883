/** A response before it is written to the socket. */
export interface WireResponse {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: Uint8Array;
}

export const NO_BODY = new Uint8Array(0);

const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

export const xmlBody = (xml: string): Uint8Array => Buffer.from(XML_DECLARATION + xml);

export type XmlContent = string | { [name: string]: unknown };

/** One element: text, or child elements by name (undefined ones are left out). For what no schema describes: errors and envelopes. */
export function xmlElement(name: string, content: XmlContent, namespace?: string): string {
  const inner =
    typeof content === 'string'
      ? escapeText(content)
      : Object.entries(content)
          .filter(([, value]) => value !== undefined)
          .map(([child, value]) => xmlElement(child, isFields(value) ? value : String(value)))
          .join('');
  const start = namespace === undefined ? name : `${name} xmlns="${namespace}"`;
  return `<${start}>${inner}</${name}>`;
}

const isFields = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '\r': '&#13;' };

const escapeText = (text: string): string => text.replace(/[&<>\r]/g, (character) => ENTITIES[character] ?? character);
