/** The SDK's own codecs, used the other way round: its deserializers read our requests, its serializers write our responses. */
import { XmlShapeDeserializer, XmlShapeSerializer } from '@aws-sdk/core/protocols';
import {
  FromStringShapeDeserializer,
  JsonShapeDeserializer,
  JsonShapeSerializer,
  ToStringShapeSerializer,
} from '@smithy/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import type { StaticStructureSchema } from '@smithy/types';

/** Timestamps: ISO 8601 in XML and queries, epoch seconds in JSON, HTTP dates in headers, unless a schema says otherwise. */
const DATE_TIME = 5 as const;
const EPOCH_SECONDS = 7 as const;

const xmlSettings = {
  timestampFormat: { useTrait: true, default: DATE_TIME },
  httpBindings: true,
  xmlNamespace: '',
  serviceNamespace: '',
} as const;
const jsonSettings = {
  timestampFormat: { useTrait: true, default: EPOCH_SECONDS },
  httpBindings: true,
  jsonName: true,
} as const;

export type Shape = Record<string, unknown>;

/** Reads a document whose root element is the structure; the root's own name is not looked at. Throws when it is no XML. */
export const readXml = (schema: NormalizedSchema, xml: string): Shape =>
  new XmlShapeDeserializer(xmlSettings).read(schema, xml) as Shape;

/** Writes a structure without an XML declaration, its root element in `namespace`. */
export function writeXml(schema: NormalizedSchema, value: Shape, namespace: string): string {
  const serializer = new XmlShapeSerializer({ ...xmlSettings, xmlNamespace: namespace });
  serializer.write(schema, value);
  return String(serializer.flush());
}

export const readJson = (schema: NormalizedSchema, value: unknown): Shape =>
  new JsonShapeDeserializer(jsonSettings).readObject(schema, value as never) as Shape;

export function writeJson(schema: NormalizedSchema, value: Shape): string {
  const serializer = new JsonShapeSerializer(jsonSettings);
  serializer.write(schema, value);
  return String(serializer.flush());
}

/** A value of a label, query parameter, header or form field. */
export const readText = (schema: NormalizedSchema, text: string): unknown =>
  new FromStringShapeDeserializer(xmlSettings).read(schema, text);

export function writeText(schema: NormalizedSchema, value: unknown): string {
  const serializer = new ToStringShapeSerializer(xmlSettings);
  serializer.write(schema, value);
  return serializer.flush();
}

/** The members of a structure that travel in the body, as a structure of the same name. */
export function bodySchema(structure: NormalizedSchema, members: string[]): StaticStructureSchema {
  const [id, namespace, name, traits, names, schemas] = structure.getSchema() as unknown as StaticStructureSchema;
  const kept = members.map((member) => schemas[names.indexOf(member)] ?? 0);
  return [id, namespace, name, traits, members, kept];
}
