/** A log event with the place it came from. */
export interface LogLine {
  region: string;
  group: string;
  stream: string;
  /** Unique within a region. */
  id: string;
  /** Milliseconds since 1970. */
  timestamp: number;
  message: string;
}
