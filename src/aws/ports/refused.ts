/**
 * Refusals that a caller can do something about, usually by trying again:
 * - stale: someone else changed the distribution, the function or the keys since they were read (412)
 * - role-not-ready: IAM has not spread a new role yet
 * - principal-unknown: S3 does not know a principal of the policy (yet)
 * - busy: the function is still being created or updated
 */
export type RefusalKind = 'stale' | 'role-not-ready' | 'principal-unknown' | 'busy';

/** AWS said no for a reason of `RefusalKind`; the message is AWS's. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly kind: RefusalKind;

  constructor(kind: RefusalKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}
