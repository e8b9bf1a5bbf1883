/** A small site on a local AWS, made through the SDK: a bucket behind a distribution, and a function at origin-response. */
import {
  CreateCachePolicyCommand,
  CreateDistributionCommand,
  CreateOriginAccessControlCommand,
  CreateFunctionCommand as CreateViewerFunctionCommand,
  type DistributionConfig,
  GetDistributionConfigCommand,
  PublishFunctionCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront';
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateRoleCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, type Runtime } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, PutBucketPolicyCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ZipArchive } from 'archiver';
import type { TestAws } from '../../builders/local-aws.ts';

/** What a site needs of a local AWS, which may run in another process. */
type SiteAws = Omit<TestAws, 'world' | 'close'>;

export interface SiteOptions {
  bucket?: string;
  region?: string;
  /** Source of index.js; no function without. */
  handler?: string;
  /** A zip in place of `handler` and `files`. */
  zip?: Uint8Array;
  /** Trigger of the handler; origin-response when not given. A handler with several looks at the event's `eventType`. */
  triggers?: ('origin-request' | 'origin-response')[];
  /** Sources of CloudFront Functions, published and associated. */
  viewer?: { request?: string; response?: string };
  /** Further files of the zip. */
  files?: Record<string, string>;
  runtime?: Runtime;
  /** MB */
  memory?: number;
  /** Seconds */
  timeout?: number;
  /** May the role write logs (and read buckets)? */
  logs?: boolean;
  objects?: Record<string, { body: string | Uint8Array; type?: string; cacheControl?: string }>;
  /** Query strings of the cache policy. */
  keys?: string[];
  ttl?: { min?: number; default?: number; max?: number };
  /** May CloudFront list the bucket? */
  list?: boolean;
  edit?(config: DistributionConfig): void;
}

export interface Site {
  id: string;
  bucket: string;
  versionArn: string | undefined;
  get(path: string, headers?: Record<string, string>, method?: string): Promise<Response>;
  /** Messages of a log group in a region, oldest first; none when there is no such group. */
  log(region: string, group?: string): Promise<string[]>;
  change(edit: (config: DistributionConfig) => void): Promise<void>;
}

export const FUNCTION = 'resizer';

export async function makeSite(aws: SiteAws, options: SiteOptions = {}): Promise<Site> {
  const { bucket = 'pictures', region = 'us-east-1' } = options;
  const { s3, cloudfront } = aws.clientsFor(aws.credentials, region);
  const location =
    region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } };
  await s3.send(new CreateBucketCommand({ Bucket: bucket, ...location }));
  const objects = Object.entries(options.objects ?? { 'a.jpg': { body: 'original', type: 'image/jpeg' } });
  for (const [Key, { body, type, cacheControl }] of objects) {
    const put = { Bucket: bucket, Key, Body: body, ContentType: type ?? 'image/jpeg', CacheControl: cacheControl };
    await s3.send(new PutObjectCommand(put));
  }
  const { handler } = options;
  const made = handler === undefined ? undefined : await zipOf({ ...options.files, 'index.js': handler });
  const code = options.zip ?? made;
  const versionArn = code ? await makeFunction(aws, code, options) : undefined;
  const config = await makeConfig(aws, bucket, region, versionArn, options);
  options.edit?.(config);
  const { Distribution } = await cloudfront.send(new CreateDistributionCommand({ DistributionConfig: config }));
  const id = Distribution?.Id ?? '';
  const policy = bucketPolicy(bucket, Distribution?.ARN ?? '', options.list ?? false);
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(policy) }));
  return {
    id,
    bucket,
    versionArn,
    get: (path, headers = {}, method = 'GET') => fetch(aws.cdn + path, { headers, method, redirect: 'manual' }),
    log: (of, group = `/aws/lambda/us-east-1.${FUNCTION}`) => readLog(aws, of, group),
    async change(edit) {
      const current = await cloudfront.send(new GetDistributionConfigCommand({ Id: id }));
      const changed = current.DistributionConfig as DistributionConfig;
      edit(changed);
      await cloudfront.send(
        new UpdateDistributionCommand({ Id: id, IfMatch: current.ETag, DistributionConfig: changed }),
      );
    },
  };
}

