/** What we ask of CloudWatch Logs, one region at a time. */

export interface LogEvent {
  /** Unique within a region. */
  id: string;
  /** Milliseconds since 1970, as the function's host saw it. */
  timestamp: number;
  /** Milliseconds since 1970 when CloudWatch Logs took it in; later than `timestamp`, sometimes by minutes. */
  ingestionTime: number;
  stream: string;
  message: string;
}

export interface LogQuery {
  group: string;
  /** Milliseconds since 1970, inclusive. */
  startTime: number;
  /** Milliseconds since 1970. */
  endTime?: number;
  /** From the page before. */
  nextToken?: string;
  signal?: AbortSignal;
}

/** A page may be empty and still have a token: only a page without one is the last (AWS-FACTS 5). */
export interface LogPage {
  events: LogEvent[];
  nextToken?: string;
}

export interface LogsPort {
  /**
   * One page of a group's events between two times, at most 10,000 events or 1 MB.
   * `missing`: the group is not there, so the function never ran in this region.
   * `disabled`: the account has not enabled this region (AWS-FACTS 5); its answer is the same as to bad credentials.
   */
  events(query: LogQuery): Promise<LogPage | 'missing' | 'disabled'>;
}
