/** The environment variables of an execution environment at the edge: Lambda's own, and nothing of this process. */
import type { Credential, FunctionVersion } from '../world.ts';

export interface EnvironmentParts {
  version: FunctionVersion;
  /** Region of the edge. */
  region: string;
  credential: Credential;
  taskRoot: string;
  logGroup: string;
  logStream: string;
  /** URL of the AWS endpoint: here alone S3 is not AWS's. */
  awsUrl: string;
  /** Of this process: where to find programs and libraries, no more. */
  host: Record<string, string | undefined>;
}

/** Name of a replica: the home region is in front of it everywhere (AWS-FACTS 2). */
export const replicaName = (functionName: string) => `us-east-1.${functionName}`;

/** Group that a version's invocations log to, in the region where they run (AWS-FACTS 5). */
export function logGroupOf(version: FunctionVersion): string {
  return version.logGroup ?? `/aws/lambda/${replicaName(version.functionName)}`;
}

export function environmentOf(parts: EnvironmentParts): Record<string, string> {
  const { version, region, credential, host } = parts;
  const { PATH, LD_LIBRARY_PATH } = host;
  return {
    ...(PATH === undefined ? {} : { PATH }),
    ...(LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH }),
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    _HANDLER: version.handler,
    LAMBDA_TASK_ROOT: parts.taskRoot,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${version.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: replicaName(version.functionName),
    AWS_LAMBDA_FUNCTION_VERSION: version.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(version.memorySize),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: parts.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: parts.logStream,
    AWS_ACCESS_KEY_ID: credential.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credential.secretAccessKey,
    ...(credential.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: credential.sessionToken }),
    AWS_ENDPOINT_URL_S3: parts.awsUrl,
  };
}