async function makeConfig(
  aws: SiteAws,
  bucket: string,
  region: string,
  versionArn: string | undefined,
  { keys = ['d'], ttl = {}, triggers = ['origin-response'], viewer = {} }: SiteOptions,
): Promise<DistributionConfig> {
  const { cloudfront } = aws.clients;
  const control = await cloudfront.send(
    new CreateOriginAccessControlCommand({
      OriginAccessControlConfig: {
        Name: bucket,
        OriginAccessControlOriginType: 's3',
        SigningBehavior: 'always',
        SigningProtocol: 'sigv4',
      },
    }),
  );
  const policy = await cloudfront.send(
    new CreateCachePolicyCommand({
      CachePolicyConfig: {
        Name: bucket,
        MinTTL: ttl.min ?? 0,
        DefaultTTL: ttl.default ?? 86_400,
        MaxTTL: ttl.max ?? 31_536_000,
        ParametersInCacheKeyAndForwardedToOrigin: {
          EnableAcceptEncodingGzip: false,
          HeadersConfig: { HeaderBehavior: 'none' },
          CookiesConfig: { CookieBehavior: 'none' },
          QueryStringsConfig: {
            QueryStringBehavior: 'whitelist',
            QueryStrings: { Quantity: keys.length, Items: keys },
          },
        },
      },
    }),
  );
  const associations = triggers.map((EventType) => ({ LambdaFunctionARN: versionArn, EventType }));
  const functions = await makeViewerFunctions(aws, viewer);
  return {
    CallerReference: bucket,
    Comment: '',
    Enabled: true,
    Origins: {
      Quantity: 1,
      Items: [
        {
          Id: 'bucket',
          DomainName: `${bucket}.s3.${region}.amazonaws.com`,
          OriginPath: '',
          OriginAccessControlId: control.OriginAccessControl?.Id,
          S3OriginConfig: { OriginAccessIdentity: '' },
        },
      ],
    },
    DefaultCacheBehavior: {
      TargetOriginId: 'bucket',
      ViewerProtocolPolicy: 'redirect-to-https',
      CachePolicyId: policy.CachePolicy?.Id,
      ...(versionArn
        ? { LambdaFunctionAssociations: { Quantity: associations.length, Items: associations as never } }
        : {}),
      ...(functions.length > 0 ? { FunctionAssociations: { Quantity: functions.length, Items: functions } } : {}),
    },
  };
}

async function makeViewerFunctions({ clients }: SiteAws, { request, response }: NonNullable<SiteOptions['viewer']>) {
  const sources = { 'viewer-request': request, 'viewer-response': response } as const;
  const made = Object.entries(sources).map(async ([trigger, source]) => {
    if (source === undefined) return [];
    const { ETag } = await clients.cloudfront.send(
      new CreateViewerFunctionCommand({
        Name: trigger,
        FunctionConfig: { Comment: '', Runtime: 'cloudfront-js-2.0' },
        FunctionCode: Buffer.from(source),
      }),
    );
    const published = await clients.cloudfront.send(new PublishFunctionCommand({ Name: trigger, IfMatch: ETag }));
    const FunctionARN = published.FunctionSummary?.FunctionMetadata?.FunctionARN;
    return [{ FunctionARN, EventType: trigger as keyof typeof sources }];
  });
  return (await Promise.all(made)).flat();
}

function bucketPolicy(bucket: string, distributionArn: string, list: boolean) {
  const statement = (Action: string, Resource: string) => ({
    Effect: 'Allow',
    Principal: { Service: 'cloudfront.amazonaws.com' },
    Action,
    Resource,
    Condition: { StringEquals: { 'AWS:SourceArn': distributionArn } },
  });
  const read = statement('s3:GetObject', `arn:aws:s3:::${bucket}/*`);
  const Statement = list ? [read, statement('s3:ListBucket', `arn:aws:s3:::${bucket}`)] : [read];
  return { Version: '2012-10-17', Statement };
}

async function makeFunction(aws: SiteAws, code: Uint8Array, options: SiteOptions): Promise<string | undefined> {
  const { iam, lambda } = aws.clients;
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: ['lambda.amazonaws.com', 'edgelambda.amazonaws.com'] },
        Action: 'sts:AssumeRole',
      },
    ],
  };
  const role = await iam.send(
    new CreateRoleCommand({ RoleName: FUNCTION, AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  if (options.logs ?? true) {
    const Statement = [
      { Effect: 'Allow', Action: 'logs:*', Resource: 'arn:aws:logs:*:*:*' },
      { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::*' },
    ];
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    await iam.send(new PutRolePolicyCommand({ RoleName: FUNCTION, PolicyName: 'logs', PolicyDocument }));
  }
  const made = await lambda.send(
    new CreateFunctionCommand({
      FunctionName: FUNCTION,
      Role: role.Role?.Arn,
      Runtime: options.runtime ?? 'nodejs22.x',
      Handler: 'index.handler',
      MemorySize: options.memory ?? 256,
      Timeout: options.timeout ?? 5,
      Code: { ZipFile: code },
      Publish: true,
    }),
  );
  return made.FunctionArn?.replace(/:\d+$/, '').concat(`:${made.Version}`);
}

/** A zip of the given files. */
export async function zipOf(files: Record<string, string>): Promise<Uint8Array> {
  const zip = new ZipArchive();
  for (const [name, content] of Object.entries(files)) zip.append(content, { name });
  const chunks: Uint8Array[] = [];
  zip.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  await zip.finalize();
  return Buffer.concat(chunks);
}

async function readLog(aws: SiteAws, region: string, logGroupName: string): Promise<string[]> {
  try {
    const found = await aws.clients.logs(region).send(new FilterLogEventsCommand({ logGroupName }));
    return (found.events ?? []).map((event) => event.message ?? '');
  } catch (error) {
    if ((error as Error).name === 'ResourceNotFoundException') return [];
    throw error;
  }
}
