/** What Lambda tests make: zips, roles and functions. */
import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, type CreateFunctionCommandInput, type LambdaClient } from '@aws-sdk/client-lambda';
import { ZipArchive } from 'archiver';
import type { TestAws } from '../builders/local-aws.ts';

export const unique = (name: string) => `${name}-${randomUUID().slice(0, 8)}`;

/** A zip of `files`. `level` 0 stores them as they are. */
export async function zipOf(files: Record<string, string | Buffer>, level = 6): Promise<Buffer> {
  const archive = new ZipArchive({ zlib: { level }, store: level === 0 });
  for (const [name, content] of Object.entries(files)) archive.append(content, { name });
  archive.finalize();
  return buffer(archive);
}

/** Large ones are made once, for they take a second. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

export const zipOver50MB = once(() => zipOf({ 'large.bin': Buffer.alloc(52_428_800) }, 0));

/** Small itself. */
export const zipOfOver250MB = once(() => zipOf({ 'zeros.bin': Buffer.alloc(262_144_000) }, 1));

export const sampleZip = (text = 'hello') => zipOf({ 'index.mjs': `export const handler = async () => '${text}';` });

/** A role that these services may assume; its ARN. */
export async function makeRole(
  aws: TestAws,
  services = ['lambda.amazonaws.com', 'edgelambda.amazonaws.com'],
): Promise<string> {
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: services }, Action: 'sts:AssumeRole' }],
  };
  const made = await aws.clients.iam.send(
    new CreateRoleCommand({ RoleName: unique('role'), AssumeRolePolicyDocument: JSON.stringify(trust) }),
  );
  return made.Role?.Arn ?? '';
}

export interface MadeFunction {
  name: string;
  /** Of the version when `Publish` is set. */
  arn: string;
  revisionId: string;
  codeSha256: string;
}

/** A function with a small zip, published as version 1 unless told otherwise. */
export async function makeFunction(
  aws: TestAws,
  given: Partial<CreateFunctionCommandInput> = {},
  client: LambdaClient = aws.clients.lambda,
): Promise<MadeFunction> {
  const made = await client.send(
    new CreateFunctionCommand({
      FunctionName: unique('fn'),
      Role: given.Role ?? (await makeRole(aws)),
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Code: { ZipFile: await sampleZip() },
      Publish: true,
      ...given,
    }),
  );
  return {
    name: made.FunctionName ?? '',
    arn: made.FunctionArn ?? '',
    revisionId: made.RevisionId ?? '',
    codeSha256: made.CodeSha256 ?? '',
  };
}
