/** What CloudFront refuses of functions on its events, provoked through the SDK. */
import type { CreateFunctionCommandInput } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import type { TestAws } from '../builders/local-aws.ts';
import { configWith, makeDistribution, onOriginResponse } from './cloudfront-kit.ts';
import { makeFunction, makeRole, unique, zipOver50MB } from './lambda-kit.ts';
import type { RefusalRow } from './refusals/row.ts';

/** A row for a function that cannot be put on origin-response. */
const associating = (id: string, message: RegExp, arn: (aws: TestAws) => Promise<string>): RefusalRow => ({
  id,
  error: 'InvalidLambdaFunctionAssociation',
  message,
  provoke: async (aws) => makeDistribution(aws, onOriginResponse(await arn(aws))),
});

/** The same, for a function that was made so. */
const madeWith = (id: string, message: RegExp, given: Partial<CreateFunctionCommandInput>): RefusalRow =>
  associating(id, message, async (aws) => (await makeFunction(aws, given)).arn);

export const rows: RefusalRow[] = [
  associating(
    'cloudfront.lambda-version',
    /^The function ARN must reference a specific function version\. \(The ARN must end with the version number\.\) ARN: .*\$LATEST$/,
    async (aws) => (await makeFunction(aws)).arn.replace(/:1$/, ':$LATEST'),
  ),
  associating(
    'cloudfront.lambda-region',
    /^The function must be in region 'us-east-1'\. ARN: /,
    async (aws) => (await makeFunction(aws, {}, aws.clientsFor(aws.credentials, 'eu-west-1').lambda)).arn,
  ),
  associating('cloudfront.lambda-exists', /does not exist/, async (aws) =>
    (await makeFunction(aws)).arn.replace(/:1$/, ':2'),
  ),
  associating(
    'cloudfront.lambda-active',
    /^The function must be in an Active state\. The current state for function arn:\S+ is Pending$/,
    async (aws) => {
      aws.world.delays.lambda = 60_000;
      return (await makeFunction(aws)).arn;
    },
  ),
  madeWith('cloudfront.lambda-environment', /^The function cannot have environment variables\. Function: /, {
    Environment: { Variables: { A: '1' } },
  }),
  madeWith('cloudfront.lambda-layers', /^The function cannot have a layer\. Function: /, {
    Layers: ['arn:aws:lambda:us-east-1:000000000000:layer:any:1'],
  }),
  madeWith('cloudfront.lambda-arm64', /architecture of arm64/, { Architectures: ['arm64'] }),
  madeWith('cloudfront.lambda-runtime', /runtime that is not supported by Lambda@Edge: java21 /, {
    Runtime: 'java21',
  }),
  madeWith('cloudfront.lambda-timeout', /triggered by a CloudFront event: 31 Max allowed: 30 /, { Timeout: 31 }),
  associating(
    'cloudfront.lambda-role',
    /must be assumable with edgelambda\.amazonaws\.com as well as lambda\.amazonaws\.com/,
    async (aws) => (await makeFunction(aws, { Role: await makeRole(aws, ['lambda.amazonaws.com']) })).arn,
  ),
  associating('cloudfront.lambda-code-size', /Max allowed: 52428800 /, async (aws) => {
    const Bucket = unique('code');
    await aws.clients.s3.send(new CreateBucketCommand({ Bucket }));
    const Body = await zipOver50MB();
    await aws.clients.s3.send(new PutObjectCommand({ Bucket, Key: 'large.zip', Body }));
    return (await makeFunction(aws, { Code: { S3Bucket: Bucket, S3Key: 'large.zip' } })).arn;
  }),
  {
    id: 'cloudfront.lambda-event-once',
    error: 'InvalidLambdaFunctionAssociation',
    message: /same event type/,
    async provoke(aws) {
      const [first, second] = [await makeFunction(aws), await makeFunction(aws)];
      return makeDistribution(
        aws,
        configWith(
          { LambdaFunctionARN: first.arn, EventType: 'origin-response' },
          { LambdaFunctionARN: second.arn, EventType: 'origin-response' },
        ),
      );
    },
  },
];
