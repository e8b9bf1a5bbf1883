/** SDK errors -> AppError. Adapters send every call through `call`, so each fault is worded once, here. */
import { AppError, type AppErrorParts, type ErrorCode } from '../errors.ts';
import { asksForPermission, explainDenial } from './denied.ts';
import { endpointError } from './endpoint.ts';

/** The parts of an SDK or Node error that are looked at; every one of them may be absent. */
interface SdkError {
  /** Which profile was to give credentials, put on by `sharedCredentials`. */
  profile?: string;
  name?: string;
  Code?: string;
  message?: string;
  cause?: unknown;
  $metadata?: { requestId?: string; httpStatusCode?: number };
  $response?: { statusCode?: number };
}

const INVALID_CREDENTIALS = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'InvalidToken',
  'RequestExpired',
  'RequestTimeTooSkewed',
  'SignatureDoesNotMatch',
  'TokenRefreshRequired',
  'UnrecognizedClientException',
]);
const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'NotAuthorized',
  'UnauthorizedOperation',
]);
const GOES_ON = 'wait a minute and run the command again: it goes on where this stopped';
/** Over a rate; in the middle of another change; or made by a request whose answer was lost, so that the next run finds it. */
const PASSING = [
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
  'OperationAborted',
  'ConcurrentModificationException',
  'CachePolicyAlreadyExists',
  'DistributionAlreadyExists',
  'EntityAlreadyExists',
  'EntityAlreadyExistsException',
  'FunctionAlreadyExists',
  'OriginAccessControlAlreadyExists',
  'ResourceConflictException',
];
const BY_NAME: Record<string, { code: ErrorCode; fix?: string }> = {
  NoSuchBucket: {
    code: 'BUCKET_MISSING',
    fix: 'check the name with `aws s3 ls`, or create it: edge-resize setup --bucket NAME',
  },
  PermanentRedirect: {
    code: 'BUCKET_REGION',
    fix: 'put the region of the bucket into the config, or pass it: edge-resize setup --region REGION',
  },
  AuthorizationHeaderMalformed: {
    code: 'BUCKET_REGION',
    fix: 'put the region of the bucket into the config, or pass it: edge-resize setup --region REGION',
  },
  NoSuchDistribution: {
    code: 'DISTRIBUTION_MISSING',
    fix: 'check the id with `aws cloudfront list-distributions`, then correct "distribution" in the config',
  },
  PreconditionFailed: { code: 'DISTRIBUTION_STALE', fix: 'run the command again: it reads the distribution anew' },
  MalformedPolicy: { code: 'POLICY_MALFORMED' },
  MalformedPolicyDocument: { code: 'POLICY_MALFORMED' },
  // The SDK names IAM's errors by their classes.
  MalformedPolicyDocumentException: { code: 'POLICY_MALFORMED' },
  BucketAlreadyExists: {
    code: 'BUCKET_FOREIGN',
    fix: 'choose another name: bucket names are shared by all of AWS',
  },
  ...Object.fromEntries(PASSING.map((name) => [name, { code: 'AWS_ERROR' as const, fix: GOES_ON }])),
};

/**
 * Sends one request and words its failure. `what` completes "could not …": `read the bucket policy of photos`.
 * An adapter that expects a fault (a missing group) checks `isAwsError` inside `send`.
 * @throws AppError
 */
export async function call<T>(what: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw toAppError(what, error);
  }
}

/** Is it an AWS error of one of these names? Names that the SDK has no class for (NoSuchBucketPolicy) count too. */
export function isAwsError(error: unknown, ...names: string[]): boolean {
  return names.includes(nameOf(error));
}

/** The fault as the user is told it. AppErrors and aborts pass unchanged. */
export function toAppError(what: string, error: unknown): Error {
  if (error instanceof AppError) return error;
  const sdk = (error ?? {}) as SdkError;
  const name = nameOf(error);
  // A refusal was already understood by the adapter (ports/refused).
  if (name === 'AbortError' || name === 'Refused') return error as Error;
  const unreachable = endpointError(what, error);
  if (unreachable) return unreachable;
  if (name === 'CredentialsProviderError') return missingCredentials(what, sdk);
  if (INVALID_CREDENTIALS.has(name)) return invalidCredentials(what, name, sdk);
  const refused = DENIED.has(name) || (sdk.$metadata?.httpStatusCode === 403 && !BY_NAME[name]);
  if (refused || asksForPermission(sdk.message)) return denied(what, name, sdk);
  const known = BY_NAME[name];
  return new AppError(known?.code ?? 'AWS_ERROR', `could not ${what}: ${name}`, {
    why: sentence(sdk.message),
    fix: known?.fix,
    ...traced(name, sdk),
  });
}

function missingCredentials(what: string, sdk: SdkError): AppError {
  const { profile } = sdk;
  if (profile !== undefined) {
    return new AppError('CREDENTIALS_MISSING', `could not ${what}: the profile ${profile} gives no credentials`, {
      why: sentence(sdk.message),
      fix: `see which profiles there are: aws configure list-profiles; sign in or make it: aws configure --profile ${profile}`,
      cause: sdk,
    });
  }
  return new AppError('CREDENTIALS_MISSING', `could not ${what}: no AWS credentials found`, {
    why: sentence(sdk.message),
    fix: 'run `aws configure`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or pass --profile NAME',
    cause: sdk,
  });
}

function invalidCredentials(what: string, name: string, sdk: SdkError): AppError {
  const expired = /expired|refresh/i.test(name);
  return new AppError('CREDENTIALS_INVALID', `could not ${what}: AWS does not accept the credentials (${name})`, {
    why: sentence(sdk.message),
    fix: expired
      ? 'sign in again (`aws sso login`, or fetch new temporary keys), then repeat the command'
      : 'check what is in use: aws sts get-caller-identity',
    ...traced(name, sdk),
  });
}

function denied(what: string, name: string, sdk: SdkError): AppError {
  const { code, fix, ...refused } = explainDenial(sdk.message);
  const parts: AppErrorParts = traced(name, sdk);
  return new AppError(code, `could not ${what}: not allowed`, {
    ...parts,
    why: sentence(sdk.message) ?? 'AWS answered 403 without saying more.',
    fix,
    details: { ...parts.details, ...refused },
  });
}

/** S3 gives codes without a class as `Code`, or only as `name`. */
function nameOf(error: unknown): string {
  const sdk = (error ?? {}) as SdkError;
  return (sdk.name && sdk.name !== 'Error' ? sdk.name : (sdk.Code ?? sdk.name)) ?? 'UnknownError';
}

function traced(name: string, sdk: SdkError): AppErrorParts {
  const { requestId, httpStatusCode } = sdk.$metadata ?? {};
  return {
    cause: sdk,
    details: { aws: name, ...(requestId && { requestId }), ...(httpStatusCode && { httpStatusCode }) },
  };
}

function sentence(text: string | undefined): string | undefined {
  const trimmed = text?.trim().replace(/\s+/g, ' ');
  return trimmed === '' ? undefined : trimmed;
}
