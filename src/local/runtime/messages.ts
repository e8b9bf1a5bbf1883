/** What the parent and the child process of a function say to each other over IPC. */

export interface InitMessage {
  type: 'init';
  /** Folder of the unpacked zip. */
  taskRoot: string;
  /** FILE.EXPORT */
  handler: string;
  /** May the handler take a callback? Not from nodejs24.x on (AWS-FACTS 1.4). */
  callbacks: boolean;
}

export interface InvocationContext {
  awsRequestId: string;
  functionName: string;
  functionVersion: string;
  invokedFunctionArn: string;
  /** MB, as text: so Lambda gives it. */
  memoryLimitInMB: string;
  logGroupName: string;
  logStreamName: string;
}

export interface InvokeMessage {
  type: 'invoke';
  event: unknown;
  context: InvocationContext;
  /** Milliseconds since 1970 by the machine's clock. */
  deadline: number;
}

export type ToChild = InitMessage | InvokeMessage;

export interface ChildError {
  errorType: string;
  errorMessage: string;
  stack: string[];
}

export type FromChild =
  | { type: 'ready' }
  | { type: 'initError'; error: ChildError }
  /** `line` is whole, with time, request id and level. */
  | { type: 'log'; line: string }
  /** `json` is the handler's answer; `peakBytes` the largest resident set of the process so far. */
  | { type: 'result'; json: string; peakBytes: number }
  | { type: 'error'; error: ChildError; peakBytes: number };
