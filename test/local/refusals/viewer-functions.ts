/** What CloudFront refuses of its functions, of their associations, and of key value stores. */
import {
  CreateDistributionCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DeleteKeyValueStoreCommand,
  type FunctionConfig,
  PublishFunctionCommand,
  TestFunctionCommand,
} from '@aws-sdk/client-cloudfront';
import type { TestAws } from '../../builders/local-aws.ts';
import { makeDistribution } from '../cloudfront-kit.ts';
import { makeFunction } from '../lambda-kit.ts';
import {
  codeOf,
  configOf,
  makeStore,
  makeViewerFunction,
  onViewerRequest,
  SOURCE,
  storesOf,
  withFunctions,
} from '../viewer-kit.ts';
import type { RefusalRow } from './row.ts';

const INVALID = 'InvalidFunctionAssociation';

const createWith = ({ clients }: TestAws, given: Partial<FunctionConfig>) =>
  clients.cloudfront.send(
    new CreateFunctionCommand({ Name: 'f', FunctionConfig: configOf(given), FunctionCode: codeOf(SOURCE) }),
  );

const NO_STORE = 'arn:aws:cloudfront::000000000000:key-value-store/00000000-0000-4000-a000-000000000000';

const functions: RefusalRow[] = [
  {
    id: 'cloudfront.function-exists',
    error: 'FunctionAlreadyExists',
    provoke: async (aws) => [
      await makeViewerFunction(aws, { name: 'f' }),
      await makeViewerFunction(aws, { name: 'f' }),
    ],
  },
  {
    id: 'cloudfront.function-limit',
    error: 'TooManyFunctions',
    async provoke(aws) {
      for (let made = 0; made <= 100; made += 1) await makeViewerFunction(aws, { name: `f${made}`, publish: false });
    },
  },
  {
    id: 'cloudfront.function-size',
    error: 'FunctionSizeLimitExceeded',
    message: /10241 bytes/,
    async provoke(aws) {
      await makeViewerFunction(aws, { name: 'fits', code: SOURCE.padEnd(10_240) });
      await makeViewerFunction(aws, { name: 'over', code: SOURCE.padEnd(10_241) });
    },
  },
  {
    id: 'cloudfront.function-code',
    error: 'InvalidArgument',
    message: /code is not valid/,
    provoke: (aws) => makeViewerFunction(aws, { code: 'function handler(event) { return event.request' }),
  },
  {
    id: 'cloudfront.test-event',
    error: 'InvalidArgument',
    message: /EventObject/,
    async provoke(aws) {
      const { name, etag } = await makeViewerFunction(aws);
      const EventObject = codeOf('no JSON');
      await aws.clients.cloudfront.send(new TestFunctionCommand({ Name: name, IfMatch: etag, EventObject }));
    },
  },
  {
    id: 'cloudfront.function-stores',
    error: 'InvalidArgument',
    message: /more than one key value store/,
    async provoke(aws) {
      const [one, two] = [await makeStore(aws), await makeStore(aws)];
      await makeViewerFunction(aws, { stores: [one.arn, two.arn] });
    },
  },
  {
    id: 'cloudfront.function-stores-runtime',
    error: 'InvalidArgument',
    message: /cloudfront-js-2\.0/,
    async provoke(aws) {
      const { arn } = await makeStore(aws);
      await createWith(aws, { Runtime: 'cloudfront-js-1.0', KeyValueStoreAssociations: storesOf(arn) });
    },
  },
  {
    id: 'cloudfront.function-store-exists',
    error: 'InvalidArgument',
    message: /key value store does not exist/,
    provoke: (aws) => createWith(aws, { KeyValueStoreAssociations: storesOf(NO_STORE) }),
  },
  {
    id: 'cloudfront.function-published',
    error: 'PreconditionFailed',
    async provoke(aws) {
      const { name, etag } = await makeViewerFunction(aws);
      await aws.clients.cloudfront.send(new PublishFunctionCommand({ Name: name, IfMatch: etag }));
    },
  },
  {
    id: 'cloudfront.function-in-use',
    error: 'FunctionInUse',
    message: /^Cannot delete function f, it is in use by 2 distributions$/,
    async provoke(aws) {
      const { name, etag, arn } = await makeViewerFunction(aws, { name: 'f' });
      await makeDistribution(aws, onViewerRequest(arn));
      await makeDistribution(aws, onViewerRequest(arn));
      await aws.clients.cloudfront.send(new DeleteFunctionCommand({ Name: name, IfMatch: etag }));
    },
  },
  {
    id: 'cloudfront.names',
    error: 'MalformedXML',
    message: /at 'name' failed to satisfy constraint/,
    provoke: (aws) => makeStore(aws, 'a name'),
  },
];

