/** Takes the code of a function in: from the call, or from a bucket. */
import { finished } from 'node:stream/promises';
import type { FunctionCode } from '@aws-sdk/client-lambda';
import yauzl from 'yauzl';
import { AwsError, type CallContext } from '../../wire/service.ts';
import type { Code, LambdaRoom } from './room.ts';

/** Bytes (AWS-FACTS 7). */
export const ZIP_LIMIT = 52_428_800;
export const UNZIPPED_LIMIT = 262_144_000;

/** Reads, checks and keeps a zip. @throws InvalidParameterValueException, RequestEntityTooLargeException (413) */
export async function takeCode(room: LambdaRoom, given: FunctionCode, context: CallContext): Promise<Code> {
  const zip = given.ZipFile ?? readObject(room, given, context);
  room.refuse(
    'lambda.zip-size',
    given.ZipFile !== undefined && zip.byteLength > ZIP_LIMIT,
    'RequestEntityTooLargeException',
    `Zipped size must be smaller than ${ZIP_LIMIT} bytes`,
    { status: 413 },
  );
  const unzippedSize = await unpackedSize(room, zip);
  const blob = room.world.store.putBlob(zip);
  return { blob, sha256: Buffer.from(blob, 'hex').toString('base64'), size: zip.byteLength, unzippedSize };
}

function readObject(room: LambdaRoom, given: FunctionCode, context: CallContext): Uint8Array {
  const { S3Bucket: bucket, S3Key: key } = given;
  if (given.ImageUri) throw invalid('Container images are not supported by the local AWS. Provide a zip.');
  if (!bucket || !key) throw invalid('Please provide a source for function code.');
  const region = room.world.s3.bucket(bucket)?.region ?? context.region;
  if (region !== context.region) throw invalid(elsewhere(region));
  const answer = room.world.s3.read({
    principal: context.principal,
    method: 'GET',
    bucket,
    path: `/${key.split('/').map(encodeURIComponent).join('/')}`,
    querystring: '',
    headers: {},
  });
  if (answer.status !== 200) throw invalid(unreadable(answer.body));
  return answer.body;
}

const invalid = (message: string) => new AwsError('InvalidParameterValueException', message);

/** S3's own error in Lambda's words. */
function unreadable(body: Uint8Array): string {
  const xml = Buffer.from(body).toString('utf8');
  const member = (name: string) => new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(xml)?.[1] ?? '';
  return `Error occurred while GetObject. S3 Error Code: ${member('Code')}. S3 Error Message: ${member('Message')}`;
}

function elsewhere(region: string): string {
  return `Error occurred while GetObject. S3 Error Code: PermanentRedirect. S3 Error Message: The bucket is in this region: ${region}. Please use this region to retry the request`;
}

/** Bytes that a zip unpacks to. Every entry is inflated, so that a damaged one is found now and not when it runs. */
async function unpackedSize(room: LambdaRoom, zip: Uint8Array): Promise<number> {
  try {
    const files = await yauzl.fromBufferPromise(Buffer.from(zip.buffer, zip.byteOffset, zip.byteLength), {
      lazyEntries: true,
    });
    let size = 0;
    for await (const entry of files.eachEntry()) {
      size += entry.uncompressedSize;
      room.refuse(
        'lambda.unzipped-size',
        size >= UNZIPPED_LIMIT,
        'InvalidParameterValueException',
        `Unzipped size must be smaller than ${UNZIPPED_LIMIT} bytes`,
      );
      await finished((await files.openReadStreamPromise(entry)).resume());
    }
    return size;
  } catch (error) {
    if (error instanceof AwsError) throw error;
    const message = 'Could not unzip uploaded file. Please check your file, then try to upload again.';
    room.refuse('lambda.zip-readable', true, 'InvalidParameterValueException', message);
    return 0;
  }
}
