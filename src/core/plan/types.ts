/** A plan: plain JSON that is shown, or saved, or applied. Nothing in it can run by itself. */
import type { OriginEvent, OwnVersions } from '../association.ts';
import type { CachePolicyConfig } from '../distribution-config.ts';
import type { BucketGrants } from '../policy.ts';
import type { FunctionSettings, SigningKeyIds, UploadFile } from '../state.ts';
import type { ViewerTest } from '../viewer-test.ts';

/** What an earlier step of the same plan will have made. */
export interface Ref {
  ref: 'distribution.id' | 'accessControl.id' | 'cachePolicy.id' | 'lambda.versionArn' | 'keyStore.arn';
}

/** Known now, or the output of an earlier step. */
export type Value = string | Ref;

/** One difference, for people. `null` stands for nothing. Texts of several lines are shown as a diff. */
export interface Change {
  what: string;
  before: string | null;
  after: string | null;
}

interface StepBase<Kind extends string> {
  /** Unique in the plan. */
  id: string;
  kind: Kind;
  /** What it touches, as AWS names it. */
  resource: string;
  reason: string;
  changes: Change[];
  /** Takes something away that cannot be had back. */
  destructive: boolean;
  /** Ids of the steps that come before it. */
  needs: string[];
}

export type Grants = Omit<BucketGrants, 'distribution'> & { distribution: Value };

export type Step =
  | (StepBase<'s3.createBucket'> & { bucket: string; region: string })
  | (StepBase<'s3.putPolicy'> & { bucket: string; region: string; grants: Grants })
  | (StepBase<'s3.upload'> & { bucket: string; region: string; files: UploadFile[] })
  | (StepBase<'cloudfront.createAccessControl'> & { name: string; description: string })
  | (StepBase<'cloudfront.createCachePolicy'> & { config: CachePolicyConfig })
  | (StepBase<'cloudfront.createDistribution'> & {
      name: string;
      bucket: string;
      region: string;
      accessControl: Value;
      cachePolicy: Value;
    })
  | (StepBase<'cloudfront.addCacheKey'> & {
      distribution: string;
      behavior: string;
      /** The policy to use from now on; null for a behavior with legacy cache settings. */
      cachePolicy: Value | null;
      /** Id of the policy that was replaced when this was planned; null for legacy settings. */
      replaces: string | null;
    })
  | (StepBase<'iam.createRole'> & { name: string; role: string; trust: string; distribution: Value })
  | (StepBase<'iam.updateTrust'> & { role: string; trust: string })
  | (StepBase<'iam.putRolePolicy'> & { role: string; policy: string; document: string })
  | (StepBase<'iam.tagRole'> & { name: string; role: string; distribution: Value })
  | (StepBase<'lambda.create'> & {
      name: string;
      fn: string;
      settings: FunctionSettings;
      codeSha256: string;
      distribution: string;
    })
  | (StepBase<'lambda.tag'> & { name: string; arn: string; distribution: string })
  | (StepBase<'lambda.updateCode'> & { fn: string; codeSha256: string })
  | (StepBase<'lambda.updateConfig'> & { fn: string; settings: FunctionSettings })
  | (StepBase<'lambda.publish'> & { fn: string; codeSha256: string })
  | (StepBase<'cloudfront.associate'> & {
      distribution: string;
      behavior: string;
      /** ARN of the function, without a version. */
      fn: string;
      versionArn: Value;
      events: OriginEvent[];
      /** Our versions that were there when this was planned. */
      replaces: OwnVersions;
      /** Our viewer function, on or off; null leaves the viewer events as they are. */
      viewer: { arn: string; on: boolean } | null;
    })
  | (StepBase<'cloudfront.createKeyStore'> & { name: string; store: string; distribution: string })
  | (StepBase<'cloudfront.putSigningKey'> & { store: string })
  | (StepBase<'cloudfront.rotateSigningKey'> & { store: string; replaces: SigningKeyIds })
  | (StepBase<'cloudfront.createViewer'> & { name: string; fn: string; keyStore: Value | null; distribution: string })
  | (StepBase<'cloudfront.updateViewer'> & { name: string; fn: string; keyStore: Value | null })
  | (StepBase<'cloudfront.publishViewer'> & { fn: string; test: ViewerTest })
  | (StepBase<'cloudfront.tag'> & { name: string; arn: string; distribution: string })
  | (StepBase<'cloudfront.wait'> & { distribution: string })
  | (StepBase<'config.write'> & { path: string; fields: Record<string, unknown>; distribution: Value });

export type StepKind = Step['kind'];
export type StepOf<Kind extends StepKind> = Extract<Step, { kind: Kind }>;

/** Agreed to by itself, before the plan as a whole; `--yes` agrees to all. */
export interface Consent {
  about: 'exposure' | 'cache-key';
  /** What happens, in whole sentences. */
  says: string;
  question: string;
  /** Why nothing is done when the answer is no, and what could be done instead. */
  declined: { why: string; fix: string };
}

export interface Plan {
  formatVersion: 1;
  command: 'setup' | 'deploy' | 'keys rotate';
  name: string;
  account: string;
  /** Undefined when the plan is to make it. */
  distribution: string | undefined;
  steps: Step[];
  consents: Consent[];
  /** What a person should know before agreeing. */
  notices: string[];
}

/** Steps that write nothing to AWS or the disk. */
const READ_ONLY: ReadonlySet<StepKind> = new Set<StepKind>(['cloudfront.wait']);

export function isWrite(step: Step): boolean {
  return !READ_ONLY.has(step.kind);
}

/** Does applying the plan write anything? A plan that only waits does not. */
export function writes(plan: Plan): boolean {
  return plan.steps.some(isWrite);
}