const associations: RefusalRow[] = [
  {
    id: 'cloudfront.functions-exist',
    error: INVALID,
    message: /does not exist/,
    provoke: (aws) => makeDistribution(aws, onViewerRequest('arn:aws:cloudfront::000000000000:function/none')),
  },
  {
    id: 'cloudfront.functions-live',
    error: INVALID,
    message: /must be published to the LIVE stage/,
    async provoke(aws) {
      const { arn } = await makeViewerFunction(aws, { publish: false });
      await makeDistribution(aws, onViewerRequest(arn));
    },
  },
  {
    id: 'cloudfront.function-event',
    error: 'MalformedXML',
    message:
      /Value 'origin-request' at 'distributionConfig\.defaultCacheBehavior\.functionAssociations\.items\.1\.member\.eventType'/,
    async provoke(aws) {
      const { arn } = await makeViewerFunction(aws);
      await makeDistribution(aws, withFunctions({ FunctionARN: arn, EventType: 'origin-request' }));
    },
  },
  {
    id: 'cloudfront.function-event-once',
    error: INVALID,
    message: /same event type/,
    async provoke(aws) {
      const [one, two] = [await makeViewerFunction(aws), await makeViewerFunction(aws)];
      await makeDistribution(
        aws,
        withFunctions(
          { FunctionARN: one.arn, EventType: 'viewer-response' },
          { FunctionARN: two.arn, EventType: 'viewer-response' },
        ),
      );
    },
  },
  {
    id: 'cloudfront.function-and-lambda',
    error: INVALID,
    message: /Lambda@Edge function on a viewer event/,
    async provoke(aws) {
      const [viewer, lambda] = [await makeViewerFunction(aws), await makeFunction(aws)];
      const config = onViewerRequest(viewer.arn);
      const LambdaFunctionAssociations = {
        Quantity: 1,
        Items: [{ LambdaFunctionARN: lambda.arn, EventType: 'viewer-response' as const }],
      };
      Object.assign(config.DefaultCacheBehavior ?? {}, { LambdaFunctionAssociations });
      await makeDistribution(aws, config);
    },
  },
  {
    id: 'cloudfront.function-distributions',
    error: 'TooManyDistributionsWithSingleFunctionARN',
    async provoke(aws) {
      const { arn } = await makeViewerFunction(aws);
      for (let made = 0; made <= 100; made += 1) {
        await aws.clients.cloudfront.send(new CreateDistributionCommand({ DistributionConfig: onViewerRequest(arn) }));
      }
    },
  },
];

const stores: RefusalRow[] = [
  {
    id: 'cloudfront.store-exists',
    error: 'EntityAlreadyExists',
    provoke: async (aws) => [await makeStore(aws, 's'), await makeStore(aws, 's')],
  },
  {
    id: 'cloudfront.store-limit',
    error: 'EntityLimitExceeded',
    async provoke(aws) {
      for (let made = 0; made <= 50; made += 1) await makeStore(aws, `s${made}`);
    },
  },
  {
    id: 'cloudfront.store-in-use',
    error: 'CannotDeleteEntityWhileInUse',
    async provoke(aws) {
      const { arn, name, etag } = await makeStore(aws);
      await makeViewerFunction(aws, { stores: [arn] });
      await aws.clients.cloudfront.send(new DeleteKeyValueStoreCommand({ Name: name, IfMatch: etag }));
    },
  },
];

export const rows: RefusalRow[] = [...functions, ...associations, ...stores];
