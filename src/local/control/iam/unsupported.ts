/** Parts of IAM that would change who may do what. They are refused rather than taken and not obeyed. */
import { AwsError } from '../../wire/service.ts';

export function withoutBoundary({ PermissionsBoundary }: { PermissionsBoundary?: string | undefined }): void {
  if (PermissionsBoundary === undefined) return;
  throw new AwsError('NotImplemented', 'The local AWS does not have permissions boundaries', { status: 501 });
}
