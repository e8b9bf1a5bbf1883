/** What the executor is given besides the ports. */
import type { AwsPorts } from '../aws/ports/index.ts';
import type { Clock } from '../context.ts';
import type { Outputs } from '../core/plan/refs.ts';
import type { Step } from '../core/plan/types.ts';
import type { Journal } from './journal.ts';

/** How often and how long something is tried or asked, in milliseconds. */
export interface Pace {
  first: number;
  most: number;
  limit: number;
}

export interface ApplyDeps {
  clock: Clock;
  /** Aborted when the person has had enough. */
  signal: AbortSignal;
  journal: Journal;
  /** The zip of a deploy. */
  zip?: Uint8Array;
  /** The viewer function of a deploy, its source text. */
  viewerCode?: string;
  /** Bytes that nobody can guess. */
  random?(bytes: number): Uint8Array;
  readFile(path: string): Promise<Uint8Array>;
  writeConfig(path: string, fields: Record<string, unknown>): Promise<void>;
  report(event: ApplyEvent): void;
  /** For what AWS has not spread yet: roles, principals, functions that are busy. */
  retry: Pace;
  /** For a distribution to be deployed. */
  wait: Pace;
}

export type ApplyEvent =
  | { type: 'begin'; step: Step }
  | { type: 'progress'; step: Step; text: string }
  | { type: 'done'; step: Step; text: string }
  | { type: 'failed'; step: Step; error: unknown };

/** One run of a plan, as its steps see it. */
export interface Run {
  ports: Pick<AwsPorts, 's3' | 'iam' | 'lambda' | 'cloudfront' | 'viewer' | 'signingKeys'>;
  deps: ApplyDeps;
  account: string;
  /** What steps have made so far; steps add to it. */
  outputs: Outputs;
  /** Says how a long step is getting on. */
  progress(text: string): void;
}

/** AWS's own figures, for real runs: IAM takes up to a minute or so (AWS-FACTS 6), Lambda seconds. */
export const RETRY_PACE: Pace = { first: 250, most: 5_000, limit: 180_000 };
/** CloudFront takes a few minutes, up to 15 (AWS-FACTS 1.7). */
export const WAIT_PACE: Pace = { first: 250, most: 10_000, limit: 30 * 60_000 };
