import {
  CloudFrontClient,
  type DistributionConfig,
  GetDistributionConfigCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreatePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetFunctionCommand, LambdaClient, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Shape } from '../../../src/local/wire/codecs.ts';
import { type Echo, startEcho } from './echo.ts';

let echo: Echo;
/** The last input that a handler got, and what it is to answer. */
const heard: { input: Shape } = { input: {} };
let answer: Shape = {};

const record = (input: Shape) => {
  heard.input = input;
  return answer;
};

beforeAll(async () => {
  echo = await startEcho({
    s3: { PutObject: record, GetObject: record, HeadObject: record, ListObjectsV2: record },
    cloudfront: { UpdateDistribution: record, GetDistributionConfig: record },
    iam: { CreatePolicy: record },
    lambda: { UpdateFunctionCode: record, GetFunction: record },
    logs: { FilterLogEvents: record },
  });
});
afterAll(() => echo.close());

const awkward = [
  '/a',
  'a/',
  '/',
  '//',
  'a//b',
  ' ',
  'a b',
  'a+b',
  '%41',
  '100%',
  '?x',
  '#',
  '사진/고양이.jpg',
  'e\u0301',
  '\u00e9',
  '..',
  './a',
  '&=;',
];
const key = fc.oneof(
  fc.constantFrom(...awkward),
  fc.string({
    unit: fc.oneof(fc.constantFrom(..." +%/?#&=~!'()*.한"), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })),
    minLength: 1,
    maxLength: 40,
  }),
);

it('carries every S3 key and body byte for byte', async () => {
  const s3 = new S3Client(echo.client);
  answer = { ETag: '"e"' };
  await fc.assert(
    fc.asyncProperty(key, fc.uint8Array({ maxLength: 300 }), async (Key, Body) => {
      await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body }));
      expect(heard.input).toMatchObject({ Bucket: 'bucket', Key });
      expect(Buffer.from(heard.input.Body as Uint8Array)).toEqual(Buffer.from(Body));
    }),
    { examples: awkward.map((name) => [name, new Uint8Array([1])] as [string, Uint8Array<ArrayBuffer>]) },
  );
});

