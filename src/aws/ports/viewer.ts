import type { KeyStore, ViewerFunction } from '../../core/state.ts';

/** What a CloudFront Function is made of. */
export interface ViewerContent {
  /** Source text. */
  code: string;
  runtime: string;
  comment: string;
  /** ARN of the key value store that it may read. */
  store: string | undefined;
}

/** What a test run gave: the request or response that the function returned, or its fault. */
export interface ViewerTestResult {
  /** `{ request }` or `{ response }`. */
  output: unknown;
  error: string | undefined;
  logs: string[];
  /** Percent of the time that a run may take; undefined when it was not told. */
  timeUsed: number | undefined;
}

/** CloudFront Functions and key value stores. Changing calls throw `Refused`: `stale` when `etag` is not the last version. */
export interface ViewerPort {
  /** A function with both of its stages and its tags. */
  getFunction(name: string): Promise<ViewerFunction | undefined>;
  /** Makes a function, in the DEVELOPMENT stage alone. */
  createFunction(fn: ViewerContent & { name: string; tags: Record<string, string> }): Promise<void>;
  /** Replaces the DEVELOPMENT stage. */
  updateFunction(name: string, content: ViewerContent, etag: string): Promise<void>;
  /** Runs the DEVELOPMENT stage on one event. */
  testFunction(name: string, etag: string, event: unknown): Promise<ViewerTestResult>;
  /** Copies the DEVELOPMENT stage to LIVE: every edge that has the function runs it soon after. */
  publishFunction(name: string, etag: string): Promise<void>;
  getKeyStore(name: string): Promise<KeyStore | undefined>;
  createKeyStore(store: { name: string; comment: string; tags: Record<string, string> }): Promise<KeyStore>;
  tag(arn: string, tags: Record<string, string>): Promise<void>;
}
