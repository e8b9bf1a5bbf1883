/** The few XML bodies that S3 sends where no SDK schema encodes them: answers to CloudFront's origin reads. Pure. */

export type XmlNode = [name: string, content: string | XmlNode[]];

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\r': '&#13;',
};

const escapeText = (text: string): string => text.replace(/[&<>"\r]/g, (character) => ENTITIES[character] ?? character);

function render([name, content]: XmlNode, attributes = ''): string {
  const inner = typeof content === 'string' ? escapeText(content) : content.map((node) => render(node)).join('');
  return inner === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${inner}</${name}>`;
}

/** A document with S3's declaration line; `xmlns` for results, none for errors. */
export function xmlDocument(root: XmlNode, xmlns?: string): Uint8Array {
  const attributes = xmlns ? ` xmlns="${xmlns}"` : '';
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${render(root, attributes)}`);
}
