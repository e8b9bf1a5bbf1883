/** Every rule by which the local AWS refuses something, by the id under which a test may switch it off. */
import { CLOUDFRONT_REFUSALS } from './control/cloudfront/index.ts';
import { IAM_REFUSALS } from './control/iam.ts';
import { KEY_VALUE_REFUSALS } from './control/key-values/index.ts';
import { LAMBDA_REFUSALS } from './control/lambda.ts';
import { LOGS_REFUSALS } from './control/logs.ts';
import { S3_REFUSALS } from './control/s3/index.ts';
import { STS_REFUSALS } from './control/sts.ts';
import { EDGE_REFUSALS } from './edge/refusals.ts';
import { RUNTIME_REFUSALS } from './runtime/refusals.ts';
import { WIRE_REFUSALS } from './wire/refusals.ts';

/** What is refused, and the source of the rule. */
export const REFUSALS: Readonly<Record<string, string>> = {
  ...WIRE_REFUSALS,
  ...STS_REFUSALS,
  ...IAM_REFUSALS,
  ...S3_REFUSALS,
  ...LAMBDA_REFUSALS,
  ...CLOUDFRONT_REFUSALS,
  ...KEY_VALUE_REFUSALS,
  ...LOGS_REFUSALS,
  ...EDGE_REFUSALS,
  ...RUNTIME_REFUSALS,
};
