/** The body of the query protocol: flat fields (`Tags.member.1.Key=a`) read as the structure that a schema describes. */
import type { NormalizedSchema } from '@smithy/core/schema';
import { readText, type Shape } from './codecs.ts';

/** Fields as a tree, one level a dot. */
interface Node {
  text?: string;
  children: Map<string, Node>;
}

export function readForm(schema: NormalizedSchema, form: URLSearchParams): Shape {
  const root: Node = { children: new Map() };
  for (const [name, text] of form) insert(root, name.split('.'), text);
  return schema.isUnitSchema() ? {} : readStructure(schema, root);
}

function insert(root: Node, path: string[], text: string): void {
  let node = root;
  for (const step of path) {
    const next: Node = node.children.get(step) ?? { children: new Map() };
    node.children.set(step, next);
    node = next;
  }
  node.text = text;
}

function readStructure(schema: NormalizedSchema, node: Node): Shape {
  const value: Shape = {};
  for (const [name, member] of schema.structIterator()) {
    const child = node.children.get(member.getMergedTraits().xmlName ?? name);
    if (child) value[name] = readNode(member, child);
  }
  return value;
}

function readNode(schema: NormalizedSchema, node: Node): unknown {
  if (schema.isListSchema())
    return items(node, 'member', schema).map((item) => readNode(schema.getValueSchema(), item));
  if (schema.isMapSchema()) {
    return Object.fromEntries(
      items(node, 'entry', schema).map((entry) => [
        entry.children.get('key')?.text ?? '',
        readNode(schema.getValueSchema(), entry.children.get('value') ?? { children: new Map() }),
      ]),
    );
  }
  if (schema.isStructSchema()) return readStructure(schema, node);
  return readText(schema, node.text ?? '');
}

/** `Tags.member.1`, or `Tags.1` when flattened. An empty list is sent as `Tags=`. */
function items(node: Node, step: string, schema: NormalizedSchema): Node[] {
  const list = schema.getMergedTraits().xmlFlattened ? node : node.children.get(step);
  return [...(list?.children ?? [])]
    .filter(([index]) => /^\d+$/.test(index))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, item]) => item);
}
