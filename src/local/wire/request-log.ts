/** The calls that came to the AWS endpoint, for tests and for people: `GET /_local/requests`. */
import type { ServiceId } from './service.ts';

export interface LoggedRequest {
  /** Milliseconds since 1970. */
  time: number;
  service: ServiceId;
  /** `?` for a request that is no operation. */
  operation: string;
  region: string;
  /** Does the operation change anything, by its name? */
  write: boolean;
  /** HTTP status. */
  status: number;
  error?: string;
  resource?: string;
}

export interface RequestLog {
  add(entry: Omit<LoggedRequest, 'write'>): void;
  list(): LoggedRequest[];
  clear(): void;
}

/** Keeps the last `limit` requests. */
export function requestLog(limit = 10_000): RequestLog {
  let entries: LoggedRequest[] = [];
  return {
    add(entry) {
      if (entries.length >= limit) entries = entries.slice(-Math.floor(limit / 2));
      entries.push({ ...entry, write: isWrite(entry.operation) });
    },
    list: () => [...entries],
    clear() {
      entries = [];
    },
  };
}

const isWrite = (operation: string): boolean =>
  !/^(Get|List|Describe|Head|Filter)/.test(operation) && !['AssumeRole', 'TestFunction'].includes(operation);
