/**
 * The errors a user can meet. One table says what each code means, to people and to the shell; `AppError` carries the
 * words of one. docs/messages.md is generated from the table: `npx vitest run test/messages.test.ts -u`.
 * Exit statuses: 0 done, 1 failed, 3 usage or config, 4 credentials or permission, 5 confirmation needed,
 * 124 wait timed out, 130 interrupted.
 */
export const ERROR_CODES = {
  ACCESS_DENIED: {
    exit: 4,
    means: 'AWS knows the caller and does not let it do this. `why` names the action and the resource.',
  },
  ACCOUNT_MISMATCH: { exit: 4, means: 'The credentials belong to another account than the config names.' },
  AWS_ERROR: { exit: 1, means: 'AWS refused a call for a reason that has no code of its own here.' },
  BUCKET_FOREIGN: { exit: 4, means: 'The bucket belongs to another account, or these credentials may not look at it.' },
  BUCKET_MISSING: { exit: 3, means: 'There is no such bucket.' },
  BUCKET_REGION: { exit: 3, means: 'The bucket lies in another region than was said.' },
  BUNDLE_FAILED: { exit: 1, means: 'The zip for the edge could not be made, or does not load.' },
  BUNDLE_TOO_LARGE: { exit: 1, means: 'The zip is larger than Lambda@Edge takes (50 MB).' },
  CONFIG_INVALID: {
    exit: 3,
    means: 'The config, or the flags that stand for it, breaks its schema. Every fault is listed.',
  },
  CONFIG_MISSING: { exit: 3, means: 'There is no config file, here or in a folder above.' },
  CONFIG_UNREADABLE: { exit: 3, means: 'The config file cannot be read, or is no JSON or no module.' },
  CONFIRM_REQUIRED: {
    exit: 5,
    means: 'Something would be written, nobody is there to ask, and `--yes` was not given. Nothing was written.',
  },
  CREDENTIALS_INVALID: {
    exit: 4,
    means: 'AWS does not accept the credentials: unknown key, wrong secret, or expired.',
  },
  CREDENTIALS_MISSING: { exit: 4, means: 'No credentials were found in the environment, the profile or the machine.' },
  DECLINED: { exit: 5, means: 'The answer was no. Nothing was written.' },
  DATA_IN_USE: { exit: 1, means: 'Another local AWS that runs keeps its state in the folder.' },
  DATA_UNUSABLE: { exit: 3, means: 'The folder of the local AWS cannot be written, or what is in it cannot be read.' },
  DISTRIBUTION_AMBIGUOUS: { exit: 3, means: 'Several distributions fit; one must be named.' },
  DISTRIBUTION_MISSING: { exit: 3, means: 'There is no such distribution in this account.' },
  DISTRIBUTION_STALE: {
    exit: 1,
    means: 'The distribution changed between the plan and the write. What others wrote was left as it is.',
  },
  DISTRIBUTION_UNSUPPORTED: {
    exit: 3,
    means: 'The distribution is of a kind, or in a state, that cannot be worked with.',
  },
  ENDPOINT_NOT_AWS: {
    exit: 1,
    means:
      'Something answers at the endpoint, and not as AWS does: a page of a proxy, another server or protocol, a certificate that is not trusted.',
  },
  ENDPOINT_UNREACHABLE: { exit: 1, means: 'AWS, or what stands in its place, does not answer.' },
  FOREIGN_ASSOCIATION: {
    exit: 1,
    means: 'Another function is on an event of the behavior that ours needs. It is not replaced.',
  },
  FOREIGN_RESOURCE: {
    exit: 1,
    means: 'Something has the name that is needed and is not ours by its tag. It is not touched.',
  },
  INTERNAL: { exit: 1, means: 'A fault of this program.' },
  INTERRUPTED: { exit: 130, means: 'Ctrl-C or a termination signal. The same command goes on from there.' },
  INVALIDATION_LIMIT: { exit: 1, means: 'CloudFront has as many invalidations in progress as it takes.' },
  INVALID_PATH: { exit: 3, means: 'A path that CloudFront cannot invalidate.' },
  INVALID_SIZE: {
    exit: 3,
    means: 'A size, option or preset that there is not, or that the config does not let URLs ask for.',
  },
  IMAGES_MISSING: { exit: 3, means: 'The folder with the images is not there, or has none.' },
  KEYS_MALFORMED: {
    exit: 1,
    means: 'What the key value store holds as keys of signed URLs was not written by this program.',
  },
  KEYS_STALE: {
    exit: 1,
    means: 'The keys of signed URLs changed between the plan and the write. They were left as they are.',
  },
  NOT_SET_UP: { exit: 3, means: '`setup` has not run, or not to its end.' },
  POLICY_CONFLICT: {
    exit: 1,
    means:
      'The bucket policy changed between reading and writing it, has a statement under a Sid of ours that setup never wrote, or would be one that S3 does not take.',
  },
  POLICY_MALFORMED: { exit: 1, means: 'A policy that is there cannot be understood, so it is not edited.' },
  PORT_IN_USE: { exit: 1, means: 'Another program listens on the port.' },
  REGION_UNKNOWN: { exit: 3, means: 'Not a region of AWS.' },
  SIGNED_NEEDS_VIEWER: {
    exit: 3,
    means: 'URLs cannot be signed without the viewer function: a signature is checked before the cache or not at all.',
  },
  USAGE: { exit: 3, means: 'The command line could not be understood.' },
  VIEWER_FAILED: { exit: 1, means: 'The viewer function failed its test on AWS. It was not published.' },
  VIEWER_TOO_LARGE: {
    exit: 3,
    means:
      'The viewer function with the sizes and presets of the config is larger than CloudFront takes (10,240 bytes).',
  },
  WAIT_TIMEOUT: { exit: 124, means: 'Waiting ended before AWS was done. AWS goes on by itself.' },
} as const satisfies Record<string, { exit: number; means: string }>;

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
    return ERROR_CODES[this.code].exit;
  }
}
