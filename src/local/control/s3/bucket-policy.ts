/** The bucket policy: what S3 checks when one is put, and gives back unchanged. */
import type {
  DeleteBucketPolicyCommandInput,
  DeleteBucketPolicyCommandOutput,
  GetBucketPolicyCommandInput,
  GetBucketPolicyCommandOutput,
  GetBucketPolicyStatusCommandInput,
  GetBucketPolicyStatusCommandOutput,
  PutBucketPolicyCommandInput,
  PutBucketPolicyCommandOutput,
} from '@aws-sdk/client-s3';
import { parsePolicy } from '../../policy/parse.ts';
import { AwsError, type CallContext, type Handler, type Handlers } from '../../wire/service.ts';
import type { PolicyDocument } from '../../world.ts';
import { refuserOf } from '../refusal.ts';
import { enterBucket } from './call.ts';
import { strangerIn } from './policy-principals.ts';
import { resourceProblem } from './policy-resources.ts';
import { isPublicPolicy } from './public-policy.ts';
import type { S3Refusal } from './refusals.ts';
import { type BucketRow, bucketArn, type S3State } from './state.ts';

/** Bytes. S3UG, "Bucket policies": 20 KB. */
const MAX_POLICY_BYTES = 20 * 1024;

export function bucketPolicyHandlers(s3: S3State): Handlers {
  return {
    PutBucketPolicy: putBucketPolicy(s3),
    GetBucketPolicy: getBucketPolicy(s3),
    GetBucketPolicyStatus: getBucketPolicyStatus(s3),
    DeleteBucketPolicy: deleteBucketPolicy(s3),
  };
}

function putBucketPolicy(s3: S3State): Handler<PutBucketPolicyCommandInput, PutBucketPolicyCommandOutput> {
  return (input, call) => {
    const bucket = enterBucket(s3, input, call, 's3:PutBucketPolicy');
    const text = input.Policy ?? '';
    const policy = checkedPolicy(s3, bucket, text);
    if (policy) refusePublic(s3, bucket, policy, call);
    s3.buckets.set(bucket.name, { ...bucket, policy: text });
    return {};
  };
}

/** The document, or undefined for a text that only passes because the rule against it is switched off. */
function checkedPolicy({ world }: S3State, bucket: BucketRow, text: string): PolicyDocument | undefined {
  const refuse = refuserOf<S3Refusal>(world);
  const malformed = (rule: S3Refusal, problem: string | undefined, detail?: string): void =>
    refuse(rule, problem !== undefined, 'MalformedPolicy', problem ?? '', {
      status: 400,
      ...(detail === undefined ? {} : { fields: { Detail: detail } }),
    });
  const tooLarge = Buffer.byteLength(text) > MAX_POLICY_BYTES;
  malformed('s3.policy-size', tooLarge ? 'Policy exceeds the maximum allowed document size.' : undefined); // INF: wording
  const parsed = parsePolicy(text, 's3');
  if ('problem' in parsed) {
    malformed('s3.policy-document', parsed.problem);
    return undefined;
  }
  malformed('s3.policy-resource', resourceProblem(parsed.document, bucket.name));
  const stranger = strangerIn(world, parsed.document);
  malformed('s3.policy-principal', stranger && 'Invalid principal in policy', stranger);
  return parsed.document;
}

/** BlockPublicPolicy (AWS-FACTS 6; wording: S3UG, "Blocking public access"). */
function refusePublic({ world }: S3State, bucket: BucketRow, policy: PolicyDocument, call: CallContext): void {
  refuserOf<S3Refusal>(world)(
    's3.block-public-policy',
    bucket.publicAccessBlock?.BlockPublicPolicy === true && isPublicPolicy(policy),
    'AccessDenied',
    `User: ${call.principal.arn} is not authorized to perform: s3:PutBucketPolicy on resource: "${bucketArn(bucket.name)}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
    { status: 403 },
  );
}

function getBucketPolicy(s3: S3State): Handler<GetBucketPolicyCommandInput, GetBucketPolicyCommandOutput> {
  return (input, call) => ({ Policy: policyOf(enterBucket(s3, input, call, 's3:GetBucketPolicy')) });
}

function getBucketPolicyStatus(
  s3: S3State,
): Handler<GetBucketPolicyStatusCommandInput, GetBucketPolicyStatusCommandOutput> {
  return (input, call) => {
    const text = policyOf(enterBucket(s3, input, call, 's3:GetBucketPolicyStatus'));
    const parsed = parsePolicy(text, 's3');
    return { PolicyStatus: { IsPublic: 'document' in parsed && isPublicPolicy(parsed.document) } };
  };
}

function deleteBucketPolicy(s3: S3State): Handler<DeleteBucketPolicyCommandInput, DeleteBucketPolicyCommandOutput> {
  return (input, call) => {
    const { policy: _gone, ...rest } = enterBucket(s3, input, call, 's3:DeleteBucketPolicy');
    s3.buckets.set(rest.name, rest);
    return {};
  };
}

/** @throws AwsError NoSuchBucketPolicy (404, AWS-FACTS 6) */
function policyOf({ policy, name }: BucketRow): string {
  if (policy !== undefined) return policy;
  throw new AwsError('NoSuchBucketPolicy', 'The bucket policy does not exist', {
    status: 404,
    fields: { BucketName: name },
  });
}
