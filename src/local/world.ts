/**
 * How the parts of the local AWS see each other. Each service owns its rows and answers the few questions below;
 * nobody reads another service's tables.
 */
import type { CachePolicyConfig, DistributionConfig, OriginRequestPolicyConfig } from '@aws-sdk/client-cloudfront';
import type { ImageFile } from '../core/state.ts';
import type { Store } from './store.ts';

/** Delays in milliseconds, so that callers meet the waits AWS makes them meet. 0 switches one off. */
export interface Delays {
  /** A new role cannot be assumed, and S3 does not know it as a principal, until this has passed. */
  role: number;
  /** Distribution InProgress -> Deployed; the edges serve the earlier config until then. */
  deploy: number;
  /** Lambda Pending -> Active and InProgress -> Successful. */
  lambda: number;
  invalidation: number;
  /** Replicas go this long after the last association went; until then their version cannot be deleted. */
  replica: number;
}

/** A rule that a test may switch off, to show that some test depends on it. */
export type Refusal = string;

export interface Principal {
  kind: 'user' | 'assumed-role' | 'service' | 'oai' | 'anonymous';
  /** user: arn:aws:iam::A:user/N · assumed-role: arn:aws:sts::A:assumed-role/ROLE/SESSION · service: its host name. */
  arn: string;
  accountId: string;
  /** IAM's unique id: AIDA… of a user, AROA…:session of an assumed role. */
  userId: string;
  /** Assumed role: arn:aws:iam::A:role/ROLE. */
  roleArn?: string;
  /** Service principal: the aws:SourceArn of its request. */
  sourceArn?: string;
  /** The one administrator: allowed everything an identity policy can allow. */
  administrator?: boolean;
}

export interface Credential {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  /** Milliseconds since 1970. */
  expiresAt?: number;
  principal: Principal;
}

/** A parsed policy document, as given: members keep the caller's spelling and order. */
export interface PolicyDocument {
  Version?: string;
  Id?: string;
  Statement: PolicyStatement | PolicyStatement[];
}

export interface PolicyStatement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Principal?: '*' | Record<string, string | string[]>;
  NotPrincipal?: unknown;
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface IamWorld {
  /** The credential of a key id, or undefined when there is none. An expired one is still given, with `expiresAt`. */
  credential(accessKeyId: string): Credential | undefined;
  /** Does S3 know this principal of a policy document by now? Accepts role and user ARNs, account ids and roots. */
  principalExists(arn: string): boolean;
  /** Why `service` may not assume the role yet or at all; undefined when it may. */
  cannotAssume(roleArn: string, service: string): 'missing' | 'untrusted' | 'propagating' | undefined;
  /** Credentials of a role for a service (the runtime). Throws AccessDenied when its trust policy does not allow it. */
  assumeRoleFor(roleArn: string, service: string, sessionName: string): Credential;
  /** Attached and inline policies of the user or role behind a principal. */
  identityPolicies(principal: Principal): PolicyDocument[];
}

/** A read that CloudFront makes of a bucket. */
export interface OriginRead {
  principal: Principal;
  method: 'GET' | 'HEAD';
  bucket: string;
  /** Path of the request as sent, percent-encoded, with the leading slash. */
  path: string;
  /** Without `?`. */
  querystring: string;
  /** Lower-case names. */
  headers: Record<string, string>;
}

export interface OriginAnswer {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: Uint8Array;
}

export interface S3World {
  bucket(name: string): { name: string; region: string } | undefined;
  /** Serves one read as S3 would on the wire: policies decided, 200/206/304/403/404 with S3's headers and XML errors. */
  read(request: OriginRead): OriginAnswer;
  /** Puts files of this machine into a bucket, which is made when missing. */
  loadFiles(bucket: string, region: string, files: ImageFile[]): Promise<void>;
}

/** A published version as the edge needs it. */
export interface FunctionVersion {
  /** arn:aws:lambda:us-east-1:ACCOUNT:function:NAME:VERSION */
  arn: string;
  functionName: string;
  version: string;
  region: string;
  role: string;
  runtime: string;
  handler: string;
  architectures: string[];
  /** MB */
  memorySize: number;
  /** Seconds */
  timeout: number;
  environment: Record<string, string>;
  state: string;
  layers: string[];
  /** Blob of the zip in the store, and its base64 SHA-256. */
  codeBlob: string;
  codeSha256: string;
  codeSize: number;
  logGroup: string | undefined;
}

export interface LambdaWorld {
  /** A numbered version by its ARN, or undefined. */
  version(versionArn: string): FunctionVersion | undefined;
  /** CloudFront says which distributions refer to a version now: they get replicas, which go `delays.replica` after the last reference did. */
  setAssociations(versionArn: string, distributionIds: string[]): void;
}

export interface LiveDistribution {
  id: string;
  arn: string;
  /** dXXXX.cloudfront.net */
  domainName: string;
  /** What the edges serve now: the last config whose deployment ended. Undefined before the first did. */
  config: DistributionConfig | undefined;
}

export interface LiveInvalidation {
  /** Milliseconds since 1970: entries stored before this and matched by a path are gone. */
  at: number;
  paths: string[];
}

/** A CloudFront Function in one of its stages. */
export interface ViewerFunction {
  /** arn:aws:cloudfront::ACCOUNT:function/NAME */
  arn: string;
  name: string;
  /** cloudfront-js-1.0 or cloudfront-js-2.0. */
  runtime: string;
  /** Source text. */
  code: string;
  /** The function's ETag in this stage: tells two codes apart. */
  etag: string;
  /** arn:aws:cloudfront::ACCOUNT:key-value-store/ID of the store that it may read. */
  keyValueStore?: string;
}

/** Items of a key value store as a function reads them. */
export interface KeyValues {
  get(key: string): string | undefined;
  count(): number;
}

export interface CloudFrontWorld {
  live(): LiveDistribution[];
  /** A CloudFront Function by its ARN; undefined when there is none, or none in that stage. */
  viewerFunction?(arn: string, stage: 'DEVELOPMENT' | 'LIVE'): ViewerFunction | undefined;
  /** undefined when there is no such store, or it is not ready yet. */
  keyValues?(storeArn: string): KeyValues | undefined;
  /** ARN of the key value store of that name. */
  keyValueStoreArn?(name: string): string | undefined;
  cachePolicy(id: string): CachePolicyConfig | undefined;
  /** Without it no origin request policy is known, and none adds to what is forwarded. */
  originRequestPolicy?(id: string): OriginRequestPolicyConfig | undefined;
  /** Is there an origin access identity with this id? */
  identityExists(id: string): boolean;
  /** Does the origin access control sign (signing behavior always)? undefined when there is no such one. */
  accessControl(id: string): { signs: boolean } | undefined;
  invalidations(distributionId: string): LiveInvalidation[];
}

export interface LogEvent {
  /** Milliseconds since 1970. */
  timestamp: number;
  message: string;
}

export interface LogsWorld {
  /** Appends events; group and stream come into being when missing, as the logs agent would do it. */
  put(region: string, group: string, stream: string, events: LogEvent[]): void;
}

/** All of it. Made by `startLocalAws`; the services find each other here at call time. */
export interface World {
  store: Store;
  /** Milliseconds since 1970. */
  now(): number;
  delays: Delays;
  account: string;
  /** Default region of buckets made from `--images`. */
  region: string;
  /** Rules switched off by a test; empty otherwise. Ask by `enforces`. */
  enforces(refusal: Refusal): boolean;
  iam: IamWorld;
  s3: S3World;
  lambda: LambdaWorld;
  cloudfront: CloudFrontWorld;
  logs: LogsWorld;
}