it('lists every S3 key that XML can hold', async () => {
  const s3 = new S3Client(echo.client);
  const xmlText = fc.string({ unit: fc.constantFrom(...' ab<>&"\'\r\n+%한é/'), minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(fc.array(xmlText, { maxLength: 5 }), async (keys) => {
      answer = { Name: 'bucket', IsTruncated: false, Contents: keys.map((Key) => ({ Key, Size: 1 })) };
      const listed = await s3.send(new ListObjectsV2Command({ Bucket: 'bucket' }));
      // The SDK's parser drops text that is white space only.
      expect((listed.Contents ?? []).map((item) => item.Key?.trim())).toEqual(keys.map((name) => name.trim()));
    }),
    { numRuns: 50 },
  );
});

it('answers HEAD with headers and no body', async () => {
  const s3 = new S3Client(echo.client);
  answer = {
    ContentLength: 123_456,
    ContentType: 'image/jpeg',
    ETag: '"e"',
    LastModified: new Date(1e12),
    Metadata: { a: 'b' },
  };
  const head = await s3.send(new HeadObjectCommand({ Bucket: 'bucket', Key: 'k' }));
  expect(head).toMatchObject(answer);
});

it('gives a status that is not the schema`s, and what was asked for in headers', async () => {
  const s3 = new S3Client(echo.client);
  answer = { $metadata: { httpStatusCode: 206 }, Body: Buffer.from('part'), ContentRange: 'bytes 0-3/9' };
  const got = await s3.send(
    new GetObjectCommand({ Bucket: 'bucket', Key: 'k', Range: 'bytes=0-3', IfNoneMatch: '"x"' }),
  );
  expect(got.$metadata.httpStatusCode).toBe(206);
  expect(await got.Body?.transformToString()).toBe('part');
  expect(heard.input).toMatchObject({ Range: 'bytes=0-3', IfNoneMatch: '"x"' });
});

const word = fc.string({ unit: fc.constantFrom(...'abc-_/*<>&"한'), minLength: 1, maxLength: 12 });
const config: fc.Arbitrary<DistributionConfig> = fc.record({
  CallerReference: word,
  Comment: word,
  Enabled: fc.boolean(),
  Origins: fc
    .array(fc.record({ Id: word, DomainName: word, OriginPath: word }), { minLength: 1, maxLength: 3 })
    .map((Items) => ({ Quantity: Items.length, Items })),
  DefaultCacheBehavior: fc.record({
    TargetOriginId: word,
    ViewerProtocolPolicy: fc.constant('redirect-to-https' as const),
    MinTTL: fc.nat(),
    Compress: fc.boolean(),
    LambdaFunctionAssociations: fc
      .array(
        fc.record({
          LambdaFunctionARN: word,
          EventType: fc.constant('origin-response' as const),
          IncludeBody: fc.boolean(),
        }),
        { maxLength: 2 },
      )
      .map((Items) => ({ Quantity: Items.length, Items })),
  }),
  Aliases: fc.array(word, { maxLength: 3 }).map((Items) => ({ Quantity: Items.length, Items })),
});

it('carries a DistributionConfig there and back', async () => {
  const cloudfront = new CloudFrontClient(echo.client);
  await fc.assert(
    fc.asyncProperty(config, async (DistributionConfig) => {
      answer = {};
      await cloudfront.send(new UpdateDistributionCommand({ Id: 'E1', IfMatch: 'tag', DistributionConfig }));
      expect(heard.input).toEqual({ Id: 'E1', IfMatch: 'tag', DistributionConfig });
      answer = { DistributionConfig, ETag: 'tag' };
      const { $metadata: _, ...got } = await cloudfront.send(new GetDistributionConfigCommand({ Id: 'E1' }));
      expect(got).toEqual({ DistributionConfig, ETag: 'tag' });
    }),
    { numRuns: 50 },
  );
});

it('carries IAM structures there and back', async () => {
  const iam = new IAMClient(echo.client);
  const tags = fc.array(fc.record({ Key: word, Value: word }), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(word, tags, fc.string(), async (PolicyName, Tags, PolicyDocument) => {
      answer = { Policy: { PolicyName, Tags, CreateDate: new Date(1e12), AttachmentCount: 3, IsAttachable: true } };
      const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument, Tags }));
      expect(heard.input).toEqual({ PolicyName, PolicyDocument, Tags });
      expect(Policy).toEqual(answer.Policy);
    }),
    { numRuns: 50 },
  );
});

it('carries bytes and function ARNs of Lambda', async () => {
  const lambda = new LambdaClient(echo.client);
  const FunctionName = 'arn:aws:lambda:us-east-1:000000000000:function:resize';
  const ZipFile = new Uint8Array(70_000).map((_, i) => i % 251);
  answer = { FunctionName: 'resize', MemorySize: 1024, Environment: { Variables: { A: 'b' } } };
  expect(await lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile }))).toMatchObject(answer);
  expect(heard.input.FunctionName).toBe(FunctionName);
  expect(Buffer.from(heard.input.ZipFile as Uint8Array).equals(ZipFile)).toBe(true);
  answer = { Configuration: { FunctionName: 'resize' }, Tags: { a: 'b' } };
  expect(await lambda.send(new GetFunctionCommand({ FunctionName: 'resize', Qualifier: '1' }))).toMatchObject(answer);
  expect(heard.input).toEqual({ FunctionName: 'resize', Qualifier: '1' });
});

it('carries log events', async () => {
  const logs = new CloudWatchLogsClient(echo.client);
  answer = { events: [{ timestamp: 1_700_000_000_123, message: 'START 한\n', logStreamName: 's' }], nextToken: 'n' };
  const got = await logs.send(
    new FilterLogEventsCommand({ logGroupName: '/aws/lambda/f', startTime: 5, logStreamNames: ['s'] }),
  );
  expect(got).toMatchObject(answer);
  expect(heard.input).toEqual({ logGroupName: '/aws/lambda/f', startTime: 5, logStreamNames: ['s'] });
});
