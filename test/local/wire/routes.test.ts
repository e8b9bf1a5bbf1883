import { CloudFrontClient } from '@aws-sdk/client-cloudfront';
import { CloudFrontKeyValueStoreClient } from '@aws-sdk/client-cloudfront-keyvaluestore';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { IAMClient } from '@aws-sdk/client-iam';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { S3Client } from '@aws-sdk/client-s3';
import { STSClient } from '@aws-sdk/client-sts';
import type { NormalizedSchema } from '@smithy/core/schema';
import { expect, it } from 'vitest';
import { loadModel, type Operation } from '../../../src/local/wire/model.ts';
import { wireRequest } from '../../../src/local/wire/request.ts';
import { findRoute, requiredMembers } from '../../../src/local/wire/routes.ts';
import type { ServiceId } from '../../../src/local/wire/service.ts';

const settings = { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } };
const clients = {
  s3: new S3Client(settings),
  cloudfront: new CloudFrontClient(settings),
  'cloudfront-keyvaluestore': new CloudFrontKeyValueStoreClient(settings),
  lambda: new LambdaClient(settings),
  iam: new IAMClient(settings),
  sts: new STSClient(settings),
  logs: new CloudWatchLogsClient(settings),
};

/** Operations whose requests are the same as another's, or go to a host of their own. */
const AMBIGUOUS: Partial<Record<ServiceId, string[]>> = { s3: ['WriteGetObjectResponse', 'ListDirectoryBuckets'] };

/** The least value that the schema takes. */
function sample(schema: NormalizedSchema): unknown {
  if (schema.isStructSchema()) {
    return Object.fromEntries(requiredMembers(schema).map((name) => [name, sample(schema.getMemberSchema(name))]));
  }
  if (schema.isListSchema()) return [sample(schema.getValueSchema())];
  if (schema.isMapSchema()) return {};
  if (schema.isStringSchema()) return 'x1';
  if (schema.isBooleanSchema()) return true;
  if (schema.isTimestampSchema()) return new Date(0);
  return schema.isBlobSchema() ? new Uint8Array(1) : 1;
}

/** The request that the SDK's own protocol makes of an operation. */
async function serialized(id: ServiceId, operation: Operation) {
  const { config } = clients[id];
  const schema = {
    namespace: '',
    name: operation.name,
    traits: operation.http && sdkTraits(operation),
    input: operation.input,
    output: operation.output,
  };
  const input = operation.input.isUnitSchema() ? {} : (sample(operation.input) as Record<string, unknown>);
  const endpoint = async () => ({
    protocol: 'http:',
    hostname: '127.0.0.1',
    path: id === 's3' && 'Bucket' in input ? '/x1' : '/',
  });
  // biome-ignore lint/suspicious/noExplicitAny: the protocol's types want a whole command context.
  return (config.protocol as any).serializeRequest(schema, input, { ...config, endpoint });
}

function sdkTraits({ http }: Operation) {
  const query = [...(http?.literals ?? []), ...(http?.hint ? [['x-id', http.hint]] : [])]
    .map(([name, value]) => (value ? `${name}=${value}` : name))
    .join('&');
  return { http: [http?.method, query ? `${http?.path}?${query}` : http?.path, http?.status] };
}

const every = Object.keys(clients) as ServiceId[];

it.each([...every.map((id) => [id, true] as const), ['s3', false] as const])(
  'finds every operation of %s by the request that the SDK makes of it (hint: %s)',
  async (id, hint) => {
    const model = await loadModel(id);
    const lost: string[] = [];
    for (const operation of model.operations.values()) {
      if (AMBIGUOUS[id]?.includes(operation.name)) continue;
      const { method, path, query, headers, body } = await serialized(id, operation);
      // Other clients do not send the JS SDK's x-id.
      if (!hint) delete query['x-id'];
      const search = new URLSearchParams(Object.entries(query ?? {}) as [string, string][])
        .toString()
        .replaceAll('+', '%20');
      const target = `${String(path).replace(/^\/\//, '/')}${search ? `?${search}` : ''}`;
      const lower = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
      );
      const form =
        typeof body === 'string' && model.traits.protocol === 'query' ? new URLSearchParams(body) : undefined;
      const found = findRoute(model, wireRequest(method, target, lower, new Uint8Array()), form).operation.name;
      if (found !== operation.name) lost.push(`${operation.name} -> ${found}`);
    }
    expect(model.operations.size).toBeGreaterThan(5);
    expect(lost).toEqual([]);
  },
);

it('takes S3 addresses in path style and in virtual-host style', async () => {
  const model = await loadModel('s3');
  const route = (host: string, target: string) => {
    const { operation, labels } = findRoute(model, wireRequest('GET', target, { host }, new Uint8Array()), undefined);
    return [operation.name, labels];
  };
  expect(route('127.0.0.1:1', '/bucket/a%20b//c')).toEqual(['GetObject', { Bucket: 'bucket', Key: 'a b//c' }]);
  expect(route('bucket.localhost:1', '/a%2Bb')).toEqual(['GetObject', { Bucket: 'bucket', Key: 'a+b' }]);
  expect(route('bucket.s3.localhost', '/?list-type=2')).toEqual(['ListObjectsV2', { Bucket: 'bucket' }]);
  expect(route('localhost', '/bucket/')).toEqual(['ListObjects', { Bucket: 'bucket' }]);
  expect(route('s3.localhost', '/')).toEqual(['ListBuckets', {}]);
  expect(() => route('localhost', '/bucket/%zz')).toThrow("Couldn't parse the specified URI.");
});

it('says what it does not know', async () => {
  const lambda = await loadModel('lambda');
  const request = wireRequest('GET', '/2015-03-31/nothing', {}, new Uint8Array());
  expect(() => findRoute(lambda, request, undefined)).toThrow(
    'The local AWS knows no operation of lambda for GET /2015-03-31/nothing',
  );
  const iam = await loadModel('iam');
  const form = new URLSearchParams({ Action: 'Nothing', Version: '2010-05-08' });
  expect(() => findRoute(iam, request, form)).toThrow('Could not find operation Nothing for version 2010-05-08');
});
