/** What CloudFront checks of a function before it stores it. */
import type { FunctionConfig } from '@aws-sdk/client-cloudfront';
import { CODE_LIMIT, checkViewerCode } from '../../viewer/index.ts';
import { keyValueStoreByArn } from './key-value-stores.ts';
import type { CloudFrontRoom, FunctionStageRow } from './room.ts';
import { checkQuantities, checkValue } from './values.ts';

/** Config and code as they will be stored. @throws FunctionSizeLimitExceeded, InvalidArgument */
export function checkedFunction(
  room: CloudFrontRoom,
  config: FunctionConfig | undefined,
  code: Uint8Array | undefined,
): Pick<FunctionStageRow, 'config' | 'code'> {
  const given = { Comment: '', ...config } as FunctionConfig;
  const bytes = Buffer.from(code ?? []);
  checkQuantities(room, 'FunctionConfig', given);
  checkValue(room, 'runtime', given.Runtime, ['cloudfront-js-1.0', 'cloudfront-js-2.0']);
  checkStores(room, given);
  room.refuse(
    'cloudfront.function-size',
    bytes.byteLength > CODE_LIMIT,
    'FunctionSizeLimitExceeded',
    `The function is too large: ${bytes.byteLength} bytes. Max allowed: ${CODE_LIMIT}`, // INF
  );
  const problem = checkViewerCode(bytes.toString(), given.Runtime ?? '');
  room.refuse(
    'cloudfront.function-code',
    problem !== undefined && bytes.byteLength <= CODE_LIMIT,
    'InvalidArgument',
    `The function code is not valid: ${problem}`, // INF
  );
  return { config: given, code: bytes.toString('base64') };
}

/** One store at most, of the second runtime only (AWS-FACTS 3.5). The messages are inferred (INF). */
function checkStores(room: CloudFrontRoom, config: FunctionConfig): void {
  const arns = (config.KeyValueStoreAssociations?.Items ?? []).map((item) => item.KeyValueStoreARN ?? '');
  room.refuse(
    'cloudfront.function-stores',
    arns.length > 1,
    'InvalidArgument',
    'You cannot associate more than one key value store with a function.',
  );
  room.refuse(
    'cloudfront.function-stores-runtime',
    arns.length > 0 && config.Runtime === 'cloudfront-js-1.0',
    'InvalidArgument',
    'Key value stores need a function of runtime cloudfront-js-2.0.',
  );
  const unknown = arns.find((arn) => !keyValueStoreByArn(room, arn));
  room.refuse(
    'cloudfront.function-store-exists',
    unknown !== undefined,
    'InvalidArgument',
    `The key value store does not exist. ARN: ${unknown}`,
  );
}
