/** What came of an invocation, as CloudFront needs to know it. */
export type Outcome =
  /** The handler answered; `value` is its JSON, parsed. */
  | { kind: 'answer'; value: unknown; requestId: string }
  /** It threw, could not be loaded, exited or may not be assumed. */
  | { kind: 'error'; message: string; requestId: string }
  /** It took longer or more memory than its configuration allows, or no environment came free for it. */
  | { kind: 'limit'; message: string; requestId: string };

export interface Runtime {
  /** Runs a version in `region` with an event and waits for the outcome. Never rejects for what a function does. */
  invoke(versionArn: string, region: string, event: unknown): Promise<Outcome>;
  /** Ends every child process. */
  close(): Promise<void>;
}
