/**
 * The errors a user can meet. One table says what each code means for the shell; `AppError` carries the words.
 * Exit statuses: 0 done, 1 failed, 2 differences, 3 usage or config, 4 credentials or permission, 5 confirmation needed,
 * 124 wait timed out, 130 interrupted.
 */
export const ERROR_CODES = {
  ACCESS_DENIED: 4,
  ACCOUNT_MISMATCH: 4,
  AWS_ERROR: 1,
  BUCKET_FOREIGN: 4,
  BUCKET_MISSING: 3,
  BUCKET_REGION: 3,
  BUNDLE_FAILED: 1,
  BUNDLE_TOO_LARGE: 1,
  CONFIG_INVALID: 3,
  CONFIG_MISSING: 3,
  CONFIG_UNREADABLE: 3,
  CONFIRM_REQUIRED: 5,
  CREDENTIALS_INVALID: 4,
  CREDENTIALS_MISSING: 4,
  DECLINED: 5,
  DISTRIBUTION_AMBIGUOUS: 3,
  DISTRIBUTION_MISSING: 3,
  DISTRIBUTION_STALE: 1,
  DISTRIBUTION_UNSUPPORTED: 3,
  ENDPOINT_UNREACHABLE: 1,
  FOREIGN_ASSOCIATION: 1,
  FOREIGN_RESOURCE: 1,
  INTERNAL: 1,
  INTERRUPTED: 130,
  INVALIDATION_LIMIT: 1,
  INVALID_PATH: 3,
  INVALID_SIZE: 3,
  IMAGES_MISSING: 3,
  LOGS_NOT_FOUND: 1,
  NOT_SET_UP: 3,
  POLICY_CONFLICT: 1,
  POLICY_MALFORMED: 1,
  PORT_IN_USE: 1,
  REGION_UNKNOWN: 3,
  USAGE: 3,
  WAIT_TIMEOUT: 124,
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

export interface AppErrorParts {
  /** Why it happened, in one sentence. */
  why?: string;
  /** The exact command (or edit) that fixes it. */
  fix?: string;
  cause?: unknown;
  /** Extra facts for `--json` and `--verbose`: request ids, field paths. Never secrets. */
  details?: Record<string, unknown>;
}

/** An error with a code of the table, shown as: what (CODE) / why / fix. `main` is the only place that catches it. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly why: string | undefined;
  readonly fix: string | undefined;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, what: string, parts: AppErrorParts = {}) {
    super(what, { cause: parts.cause });
    this.code = code;
    this.why = parts.why;
    this.fix = parts.fix;
    this.details = parts.details;
  }

  /** The exit status of the process. */
  get exitCode(): number {
    return ERROR_CODES[this.code];
  }
}
