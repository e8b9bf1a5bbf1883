/** What is wanted and what there is, in our own words. Ports answer in these types, planners compare them. */
import type { OriginEvent } from './association.ts';
import type { CachePolicyConfig, DistributionConfig } from './distribution-config.ts';
import type { LeftOut } from './left-out.ts';
import type { ViewerTest } from './viewer-test.ts';

export interface Identity {
  /** 12 digits */
  account: string;
  arn: string;
}

export interface StoredObject {
  key: string;
  bytes: number;
  /** Without quotes. The MD5 of the bytes, unless the object was encrypted by KMS or uploaded in parts. */
  etag: string;
}

export interface BucketPlace {
  region: string;
  owner: 'ours' | 'other';
}

export interface AccessControl {
  id: string;
  name: string;
  description: string;
}

export interface CachePolicy {
  id: string;
  config: CachePolicyConfig;
}

export interface Distribution {
  id: string;
  arn: string;
  /** dXXXX.cloudfront.net */
  domainName: string;
  /** InProgress or Deployed */
  status: string;
  /** Version to be named by the next update. Never kept across steps: AWS changes it when a policy in use changes. */
  etag: string;
  config: DistributionConfig;
}

export interface DistributionSummary {
  id: string;
  arn: string;
  domainName: string;
  originHosts: string[];
}

export interface Role {
  name: string;
  arn: string;
  /** JSON text of the trust policy. */
  trust: string;
  tags: Record<string, string>;
}

/** The settings of a function that a published version freezes. */
export interface FunctionSettings {
  runtime: string;
  handler: string;
  /** ARN */
  role: string;
  /** MB */
  memory: number;
  /** Seconds */
  timeout: number;
}

export interface FunctionVersion extends FunctionSettings {
  /** arn:aws:lambda:us-east-1:ACCOUNT:function:NAME:VERSION; without the version for $LATEST. */
  arn: string;
  version: string;
  /** Base64 */
  codeSha256: string;
  /** Pending, Active, Inactive or Failed, with AWS's reason. */
  state: string;
  stateReason: string | undefined;
  /** InProgress, Successful or Failed, with AWS's reason. */
  lastUpdate: string;
  lastUpdateReason: string | undefined;
}

export interface LambdaFunction {
  latest: FunctionVersion;
  tags: Record<string, string>;
}

/** A CloudFront Function in one of its stages. */
export interface ViewerStage {
  /** Version to be named by the next change. */
  etag: string;
  runtime: string;
  /** Source text. */
  code: string;
  /** ARN of the key value store that it may read. */
  store: string | undefined;
}

export interface ViewerFunction {
  arn: string;
  development: ViewerStage;
  /** What the edges run; undefined before it was first published. */
  live: ViewerStage | undefined;
  tags: Record<string, string>;
}

export interface KeyStore {
  arn: string;
  /** PROVISIONING, then READY. */
  status: string;
  tags: Record<string, string>;
}

/** The keys that signed URLs are accepted by, each by its id: a fingerprint, never the key. */
export interface SigningKeyIds {
  current: string;
  previous?: string;
}

/** A file that is an image by its name. */
export interface ImageFile {
  /** Absolute path on this machine. */
  path: string;
  key: string;
  contentType: string;
}

/** A file to be put into the bucket. */
export interface UploadFile extends ImageFile {
  bytes: number;
  /** Hex */
  md5: string;
}

export type Grant = 'bucket-policy' | 'role-policy';

export interface SetupDesired {
  name: string;
  account: string;
  bucket: string;
  /** Region for a bucket that has to be made; an existing one is where it is. */
  region: string;
  /** An existing distribution to adopt. */
  distribution: string | undefined;
  /** Path pattern of the behavior that resizes; `*` is the default behavior. */
  behavior: string;
  grant: Grant;
  trigger: OriginEvent;
  /** The config wants the viewer function, and only signed URLs to make variants, which it takes. */
  viewerFunction: boolean;
  signed: boolean;
  upload: UploadFile[];
  /** Of the same folder. */
  leftOut: LeftOut;
  /** The config file to be written, or undefined when it stays as it is. `fields` comes before what setup finds out. */
  configFile: { path: string; before: string | null; fields: Record<string, unknown> } | undefined;
}

export interface SetupActual {
  bucket: { region: string; policy: string | undefined; exposed: Exposure; stored: StoredObject[] } | undefined;
  distribution: (Distribution & { adopted: boolean }) | undefined;
  /** The cache policy that the behavior uses now. */
  behaviorPolicy: CachePolicy | undefined;
  /** What carries our names. */
  accessControl: AccessControl | undefined;
  cachePolicy: CachePolicy | undefined;
  role: RoleState | undefined;
  /** Distributions that serve the same bucket and are not ours. */
  others: string[];
}

/** What becomes readable by anyone when CloudFront may read the bucket. */
export interface Exposure {
  objects: number;
  /** There are more objects than were counted. */
  more: boolean;
  /** First path segments, sorted; '' stands for keys without a slash. */
  prefixes: string[];
}

export interface RoleState extends Role {
  /** Inline policies by name, JSON text. */
  policies: Record<string, string>;
  /** The distribution of the role's tag still exists. */
  distributionExists: boolean;
}

export interface DeployDesired {
  name: string;
  account: string;
  bucket: string;
  behavior: string;
  settings: FunctionSettings;
  /** Base64 SHA-256 of the zip. */
  codeSha256: string;
  /** Size of the zip. */
  codeBytes: number;
  trigger: OriginEvent;
  /** The viewer function; undefined when the config wants none. */
  viewer: WantedViewer | undefined;
  /** Only signed URLs make variants. */
  signed: boolean;
  /** Seconds that an original in a variant's place is to be cached. */
  fallbackTtl: number;
  /** Wait until the distribution is deployed. */
  wait: boolean;
}

export interface WantedViewer {
  /** Source text. */
  code: string;
  /** What it must do before it is published. */
  test: ViewerTest;
}

export interface DeployActual {
  role: Role | undefined;
  distribution: Distribution | undefined;
  behaviorPolicy: CachePolicy | undefined;
  fn: (LambdaFunction & { distributionExists: boolean }) | undefined;
  /** Numbered versions, newest first. */
  versions: FunctionVersion[];
  /** What carries the viewer function's name; not asked for when none is wanted and none is on the behavior. */
  viewer: (ViewerFunction & { distributionExists: boolean }) | undefined;
  /** The store of the keys for signed URLs, with the keys once it is ready; asked for only when URLs are to be signed. */
  keyStore: KeyStoreState | undefined;
  /** Some keys of the bucket, for the URL to try. */
  sampleKeys: string[];
}

export interface KeyStoreState extends KeyStore {
  distributionExists: boolean;
  /** Undefined when none were put, or the store is not ready. */
  keys: SigningKeyIds | undefined;
}
