/** Services and their operations, read from the schemas that the SDK's client packages export (AWS-FACTS 10). */
import { NormalizedSchema } from '@smithy/core/schema';
import type { StaticErrorSchema, StaticOperationSchema } from '@smithy/types';
import type { ServiceId } from './service.ts';

export type Protocol = 'rest-xml' | 'rest-json' | 'query' | 'json';

export interface ServiceTraits {
  id: ServiceId;
  protocol: Protocol;
  /** What error codes and request ids look like: query and rest-xml services differ from JSON ones, S3 from all. */
  xmlNamespace: string;
  /** `Version` of query services, first path segment of the REST ones but S3. */
  apiVersion: string;
  /** Prefix of X-Amz-Target of the JSON service. */
  target?: string;
}

export const SERVICES: Record<ServiceId, ServiceTraits> = {
  s3: {
    id: 's3',
    protocol: 'rest-xml',
    xmlNamespace: 'http://s3.amazonaws.com/doc/2006-03-01/',
    apiVersion: '2006-03-01',
  },
  cloudfront: {
    id: 'cloudfront',
    protocol: 'rest-xml',
    xmlNamespace: 'http://cloudfront.amazonaws.com/doc/2020-05-31/',
    apiVersion: '2020-05-31',
  },
  // Its paths begin without a version.
  'cloudfront-keyvaluestore': {
    id: 'cloudfront-keyvaluestore',
    protocol: 'rest-json',
    xmlNamespace: '',
    apiVersion: 'key-value-stores',
  },
  lambda: { id: 'lambda', protocol: 'rest-json', xmlNamespace: '', apiVersion: '2015-03-31' },
  iam: {
    id: 'iam',
    protocol: 'query',
    xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    apiVersion: '2010-05-08',
  },
  sts: {
    id: 'sts',
    protocol: 'query',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    apiVersion: '2011-06-15',
  },
  logs: { id: 'logs', protocol: 'json', xmlNamespace: '', apiVersion: '2014-03-28', target: 'Logs_20140328' },
};

export interface HttpBinding {
  method: string;
  /** Path template without its query, e.g. `/2015-03-31/functions/{FunctionName}`; S3's starts below the bucket. */
  path: string;
  /** Query parameters that must be there, with this value when it is not empty. `x-id` is left out: only the JS SDK sends it. */
  literals: [string, string][];
  /** The JS SDK's hint, which settles what nothing else does. */
  hint: string | undefined;
  /** Status of a success. */
  status: number;
}

export interface Operation {
  name: string;
  http: HttpBinding | undefined;
  input: NormalizedSchema;
  output: NormalizedSchema;
}

export interface ErrorShape {
  /** Code on the wire; query services shorten the shape's name. */
  code: string;
  status: number;
  schema: NormalizedSchema;
}

export interface Model {
  traits: ServiceTraits;
  operations: Map<string, Operation>;
  /** By shape name and by wire code. */
  errors: Map<string, ErrorShape>;
}

const PACKAGES: Record<ServiceId, () => Promise<Record<string, unknown>>> = {
  s3: () => import('@aws-sdk/client-s3'),
  cloudfront: () => import('@aws-sdk/client-cloudfront'),
  'cloudfront-keyvaluestore': () => import('@aws-sdk/client-cloudfront-keyvaluestore'),
  lambda: () => import('@aws-sdk/client-lambda'),
  iam: () => import('@aws-sdk/client-iam'),
  sts: () => import('@aws-sdk/client-sts'),
  logs: () => import('@aws-sdk/client-cloudwatch-logs'),
};

/** Loads a service's package, of which only the exported schemas are read. */
export async function loadModel(id: ServiceId): Promise<Model> {
  const schemas = Object.values(await PACKAGES[id]()).filter(Array.isArray);
  const operations = schemas.filter(isOperation).map(readOperation);
  const model: Model = {
    traits: SERVICES[id],
    operations: new Map(operations.map((o) => [o.name, o])),
    errors: new Map(),
  };
  for (const schema of schemas.filter(isError)) {
    const shape = readError(schema);
    model.errors.set(schema[2], shape).set(shape.code, shape);
  }
  return model;
}

const isOperation = (schema: unknown[]): schema is StaticOperationSchema => schema[0] === 9;
const isError = (schema: unknown[]): schema is StaticErrorSchema => schema[0] === -3;

function readOperation(schema: StaticOperationSchema): Operation {
  const [, , name, traits, input, output] = schema;
  const http = typeof traits === 'object' ? traits.http : undefined;
  return {
    name,
    http: http && readHttp(http),
    input: NormalizedSchema.of(input),
    output: NormalizedSchema.of(output),
  };
}

function readHttp([method, uri, status]: [string, string, number]): HttpBinding {
  const [path = '/', search = ''] = uri.split('?');
  const query = [...new URLSearchParams(search)];
  const hint = query.find(([name]) => name === 'x-id')?.[1];
  return { method, path, literals: query.filter(([name]) => name !== 'x-id'), hint, status };
}

function readError(schema: StaticErrorSchema): ErrorShape {
  const traits = typeof schema[3] === 'object' ? schema[3] : {};
  const [code, queryStatus] = (traits.awsQueryError ?? []) as [string?, number?];
  const status = (traits.httpError as number | undefined) ?? queryStatus ?? (traits.error === 'server' ? 500 : 400);
  return { code: code ?? schema[2], status, schema: NormalizedSchema.of(schema) };
}
